-- Version 1 of the store. Frozen: a change is another file and another migration.

-- Recordings in the store. A row is there only once all of its events are.
CREATE TABLE recordings (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL UNIQUE,          -- as the workspace names it
    name TEXT NOT NULL,                 -- as people see it
    bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,       -- of the file, since 1970
    digest TEXT NOT NULL,               -- of the file's content
    read INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    without_identifier INTEGER NOT NULL
);

-- Lines of a recording that could not be used.
CREATE TABLE rejections (
    recording INTEGER NOT NULL,
    line INTEGER NOT NULL,
    reason TEXT NOT NULL
);

-- Names and identifiers, each once per recording. Key: recording × 2^32 + number.
CREATE TABLE strings (
    key INTEGER PRIMARY KEY,
    text TEXT NOT NULL
);

-- Events. Key: recording × 2^32 + position in the file. Times are UTC milliseconds; name and
-- identifiers are numbers into `strings` of the same recording. No secondary index: a replay
-- reads all of a recording in one sweep, and an index would double the time of an import.
CREATE TABLE events (
    key INTEGER PRIMARY KEY,
    happened_ms INTEGER NOT NULL,
    arrived_ms INTEGER NOT NULL,
    kind INTEGER NOT NULL,              -- 0 track, 1 page, 2 screen, 3 identify, 4 alias, 5 group, 6 merge
    flags INTEGER NOT NULL,             -- 1 future, 2 skew corrected, 4 no message id, 8 no identifier,
                                        -- 256 context names external ids
    line INTEGER NOT NULL,
    name INTEGER,
    anonymous_id INTEGER,
    user_id INTEGER,
    previous_id INTEGER,
    group_id INTEGER,
    message_id TEXT NOT NULL,
    properties TEXT,                    -- raw JSON, as sent
    traits TEXT,
    context TEXT
);

-- Replay results. Everything below hangs on one of them by `replay`.
CREATE TABLE replays (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,        -- of all that follows up to `horizon_ms`
    journeys TEXT NOT NULL,             -- digests of everything that made it
    workspace TEXT NOT NULL,
    platform TEXT NOT NULL,
    recordings TEXT NOT NULL,
    seed INTEGER NOT NULL,
    program_version TEXT NOT NULL,
    horizon_ms INTEGER NOT NULL,        -- how long after the last event it went on
    ended_ms INTEGER NOT NULL,          -- the absolute horizon
    events INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    before_consent INTEGER NOT NULL
);

CREATE TABLE messages (
    replay INTEGER NOT NULL,
    position INTEGER NOT NULL,          -- in the result's own order
    at_ms INTEGER NOT NULL,
    person TEXT NOT NULL,               -- JSON list of identifiers, as known at that instant
    journey TEXT NOT NULL,
    run INTEGER NOT NULL,
    block TEXT NOT NULL,
    message TEXT,
    channel TEXT,
    status TEXT NOT NULL,               -- sent, not_sent, skipped, waiting
    reason TEXT,                        -- null when sent
    flags TEXT NOT NULL,                -- JSON list
    because TEXT NOT NULL,              -- JSON list of {rule, confidence, text, events}
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (replay, position)
) WITHOUT ROWID;

-- Counts per journey (block is null), block, exit: `what` says of what, `word` which.
CREATE TABLE counts (
    replay INTEGER NOT NULL,
    journey TEXT NOT NULL,
    block TEXT,
    what TEXT NOT NULL,                 -- offered, started, not_started, held, ended, goals; of a
                                        -- block: entered, waiting, left_early, exit, status, reason
    word TEXT NOT NULL,
    count INTEGER NOT NULL
);
CREATE INDEX counts_of_replay ON counts (replay);

CREATE TABLE held_triggers (
    replay INTEGER NOT NULL,
    journey TEXT NOT NULL,
    anonymous_id TEXT NOT NULL,
    event TEXT NOT NULL,                -- message id
    held_ms INTEGER NOT NULL,
    state TEXT NOT NULL,                -- joined, too_old, expired, refused, never_identified
    decided_ms INTEGER NOT NULL,
    age_ms INTEGER,
    cart_value REAL,
    cart_currency TEXT
);
CREATE INDEX held_triggers_of_replay ON held_triggers (replay);

CREATE TABLE merges (
    replay INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    survivor TEXT NOT NULL,             -- JSON list of identifiers
    joined TEXT NOT NULL,               -- JSON list of identifiers
    events INTEGER NOT NULL,
    call TEXT NOT NULL,                 -- message id
    rule TEXT NOT NULL,
    confidence TEXT NOT NULL
);
CREATE INDEX merges_of_replay ON merges (replay);

CREATE TABLE refusals (
    replay INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    call TEXT NOT NULL,                 -- message id
    identifier TEXT,
    reason TEXT NOT NULL,
    rule TEXT NOT NULL,
    confidence TEXT NOT NULL
);
CREATE INDEX refusals_of_replay ON refusals (replay);

-- Everybody at the end of a replay.
CREATE TABLE profiles (
    replay INTEGER NOT NULL,
    identifiers TEXT NOT NULL,          -- JSON list
    known INTEGER NOT NULL,
    attributes TEXT NOT NULL,           -- JSON object
    events INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    segments TEXT NOT NULL              -- JSON list
);
CREATE INDEX profiles_of_replay ON profiles (replay);

-- For people with the sqlite3 shell.

CREATE VIEW event_list AS
SELECT r.name AS recording, e.line,
       strftime('%Y-%m-%d %H:%M:%f', e.happened_ms / 1000.0, 'unixepoch') AS happened,
       strftime('%Y-%m-%d %H:%M:%f', e.arrived_ms / 1000.0, 'unixepoch') AS arrived,
       CASE e.kind WHEN 0 THEN 'track' WHEN 1 THEN 'page' WHEN 2 THEN 'screen' WHEN 3 THEN 'identify'
                   WHEN 4 THEN 'alias' WHEN 5 THEN 'group' ELSE 'merge' END AS kind,
       (SELECT text FROM strings WHERE key = (r.id << 32) + e.name) AS name,
       (SELECT text FROM strings WHERE key = (r.id << 32) + e.anonymous_id) AS anonymous_id,
       (SELECT text FROM strings WHERE key = (r.id << 32) + e.user_id) AS user_id,
       e.message_id, e.properties, e.traits, e.context
FROM events e JOIN recordings r ON r.id = e.key >> 32;

CREATE VIEW message_list AS
SELECT m.replay, strftime('%Y-%m-%d %H:%M:%f', m.at_ms / 1000.0, 'unixepoch') AS at,
       (SELECT group_concat(value, ', ') FROM json_each(m.person)) AS person,
       m.journey, m.run, m.block, m.channel, m.status, m.reason, m.subject, m.body,
       (SELECT group_concat(json_extract(value, '$.text'), ' ') FROM json_each(m.because)) AS because
FROM messages m;

CREATE VIEW latest_messages AS
SELECT * FROM message_list WHERE replay = (SELECT max(id) FROM replays);
