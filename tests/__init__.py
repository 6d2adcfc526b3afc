"""The tests of Redrive."""
