-- The facts of one workspace, version 1. Instants are milliseconds since 1970, UTC.
-- A change of this file is a new number in opening.py and a step in migrations/, proven equal by
-- tests/store/test_migrations.py.

-- `epoch` identifies the store, so that a restored backup is told; `taken_at` is when the files were
-- last taken in, in milliseconds.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One occurrence of a post on one channel. AUTOINCREMENT: a number that a person has seen is never
-- given to another delivery.
CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    due INTEGER NOT NULL,
    channel TEXT NOT NULL CHECK (channel LIKE '_%/_%'),
    network TEXT NOT NULL,
    post TEXT NOT NULL,
    occurrence TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
        'planned', 'held', 'claimed', 'sending', 'published', 'refused', 'uncertain', 'cancelled'
    )),
    hold_reason TEXT NOT NULL DEFAULT '' CHECK (hold_reason IN (
        '', 'duplicate', 'uncertain', 'approval', 'paused', 'invalid', 'missed', 'blind',
        'token'
    )),
    hold_detail TEXT NOT NULL DEFAULT '',
    -- 1 where the files ask for the hold: it ends when they no longer do.
    hold_from_files INTEGER NOT NULL DEFAULT 0 CHECK (hold_from_files IN (0, 1)),
    -- The first 120 characters of the text on one line, safe to show, so that a listing reads no
    -- content and looks at no character.
    excerpt TEXT NOT NULL,
    -- All that a follower reads, as one text: what the guard compares.
    follower_text TEXT NOT NULL,
    -- A hash of its words alone, by which the same text is found on other channels.
    wording INTEGER NOT NULL,
    -- Fingerprints of its pictures, a space between; empty until the guard looked at them.
    pictures TEXT NOT NULL DEFAULT '',
    -- Remote id of what a person's reply answers: no file plans it, and the guard compares nothing
    -- with it. Empty for a post.
    reply_to TEXT NOT NULL DEFAULT '',
    edited INTEGER NOT NULL DEFAULT 0 CHECK (edited IN (0, 1)),
    -- 1 where the files no longer planned it when it was held: files may bring it back.
    dropped INTEGER NOT NULL DEFAULT 0 CHECK (dropped IN (0, 1)),
    published_at INTEGER,
    -- When it was proved that a person's word took it down again.
    deleted_at INTEGER,
    remote_id TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    -- How what stands differs from what was sent, in a sentence.
    altered TEXT NOT NULL DEFAULT '',
    fence INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- Planned: not to be claimed before; uncertain: not to be looked for before.
    not_before INTEGER,
    owner TEXT NOT NULL DEFAULT '',
    lease_until INTEGER,
    sent_at INTEGER,
    expires INTEGER,
    guard INTEGER NOT NULL DEFAULT 1 CHECK (guard IN (0, 1)),
    evergreen INTEGER NOT NULL DEFAULT 0 CHECK (evergreen IN (0, 1)),
    -- What the network charges for it, in millionths of a US dollar.
    cost INTEGER NOT NULL DEFAULT 0 CHECK (cost >= 0),
    -- 1 where it can be found by its words; of published ones.
    indexed INTEGER NOT NULL DEFAULT 0 CHECK (indexed IN (0, 1)),
    override TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL,
    -- The digest under which the guard last looked at it; empty: not since it changed.
    judged_digest TEXT NOT NULL DEFAULT '',
    -- JSON: the remote ids of all parts, in order.
    parts TEXT NOT NULL DEFAULT '[]',
    -- JSON: what goes out, exactly as it was taken in.
    content TEXT NOT NULL,
    client TEXT NOT NULL GENERATED ALWAYS AS (substr(channel, 1, instr(channel, '/') - 1)) VIRTUAL,
    -- When a claim may take it.
    ready INTEGER NOT NULL GENERATED ALWAYS AS (max(due, coalesce(not_before, due))) VIRTUAL,
    CHECK ((state = 'held') = (hold_reason <> '')),
    CHECK (dropped = 0 OR state = 'cancelled'),
    CHECK ((state = 'published') = (published_at IS NOT NULL)),
    CHECK (deleted_at IS NULL OR state = 'published'),
    CHECK ((state IN ('claimed', 'sending')) = (lease_until IS NOT NULL)),
    CHECK (state <> 'sending' OR (attempts > 0 AND sent_at IS NOT NULL))
) STRICT;

-- A post goes out once on a channel for each of its occurrences, however often files are read.
CREATE UNIQUE INDEX delivery_key ON deliveries (post, occurrence, channel);

-- Two workers, on whatever machine, never send on one channel at once.
CREATE UNIQUE INDEX one_in_flight ON deliveries (channel) WHERE state IN ('claimed', 'sending');

-- The next delivery of a channel is one look, however many are planned.
CREATE INDEX ready_by_channel ON deliveries (channel, ready) WHERE state = 'planned';

-- Listings of one state, and what waits for a person, in order of time.
CREATE INDEX by_state ON deliveries (state, due);

-- The queue of everything, read from this index alone: the table holds whole texts.
CREATE INDEX ahead ON deliveries (
    due, number, channel, network, post, occurrence, state, hold_reason, hold_detail, excerpt, edited
) WHERE state IN ('planned', 'held', 'claimed', 'sending', 'uncertain');

-- Listings of one client.
CREATE INDEX by_client ON deliveries (client, due);

-- What the files of one client can still change is found among all that is over.
CREATE INDEX open_by_client ON deliveries (client)
WHERE state IN ('planned', 'held', 'claimed', 'sending', 'uncertain');

-- The queue that the guard compares with, and listings of one channel.
CREATE INDEX by_channel ON deliveries (channel, due);

-- The history that the guard compares with.
CREATE INDEX published_by_channel ON deliveries (channel, published_at)
WHERE published_at IS NOT NULL;

-- One text on many channels is found without reading any of them.
CREATE INDEX deliveries_by_wording ON deliveries (wording, due);

-- As for statuses.
CREATE INDEX unindexed_deliveries ON deliveries (channel, published_at)
WHERE published_at IS NOT NULL AND indexed = 0 AND reply_to = '';

-- Waits that a clock made too long are found among few.
CREATE INDEX waits ON deliveries (not_before) WHERE not_before IS NOT NULL;

-- The history of everything, newest first.
CREATE INDEX published ON deliveries (published_at) WHERE published_at IS NOT NULL;

-- What a month costs is found without reading what is free.
CREATE INDEX costly ON deliveries (due, state, cost) WHERE cost > 0;

-- What the guard has still to look at is found without reading what it has seen.
CREATE INDEX unjudged ON deliveries (client, due)
WHERE state = 'planned' AND judged_digest <> digest;

-- One row a channel that ever had a delivery: when its pace lets the next claim through.
CREATE TABLE lanes (
    channel TEXT PRIMARY KEY,
    ready_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- One remote status proves one delivery; by this our own statuses are told on a timeline.
CREATE TABLE receipts (
    channel TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES deliveries,
    PRIMARY KEY (channel, remote_id)
) STRICT, WITHOUT ROWID;

-- What happened, for ever; a row that the files dropped keeps its events.
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    -- 0 for what is of no delivery: a pause, what is done about a comment.
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    fence INTEGER NOT NULL,
    -- JSON.
    data TEXT NOT NULL
) STRICT;

-- The story of one delivery, in order.
CREATE INDEX events_of_delivery ON events (number, id);

CREATE TRIGGER events_keep_their_words BEFORE UPDATE ON events
BEGIN
    SELECT raise(ABORT, 'events are append-only');
END;

CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN
    SELECT raise(ABORT, 'events are append-only');
END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER events_are_not_replaced BEFORE INSERT ON events
WHEN new.id IN (SELECT id FROM events WHERE id = new.id)
BEGIN
    SELECT raise(ABORT, 'events are append-only');
END;

-- Stops in force: of everything (empty), a client or a `client/channel`.
CREATE TABLE pauses (
    scope TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far each timeline has been read, who reads it now, and what was wrong since.
CREATE TABLE timelines (
    channel TEXT PRIMARY KEY,
    -- When the last reading began that told all since the one before.
    read_at INTEGER,
    -- When the last whole reading began, and how far back the farthest of them went.
    whole_at INTEGER,
    whole_since INTEGER,
    -- The one right to read it: never two at once, in whatever process.
    reader TEXT NOT NULL DEFAULT '',
    reader_until INTEGER NOT NULL DEFAULT 0,
    blind_at INTEGER,
    -- What reading it cost in a month (`2026-11`), in millionths of a US dollar.
    charged INTEGER NOT NULL DEFAULT 0,
    charged_month TEXT NOT NULL DEFAULT '',
    problem TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Foreign statuses; our own are receipts.
CREATE TABLE statuses (
    channel TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    text TEXT NOT NULL,
    url TEXT NOT NULL,
    author TEXT NOT NULL,
    tool TEXT NOT NULL,
    media_count INTEGER NOT NULL,
    reply_to TEXT NOT NULL,
    -- Fingerprints of its pictures, a space between; of those that are known.
    pictures TEXT NOT NULL,
    -- As for deliveries.
    wording INTEGER NOT NULL,
    -- When a reading first lacked it; such a row is kept as evidence.
    gone_at INTEGER,
    -- 1 where it can be found by its words as it is.
    indexed INTEGER NOT NULL DEFAULT 0 CHECK (indexed IN (0, 1)),
    PRIMARY KEY (channel, remote_id)
) STRICT, WITHOUT ROWID;

-- The timeline that the guard compares with.
CREATE INDEX standing_statuses ON statuses (channel, at) WHERE gone_at IS NULL;

-- One text on many channels is found without reading any of them.
CREATE INDEX statuses_by_wording ON statuses (wording, at) WHERE gone_at IS NULL;

-- What has still to be indexed is found without reading what is.
CREATE INDEX unindexed_statuses ON statuses (channel, at) WHERE gone_at IS NULL AND indexed = 0;

-- What was noted of texts, so that they need not be read to be looked at, those of a long history
-- all at once. An edited text gets another id, and so does each later one, so that a program that
-- has read some reads only what is new.
CREATE TABLE texts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('history', 'timeline')),
    -- A delivery's number or a status's remote id.
    ref TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- The lists and rules that its sketch was made by; others make another one.
    version TEXT NOT NULL,
    -- What the guard's first look looks at; see core/guard/sketches.py.
    sketch TEXT NOT NULL,
    UNIQUE (channel, source, ref)
) STRICT;

-- What is new of a channel is found without reading what is known, and what has to be made again
-- without reading what is as it should be.
CREATE INDEX texts_of_channel ON texts (channel, version, id);

-- The same news twice on one account, ours and a foreign status; told once for each pair.
CREATE TABLE collisions (
    number INTEGER NOT NULL REFERENCES deliveries,
    remote_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- Theirs as it was judged: a text that was edited since is another question.
    text TEXT NOT NULL,
    -- JSON: the match, as the log keeps it.
    evidence TEXT NOT NULL,
    PRIMARY KEY (number, remote_id)
) STRICT, WITHOUT ROWID;

-- Read on the timeline before its receipt was committed: it was ours all along.
CREATE TRIGGER a_receipt_tells_our_own AFTER INSERT ON receipts
BEGIN
    DELETE FROM statuses WHERE channel = new.channel AND remote_id = new.remote_id;
    DELETE FROM texts
    WHERE channel = new.channel AND source = 'timeline' AND ref = new.remote_id;
END;

-- What a person decided about two texts of one account, for ever: nobody is asked twice, and
-- thresholds can be learned from it.
CREATE TABLE rulings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    channel TEXT NOT NULL,
    number INTEGER NOT NULL,
    -- What it repeats: `delivery` with its number, or `timeline` with its remote id.
    source TEXT NOT NULL CHECK (source IN ('delivery', 'timeline')),
    ref TEXT NOT NULL,
    keep TEXT NOT NULL CHECK (keep IN ('theirs', 'ours', 'both', 'move', 'rewrite')),
    reason TEXT NOT NULL,
    -- Whether they tell the same news, by that person's word; NULL: nothing was said of it.
    same INTEGER CHECK (same IN (0, 1)),
    score REAL NOT NULL,
    -- Both texts as they were: a word about them says nothing of others.
    ours TEXT NOT NULL,
    theirs TEXT NOT NULL,
    -- Hashes of their words, by which they are found.
    ours_wording INTEGER NOT NULL,
    theirs_wording INTEGER NOT NULL
) STRICT;

-- Whether a person has settled a collision.
CREATE INDEX rulings_of_delivery ON rulings (number);
-- What was decided about a text, whichever delivery says it.
CREATE INDEX rulings_by_ours ON rulings (ours_wording);
CREATE INDEX rulings_by_theirs ON rulings (theirs_wording);

-- Statuses that a person decided to take down, until it is proved that they are gone. A kill in
-- between leaves the row, and taking down twice changes nothing.
CREATE TABLE removals (
    channel TEXT NOT NULL,
    -- Names it.
    remote_id TEXT NOT NULL,
    -- JSON: the remote ids of all its parts.
    parts TEXT NOT NULL,
    -- The delivery whose log tells of it.
    number INTEGER NOT NULL,
    -- It stands until this delivery is published; 0: it goes at once.
    after INTEGER NOT NULL,
    -- The delivery that goes; 0: it is somebody else's.
    loser INTEGER NOT NULL,
    -- Not to be tried before.
    due INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    -- Why the last try did not do.
    problem TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (channel, remote_id)
) STRICT, WITHOUT ROWID;

-- Notices, committed with what they tell of and delivered later.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    number INTEGER NOT NULL,
    message TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- Not to be tried before.
    due INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What a person is told once for ever, such as that a token comes to its end.
CREATE TABLE told (
    what TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Rights that one process has at a time, on whatever machine, such as to renew a token.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The daemons that work on this store, and when each last said so.
CREATE TABLE daemons (
    -- `host/pid/start`.
    name TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    beat_at INTEGER NOT NULL,
    -- What tells the files of its machine from those of others.
    files TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Every file as the last intake found it.
CREATE TABLE sources (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The clients of the last intake, in the order of `config.yaml`.
CREATE TABLE clients (
    position INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    -- How many errors its files have, and how many drafts that have no time yet.
    errors INTEGER NOT NULL DEFAULT 0,
    drafts INTEGER NOT NULL DEFAULT 0
) STRICT;
