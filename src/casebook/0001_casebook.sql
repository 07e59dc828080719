-- What is true: the events, chained, and the sealed work lists of changes.
CREATE TABLE events (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    about TEXT NOT NULL,
    header BLOB NOT NULL,
    body BLOB,
    body_sha256 BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX events_about ON events (about, number);

CREATE TABLE intent_windows (
    intent INTEGER NOT NULL,
    position INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (intent, position)
) STRICT;

-- What follows from the events: projections, compared by `audit verify`.
CREATE TABLE cases (
    number TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    status TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cases_subject ON cases (subject);
CREATE INDEX cases_open ON cases (is_open, number);

CREATE TABLE runs (
    number TEXT PRIMARY KEY,
    duty TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE intents (
    number INTEGER PRIMARY KEY,
    about TEXT NOT NULL,
    database TEXT NOT NULL,
    plan TEXT NOT NULL,
    state TEXT NOT NULL,
    key TEXT NOT NULL,
    windows INTEGER NOT NULL,
    work TEXT NOT NULL,
    opened INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX intents_unsettled ON intents (database) WHERE state IN ('open', 'committing', 'committed');

CREATE TABLE adopted (
    event INTEGER PRIMARY KEY,
    mark INTEGER NOT NULL
) STRICT;

CREATE TABLE holds (
    number TEXT PRIMARY KEY,
    subject TEXT,
    held_table TEXT,
    confidential INTEGER NOT NULL,
    until TEXT,
    added INTEGER NOT NULL,
    released INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_added ON holds (added);

CREATE TABLE scheduled (
    about TEXT NOT NULL,
    position INTEGER NOT NULL,
    waiting_table TEXT NOT NULL,
    count INTEGER NOT NULL,
    code TEXT NOT NULL,
    law TEXT NOT NULL,
    until TEXT,
    added INTEGER NOT NULL,
    PRIMARY KEY (about, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX scheduled_until ON scheduled (until);

CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    about TEXT NOT NULL,
    first INTEGER NOT NULL,
    destroyed INTEGER,
    replaced TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_about ON keys (about);
CREATE INDEX keys_replaced ON keys (replaced);

CREATE TABLE tags (
    purpose TEXT NOT NULL,
    tag BLOB NOT NULL,
    subject TEXT NOT NULL,
    event INTEGER NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (purpose, tag, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_key ON tags (key);
CREATE INDEX tags_subject ON tags (purpose, subject);
