-- The ledger: runs, their items, what is leased; the audit journal; the archives.
-- Times are unix seconds, UTC. One item is in at most one live run: see item_live.

CREATE TABLE place (
    id INTEGER PRIMARY KEY,
    connection TEXT NOT NULL,
    source TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    UNIQUE (connection, source, incarnation)
);

CREATE TABLE run (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    place INTEGER NOT NULL REFERENCES place (id),
    setup BLOB NOT NULL,
    pace BLOB NOT NULL,
    marks BLOB NOT NULL DEFAULT '{}',
    since TEXT,
    wish TEXT NOT NULL DEFAULT '',
    canary TEXT NOT NULL DEFAULT '',
    rest_confirmed INTEGER NOT NULL DEFAULT 0,
    archive TEXT,
    owner TEXT NOT NULL,
    looked_at REAL,
    opened REAL NOT NULL,
    closed REAL,
    seconds REAL NOT NULL DEFAULT 0
);

CREATE TABLE item (
    run INTEGER NOT NULL REFERENCES run (number),
    n INTEGER NOT NULL,
    key TEXT NOT NULL,
    nth INTEGER NOT NULL DEFAULT 0,
    twins INTEGER NOT NULL DEFAULT 1,
    digest BLOB NOT NULL,
    target TEXT,
    size INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL DEFAULT 0,
    step INTEGER NOT NULL DEFAULT 0,
    original TEXT,
    copy TEXT,
    reason TEXT NOT NULL DEFAULT '',
    sent INTEGER NOT NULL DEFAULT 0,
    sent_at REAL,
    at REAL,
    returned INTEGER NOT NULL DEFAULT 0,
    live INTEGER,
    PRIMARY KEY (run, n)
) WITHOUT ROWID;

CREATE UNIQUE INDEX item_live ON item (live, key, nth) WHERE live IS NOT NULL;
-- Moved and planned rows are most of a run and are read in its order; only the rare ones need finding.
CREATE INDEX item_rare ON item (run, state, n) WHERE state > 2;

CREATE TABLE tally (
    run INTEGER PRIMARY KEY REFERENCES run (number),
    frozen INTEGER NOT NULL DEFAULT 0,
    planned INTEGER NOT NULL DEFAULT 0,
    sending INTEGER NOT NULL DEFAULT 0,
    copied INTEGER NOT NULL DEFAULT 0,
    moved INTEGER NOT NULL DEFAULT 0,
    kept INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    unknown INTEGER NOT NULL DEFAULT 0,
    returned INTEGER NOT NULL DEFAULT 0,
    left_behind INTEGER NOT NULL DEFAULT 0,
    twice INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE lease (
    run INTEGER NOT NULL,
    place INTEGER NOT NULL,
    count INTEGER NOT NULL,
    until REAL,
    PRIMARY KEY (run, place)
);

CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    who TEXT NOT NULL,
    act TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE TABLE archive (
    name TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    run INTEGER,
    connection TEXT NOT NULL,
    source TEXT NOT NULL,
    made REAL NOT NULL
);

CREATE TABLE archive_mark (
    archive TEXT NOT NULL REFERENCES archive (name),
    n INTEGER NOT NULL,
    PRIMARY KEY (archive, n)
) WITHOUT ROWID;
