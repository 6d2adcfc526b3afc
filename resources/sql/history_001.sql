-- Measures over time. A series is one resource of a connection; 64 of them share a group, and a block holds one
-- measure of one group over ten minutes. Times are unix seconds, UTC. The data is the codec's of store/blocks.py.

CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    connection TEXT NOT NULL,
    resource TEXT NOT NULL,
    UNIQUE (connection, resource)
);

CREATE TABLE block (
    id INTEGER PRIMARY KEY,
    grp INTEGER NOT NULL,
    measure TEXT NOT NULL,
    start REAL NOT NULL,
    stop REAL NOT NULL,
    data BLOB NOT NULL
);

CREATE INDEX block_by_time ON block (grp, measure, stop);
CREATE INDEX block_by_age ON block (stop);

-- What no block holds yet: one row a measure and minute over all series of a connection.
CREATE TABLE tail (
    id INTEGER PRIMARY KEY,
    connection TEXT NOT NULL,
    measure TEXT NOT NULL,
    start REAL NOT NULL,
    stop REAL NOT NULL,
    data BLOB NOT NULL
);

CREATE INDEX tail_by_time ON tail (connection, measure, start);
