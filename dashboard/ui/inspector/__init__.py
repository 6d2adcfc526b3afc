"""One dead letter whole: facts, body, headers, failure."""
