"""Everything that touches SQLite and the files of a Redrive home folder."""
