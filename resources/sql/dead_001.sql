-- Snapshots of dead-letter sources. All of it may be deleted: nothing here is the only copy of anything.

CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    connection TEXT NOT NULL,
    source TEXT NOT NULL,
    incarnation TEXT,
    begun REAL NOT NULL,
    read_at REAL NOT NULL,
    count INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    indexed INTEGER NOT NULL DEFAULT 0,
    reading INTEGER NOT NULL DEFAULT 1,
    complete INTEGER NOT NULL DEFAULT 0,
    twins INTEGER NOT NULL DEFAULT 0,
    paths_full INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0,
    expected INTEGER,
    ended TEXT,
    failed TEXT NOT NULL DEFAULT '',
    looks_left INTEGER
) STRICT;
CREATE INDEX snapshot_source ON snapshot (connection, source, id);

-- A letter's id is snapshot * 2^32 + n, so that a snapshot is one range of every table.
CREATE TABLE letter (
    id INTEGER PRIMARY KEY,
    key ANY NOT NULL,
    nth INTEGER NOT NULL,
    digest BLOB NOT NULL,
    cause INTEGER NOT NULL,
    at REAL,
    reason TEXT NOT NULL,
    origin TEXT,
    target TEXT,
    target_from TEXT NOT NULL,
    attempts INTEGER,
    size INTEGER NOT NULL,
    trace TEXT,
    address ANY NOT NULL,
    redriven INTEGER NOT NULL,
    bare INTEGER NOT NULL
) STRICT;

CREATE INDEX letter_key ON letter (key);

CREATE TABLE payload (
    id INTEGER PRIMARY KEY,
    headers BLOB NOT NULL,
    failure BLOB NOT NULL,
    gone TEXT,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE cause (
    snapshot INTEGER NOT NULL,
    code INTEGER NOT NULL,
    cause TEXT NOT NULL,
    title TEXT NOT NULL,
    exception TEXT NOT NULL,
    sample TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_at REAL,
    last_at REAL,
    hours BLOB NOT NULL,
    PRIMARY KEY (snapshot, code)
) STRICT, WITHOUT ROWID;

-- One column of 16,384 rows; kind says how `data` is coded: d dictionary codes, n numbers, h hashes.
CREATE TABLE segment (
    snapshot INTEGER NOT NULL,
    path TEXT NOT NULL,
    part INTEGER NOT NULL,
    kind TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (snapshot, path, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE dictionary (
    snapshot INTEGER NOT NULL,
    path TEXT NOT NULL,
    part INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (snapshot, path, part)
) STRICT, WITHOUT ROWID;
