-- The statements of the store that every engine understands, and each adds its own to them.
-- `-- name: x` opens one; the lines of comment below it say why. {clock} is the time by which leases
-- end, in milliseconds; {delivery} the columns of a whole delivery, {fact} those of a fact;
-- {given: name TYPE, ...} a table `given` of those columns, so that one statement does what many
-- callers want: `Session.each`.

-- name: epoch
SELECT value FROM meta WHERE key = 'epoch';

-- name: set_taken_at
INSERT INTO meta (key, value) VALUES ('taken_at', ?)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: taken_at
SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'taken_at';

-- name: set_epoch
INSERT INTO meta (key, value) VALUES ('epoch', ?);

-- name: backup_at
SELECT value FROM meta WHERE key = 'backup_at';

-- name: forget_backup
DELETE FROM meta WHERE key = 'backup_at';

-- name: settled_at
SELECT value FROM meta WHERE key = 'settled_at';

-- name: settle
INSERT INTO meta (key, value) VALUES ('settled_at', CAST({clock} AS TEXT))
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- Taking in the files ------------------------------------------------------------------------------

-- name: sources
SELECT path, size, mtime_ns, ctime_ns, sha256 FROM sources ORDER BY path;

-- name: clear_sources
DELETE FROM sources;

-- name: add_source
INSERT INTO sources (path, size, mtime_ns, ctime_ns, sha256) VALUES (?, ?, ?, ?, ?);

-- name: clients
SELECT key, name, zone, errors, drafts FROM clients ORDER BY position;

-- name: clear_clients
DELETE FROM clients;

-- name: add_client
INSERT INTO clients (position, key, name, zone, errors, drafts) VALUES (?, ?, ?, ?, ?, ?);

-- name: ledger
-- What is over is ever more: each part has an index that finds what it wants among it. That of a
-- client is kept from being used for the last, where it would find everything.
SELECT {fact} FROM deliveries WHERE reply_to = '' AND number IN (
    SELECT number FROM deliveries
    WHERE client = :client AND state IN ('planned', 'held', 'claimed', 'sending', 'uncertain')
    UNION ALL
    SELECT number FROM deliveries WHERE client = :client AND due > :now
    UNION ALL
    SELECT deliveries.number FROM {given: post TEXT} JOIN deliveries ON deliveries.post = given.post
    WHERE deliveries.client || '' = :client
);

-- name: had
-- By the index of keys: that of a client would find everything.
SELECT 1 FROM deliveries WHERE post = :post AND client || '' = :client LIMIT 1;

-- name: same
-- Found by its wording: the index of a channel would find everything.
SELECT {fact} FROM {given: channel TEXT, wording BIGINT, digest TEXT}
JOIN deliveries ON deliveries.wording = given.wording
WHERE deliveries.digest = given.digest AND deliveries.channel || '' = given.channel
AND deliveries.reply_to = '';

-- name: add_delivery
-- Another process may have taken in the same files just before: the first one stands.
INSERT INTO deliveries (
    due, channel, network, post, occurrence, state, hold_reason, hold_detail, hold_from_files,
    excerpt, follower_text, wording, reply_to, expires, guard, evergreen, cost, digest,
    content
) VALUES (
    :due, :channel, :network, :post, :occurrence, :state, :hold_reason, :hold_detail,
    :hold_from_files, :excerpt, :follower_text, :wording, :reply_to, :expires, :guard, :evergreen,
    :cost, :digest, :content
) ON CONFLICT (post, occurrence, channel) DO NOTHING;

-- name: log_added
-- One that another process took in has its line already.
INSERT INTO events (at, number, kind, before, after, fence, data)
SELECT :at, number, 'add', '', state, 0, :data FROM deliveries
WHERE post = :post AND occurrence = :occurrence AND channel = :channel
AND NOT EXISTS (SELECT 1 FROM events WHERE events.number = deliveries.number);

-- name: add_lane
INSERT INTO lanes (channel) VALUES (?) ON CONFLICT DO NOTHING;

-- name: alter_delivery
-- A word that let the old text pass does not let another text pass.
UPDATE deliveries SET
    due = :due, network = :network, excerpt = :excerpt, follower_text = :follower_text,
    wording = :wording,
    expires = :expires, guard = :guard, evergreen = :evergreen,
    cost = :cost,
    override = CASE WHEN digest = :digest THEN override ELSE '' END,
    digest = :digest, content = :content, judged_digest = '', edited = 0
WHERE number = :number AND state IN ('planned', 'held')
RETURNING state, fence;

-- name: drop_planned
DELETE FROM deliveries WHERE number = ? AND state = 'planned' RETURNING fence;

-- name: cancel_held
UPDATE deliveries SET
    state = 'cancelled', hold_reason = '', hold_detail = '', hold_from_files = 0, dropped = 1
WHERE number = ? AND state = 'held' RETURNING fence;

-- name: mark_edited
UPDATE deliveries SET edited = :edited WHERE number = :number AND edited <> :edited
RETURNING state, fence;

-- Publishing ---------------------------------------------------------------------------------------

-- name: free_at
SELECT ready_at FROM lanes WHERE channel = ?;

-- name: move
-- Every change that neither takes the right to send nor proves a publication.
UPDATE deliveries SET
    state = given.after, hold_reason = given.hold_reason, hold_detail = given.hold_detail,
    hold_from_files = given.hold_from_files, dropped = 0, owner = '', lease_until = NULL,
    not_before = given.not_before,
    override = CASE WHEN given.override = '' THEN deliveries.override ELSE given.override END,
    due = coalesce(given.due, deliveries.due)
FROM {given: number BIGINT, before TEXT, fence BIGINT, after TEXT, hold_reason TEXT,
    hold_detail TEXT, hold_from_files BIGINT, not_before BIGINT, override TEXT, due BIGINT}
WHERE deliveries.number = given.number AND state = given.before
AND deliveries.fence = given.fence
RETURNING {delivery};

-- name: send
-- The intent. A pause or the end of the lease since the claim stops it here, in the same commit.
UPDATE deliveries SET
    state = 'sending', attempts = attempts + 1, sent_at = coalesce(sent_at, given.at),
    lease_until = coalesce({clock} + given.lease, lease_until)
FROM {given: number BIGINT, before TEXT, fence BIGINT, at BIGINT, lease BIGINT}
WHERE deliveries.number = given.number AND state = given.before
AND deliveries.fence = given.fence AND lease_until > {clock}
AND NOT EXISTS (
    SELECT 1 FROM pauses WHERE scope IN ('', deliveries.client, deliveries.channel)
) RETURNING {delivery};

-- name: keep
-- A claim that has not ended lasts longer.
UPDATE deliveries SET lease_until = {clock} + given.lease
FROM {given: number BIGINT, before TEXT, fence BIGINT, at BIGINT, lease BIGINT}
WHERE deliveries.number = given.number AND state = given.before
AND deliveries.fence = given.fence AND given.lease > 0 AND lease_until > {clock}
RETURNING {delivery};

-- name: resend
-- The fence goes up, so that whoever sent before cannot speak of this attempt.
UPDATE deliveries SET
    state = 'sending', attempts = attempts + 1, sent_at = coalesce(sent_at, given.at),
    fence = deliveries.fence + 1, owner = given.owner, lease_until = {clock} + given.lease
FROM {given: number BIGINT, before TEXT, fence BIGINT, at BIGINT, owner TEXT, lease BIGINT}
WHERE deliveries.number = given.number AND state = given.before
AND deliveries.fence = given.fence AND given.lease > 0
AND NOT EXISTS (
    SELECT 1 FROM pauses WHERE scope IN ('', deliveries.client, deliveries.channel)
) AND NOT EXISTS (
    SELECT 1 FROM deliveries AS other
    WHERE other.channel = deliveries.channel AND other.state IN ('claimed', 'sending')
) RETURNING {delivery};

-- name: publish
UPDATE deliveries SET
    state = 'published', hold_reason = '', hold_detail = '', hold_from_files = 0, owner = '',
    lease_until = NULL, not_before = NULL,
    published_at = given.published_at, remote_id = given.remote_id, url = given.url,
    parts = given.parts, altered = given.altered
FROM {given: number BIGINT, before TEXT, fence BIGINT, published_at BIGINT, remote_id TEXT,
    url TEXT, parts TEXT, altered TEXT}
WHERE deliveries.number = given.number AND state = given.before
AND deliveries.fence = given.fence
RETURNING {delivery};

-- name: set_lane
-- A shorter wait ends no longer one.
INSERT INTO lanes (channel, ready_at)
SELECT channel, ready_at FROM {given: channel TEXT, ready_at BIGINT} WHERE true ORDER BY channel
ON CONFLICT (channel) DO UPDATE SET ready_at =
    CASE WHEN excluded.ready_at > lanes.ready_at THEN excluded.ready_at ELSE lanes.ready_at END;

-- name: seen_at
SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'seen_at';

-- name: set_seen_at
INSERT INTO meta (key, value) VALUES ('seen_at', ?)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: end_far_waits
-- No wait is longer than a day, and no pace should be longer than 31: a clock was ahead, and the one
-- who saw it died before it could write that down.
UPDATE deliveries SET not_before = NULL
WHERE not_before > :at + 90000000 AND state IN ('planned', 'uncertain');

-- name: end_far_lanes
UPDATE lanes SET ready_at = 0 WHERE ready_at > :at + 2678400000;

-- name: set_back_waits
-- Reckoned from a time that has not come yet.
UPDATE deliveries SET not_before = NULL
WHERE not_before > :at AND state IN ('planned', 'uncertain') AND (
    SELECT at FROM events WHERE events.number = deliveries.number ORDER BY id DESC LIMIT 1
) > :at;

-- name: set_back_lanes
-- Each channel may send one post sooner than its pace; from then on its pace counts again.
UPDATE lanes SET ready_at = 0 WHERE ready_at > :at;

-- name: add_receipt
INSERT INTO receipts (channel, remote_id, number)
SELECT channel, remote_id, number FROM {given: channel TEXT, remote_id TEXT, number BIGINT}
WHERE true ON CONFLICT (channel, remote_id) DO NOTHING RETURNING channel, remote_id, number;

-- name: receipt_of_another
SELECT number FROM receipts
WHERE channel = :channel AND remote_id = :remote_id AND number <> :number;

-- name: add_event
INSERT INTO events (at, number, kind, before, after, fence, data)
SELECT at, number, kind, before, after, fence, data
FROM {given: place BIGINT, at BIGINT, number BIGINT, kind TEXT, before TEXT, after TEXT,
    fence BIGINT, data TEXT}
ORDER BY place;

-- name: add_notice
INSERT INTO outbox (kind, channel, number, message, at, due)
SELECT kind, channel, number, message, at, at
FROM {given: place BIGINT, kind TEXT, channel TEXT, number BIGINT, message TEXT, at BIGINT}
ORDER BY place;

-- name: state_of
SELECT state, fence FROM deliveries WHERE number = ?;

-- name: in_flight
SELECT {delivery} FROM deliveries WHERE state IN ('claimed', 'sending', 'uncertain')
ORDER BY coalesce(sent_at, due), number;

-- Reading ------------------------------------------------------------------------------------------

-- name: delivery
SELECT {delivery} FROM deliveries WHERE number = ?;

-- name: deliveries
-- Conditions and order follow, from filters.py.
SELECT {delivery} FROM deliveries

-- name: listing
-- Conditions and order follow, from filters.py; in the order of `Listed`.
SELECT
    number, due, channel, network, post, occurrence, state, hold_reason, hold_detail, excerpt,
    edited, published_at, remote_id, url, deleted_at, altered, reply_to
FROM deliveries

-- name: count
-- Conditions follow, from filters.py.
SELECT count(*) FROM deliveries

-- name: events
SELECT id, at, number, kind, before, after, fence, data FROM events ORDER BY id DESC LIMIT :limit;

-- name: events_of_delivery
SELECT id, at, number, kind, before, after, fence, data FROM events WHERE number = :number
ORDER BY id DESC LIMIT :limit;

-- Rights and what was told --------------------------------------------------------------------------

-- name: tell_once
INSERT INTO told (what, at) VALUES (:what, :at) ON CONFLICT (what) DO NOTHING;

-- name: lease
INSERT INTO leases (name, owner, until) VALUES (:name, :owner, {clock} + :lease)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
WHERE leases.owner IN (:owner, :instead_of) OR leases.until <= {clock};

-- name: leased
SELECT owner FROM leases WHERE name = :name;

-- name: end_lease
DELETE FROM leases WHERE name = :name AND owner = :owner;

-- Pauses -------------------------------------------------------------------------------------------

-- name: pause
INSERT INTO pauses (scope, reason, since) VALUES (:scope, :reason, :since)
ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason;

-- name: resume
DELETE FROM pauses WHERE scope = ? RETURNING reason;

-- name: pauses
SELECT scope, reason, since FROM pauses ORDER BY scope;

-- Timelines ----------------------------------------------------------------------------------------

-- name: known_statuses
-- Of each: whether it is our own; and as it was read before, where it was.
SELECT
    given.remote_id, EXISTS (
        SELECT 1 FROM receipts
        WHERE receipts.channel = given.channel AND receipts.remote_id = given.remote_id
    ), statuses.gone_at IS NULL,
    statuses.channel, statuses.remote_id, at, text, url, author, tool, media_count, reply_to,
    pictures
FROM {given: channel TEXT, remote_id TEXT}
LEFT JOIN statuses ON statuses.channel = given.channel AND statuses.remote_id = given.remote_id;

-- name: keep_status
INSERT INTO statuses (
    channel, remote_id, at, text, url, author, tool, media_count, reply_to, pictures, wording
)
SELECT channel, remote_id, at, text, url, author, tool, media_count, reply_to, pictures, wording
FROM {given: channel TEXT, remote_id TEXT, at BIGINT, text TEXT, url TEXT, author TEXT, tool TEXT,
    media_count BIGINT, reply_to TEXT, pictures TEXT, wording BIGINT}
WHERE true ON CONFLICT (channel, remote_id) DO UPDATE SET
    at = excluded.at, text = excluded.text, url = excluded.url, author = excluded.author,
    tool = excluded.tool, media_count = excluded.media_count, reply_to = excluded.reply_to,
    pictures = CASE WHEN excluded.pictures = '' THEN statuses.pictures ELSE excluded.pictures END,
    wording = excluded.wording, gone_at = NULL,
    indexed = CASE WHEN statuses.text = excluded.text THEN statuses.indexed ELSE 0 END;

-- name: lose_status
UPDATE statuses SET gone_at = :at, indexed = 0
WHERE channel = :channel AND remote_id = :remote_id;

-- name: lose_text
DELETE FROM texts WHERE channel = :channel AND source = 'timeline' AND ref = :remote_id;

-- name: begin_reading
INSERT INTO timelines (channel, reader, reader_until) VALUES (:channel, :reader, {clock} + :lease)
ON CONFLICT (channel) DO UPDATE SET reader = excluded.reader, reader_until = excluded.reader_until
WHERE timelines.reader IN ('', :reader, :instead_of) OR timelines.reader_until <= {clock};

-- name: keep_reading
UPDATE timelines SET reader_until = {clock} + :lease WHERE channel = :channel AND reader = :reader;

-- name: end_reading
UPDATE timelines SET reader = '' WHERE channel = :channel AND reader = :reader;

-- name: reading
SELECT reader, read_at, whole_at, whole_since, charged, charged_month FROM timelines WHERE channel = ?;

-- name: timeline_read
INSERT INTO timelines (channel, read_at) VALUES (:channel, :at)
ON CONFLICT (channel) DO UPDATE SET read_at = excluded.read_at, blind_at = NULL, problem = '';

-- name: timeline_charged
UPDATE timelines SET
    charged = CASE WHEN charged_month = :month THEN charged + :charge ELSE :charge END,
    charged_month = :month
WHERE channel = :channel;

-- name: is_charged
SELECT EXISTS (SELECT 1 FROM deliveries WHERE cost > 0)
OR EXISTS (SELECT 1 FROM timelines WHERE charged > 0);

-- name: month_cost
-- By when they are due: what is late was planned for the month all the same.
SELECT state = 'published', cost FROM deliveries
WHERE cost > 0 AND due >= :since AND due < :until AND state NOT IN ('refused', 'cancelled');

-- name: month_read
SELECT charged FROM timelines WHERE charged_month = :month;

-- name: timeline_read_whole
UPDATE timelines SET
    whole_at = :at, whole_since = CASE WHEN whole_since < :since THEN whole_since ELSE :since END
WHERE channel = :channel;

-- name: is_blind
SELECT 1 FROM timelines WHERE channel = ? AND problem <> '';

-- name: timeline_blind
INSERT INTO timelines (channel, blind_at, problem) VALUES (:channel, :at, :problem)
ON CONFLICT (channel) DO UPDATE SET blind_at = excluded.blind_at, problem = excluded.problem;

-- name: read_at
SELECT read_at FROM timelines WHERE channel = ?;

-- name: statuses
SELECT channel, remote_id, at, text, url, author, tool, media_count, reply_to, pictures
FROM statuses
WHERE channel = :channel AND gone_at IS NULL AND at >= :since ORDER BY at, remote_id;

-- name: worded
-- One statement, as for `seen_deliveries`; a lane that judges asks it once.
SELECT channel, 'queue', CAST(number AS TEXT), due, follower_text, url, post, pictures FROM deliveries
WHERE wording = :wording AND state IN ('planned', 'held', 'claimed') AND reply_to = ''
AND due BETWEEN :since AND :until
UNION ALL
SELECT
    channel, 'history', CAST(number AS TEXT), coalesce(published_at, sent_at), follower_text, url, post, pictures
FROM deliveries
WHERE wording = :wording AND state IN ('sending', 'uncertain', 'published') AND deleted_at IS NULL
AND reply_to = '' AND coalesce(published_at, sent_at) BETWEEN :since AND :until
UNION ALL
SELECT channel, 'timeline', remote_id, at, text, url, '', pictures FROM statuses
WHERE wording = :wording AND gone_at IS NULL AND at BETWEEN :since AND :until;

-- Long histories -----------------------------------------------------------------------------------

-- name: unindexed_statuses
SELECT 'timeline', remote_id, at, text, url, '', pictures, '', author, reply_to FROM statuses
WHERE channel = :channel AND gone_at IS NULL AND indexed = 0 ORDER BY at LIMIT :limit;

-- name: unindexed_deliveries
SELECT 'history', number, published_at, follower_text, url, post, pictures FROM deliveries
WHERE channel = :channel AND published_at IS NOT NULL AND indexed = 0 AND reply_to = ''
ORDER BY published_at LIMIT :limit;

-- name: stale_statuses
-- In two parts, each of which is found in the index, and in no order, so that no more are read.
SELECT 'timeline', remote_id, at, text, url, '', pictures, '', author, reply_to FROM (
    SELECT ref FROM texts
    WHERE channel = :channel AND version < :version AND source = 'timeline'
    UNION ALL
    SELECT ref FROM texts
    WHERE channel = :channel AND version > :version AND source = 'timeline'
) AS stale JOIN statuses ON channel = :channel AND remote_id = ref
WHERE gone_at IS NULL AND indexed = 1 LIMIT :limit;

-- name: stale_deliveries
SELECT 'history', number, published_at, follower_text, url, post, pictures FROM (
    SELECT ref FROM texts
    WHERE channel = :channel AND version < :version AND source = 'history'
    UNION ALL
    SELECT ref FROM texts
    WHERE channel = :channel AND version > :version AND source = 'history'
) AS stale JOIN deliveries ON number = CAST(ref AS BIGINT)
WHERE published_at IS NOT NULL AND indexed = 1 LIMIT :limit;

-- name: stale
SELECT channel, count(*) FROM texts WHERE version <> ? GROUP BY channel ORDER BY channel;

-- name: mark_status
UPDATE statuses SET indexed = 1 WHERE channel = :channel AND remote_id = :ref AND text = :text;

-- name: mark_delivery
UPDATE deliveries SET indexed = 1
WHERE channel = :channel AND number = :ref AND follower_text = :text AND published_at IS NOT NULL;

-- name: forget_text
DELETE FROM texts WHERE channel = :channel AND source = :source AND ref = :ref;

-- name: add_text
INSERT INTO texts (channel, source, ref, at, version, sketch)
VALUES (:channel, :source, :ref, :at, :version, :sketch);

-- name: sketches
SELECT id, at, sketch FROM texts
WHERE channel = :channel AND version = :version AND id > :after ORDER BY id LIMIT :limit;

-- name: indexed_status
SELECT 'timeline', remote_id, statuses.at, statuses.text, url, '', pictures, sketch, author, reply_to
FROM texts JOIN statuses ON statuses.channel = texts.channel AND remote_id = ref
WHERE id = :id AND source = 'timeline' AND indexed = 1
AND gone_at IS NULL AND statuses.at BETWEEN :since AND :until;

-- name: indexed_delivery
SELECT 'history', number, published_at, follower_text, url, post, pictures, sketch
FROM texts JOIN deliveries ON number = CAST(ref AS BIGINT)
WHERE id = :id AND source = 'history' AND indexed = 1
AND deleted_at IS NULL AND published_at BETWEEN :since AND :until;

-- Collisions ---------------------------------------------------------------------------------------

-- name: collide
INSERT INTO collisions (number, remote_id, at, text, evidence)
VALUES (:number, :remote_id, :at, :text, :evidence) ON CONFLICT DO NOTHING;

-- name: collide_again
-- Theirs was edited, and tells it still.
UPDATE collisions SET text = :text, evidence = :evidence
WHERE number = :number AND remote_id = :remote_id;

-- name: collisions
SELECT number, collisions.remote_id, collisions.at, evidence FROM collisions
JOIN deliveries USING (number)
JOIN statuses ON statuses.channel = deliveries.channel
    AND statuses.remote_id = collisions.remote_id
WHERE state = 'published' AND deleted_at IS NULL AND gone_at IS NULL
AND statuses.text = collisions.text AND NOT EXISTS (
    SELECT 1 FROM rulings WHERE rulings.number = collisions.number
    AND source = 'timeline' AND ref = collisions.remote_id
) ORDER BY collisions.at, number, collisions.remote_id;

-- Judgements ---------------------------------------------------------------------------------------

-- name: unjudged
SELECT {delivery} FROM deliveries
WHERE client = :client AND state = 'planned' AND judged_digest <> digest
ORDER BY due, number LIMIT :limit;

-- name: count_unjudged
SELECT count(*) FROM deliveries
WHERE client = :client AND state = 'planned' AND judged_digest <> digest;

-- name: judged
UPDATE deliveries SET judged_digest = digest WHERE number = ?;

-- name: keep_status_pictures
UPDATE statuses SET pictures = :pictures WHERE channel = :channel AND remote_id = :remote_id;

-- name: keep_pictures
UPDATE deliveries SET pictures = :pictures WHERE number = :number AND pictures <> :pictures;

-- Rulings ------------------------------------------------------------------------------------------

-- name: add_ruling
INSERT INTO rulings (
    at, channel, number, source, ref, keep, reason, same, score, ours, theirs,
    ours_wording, theirs_wording
) VALUES (
    :at, :channel, :number, :source, :ref, :keep, :reason, :same, :score, :ours, :theirs,
    :ours_wording, :theirs_wording
);

-- name: rulings
SELECT at, channel, number, source, ref, keep, reason, same, score, ours, theirs FROM rulings
WHERE channel LIKE replace(:client, '_', '!_') || '/%' ESCAPE '!' OR :client = '' ORDER BY id;

-- name: rulings_about
-- Those in which it is ours, and those in which it is what another one repeats.
SELECT at, channel, number, source, ref, keep, reason, same, score, ours, theirs FROM rulings
WHERE ours_wording = :wording OR theirs_wording = :wording ORDER BY id;

-- Removals -----------------------------------------------------------------------------------------

-- name: add_removal
INSERT INTO removals (channel, remote_id, parts, number, after, loser, due)
VALUES (:channel, :remote_id, :parts, :number, :after, :loser, :due)
ON CONFLICT (channel, remote_id) DO UPDATE SET
    parts = excluded.parts, number = excluded.number, after = excluded.after,
    loser = excluded.loser, due = excluded.due, tries = 0, problem = '';

-- name: removals
SELECT channel, remote_id, parts, number, after, loser, due, tries, problem FROM removals
ORDER BY due, channel, remote_id;

-- name: end_removal
DELETE FROM removals WHERE channel = ? AND remote_id = ? RETURNING number;

-- name: put_off_removal
UPDATE removals SET due = :until, tries = tries + 1, problem = :problem
WHERE channel = :channel AND remote_id = :remote_id RETURNING number;

-- name: take_down
UPDATE deliveries SET deleted_at = :at
WHERE number = :number AND state = 'published' AND deleted_at IS NULL;

-- Notices ------------------------------------------------------------------------------------------

-- name: outbox
SELECT id, kind, channel, number, message, at, tries FROM outbox WHERE due <= :now
ORDER BY id LIMIT :limit;

-- name: delivered
DELETE FROM outbox WHERE id = ?;

-- name: postpone
UPDATE outbox SET due = :until, tries = tries + 1 WHERE id = :id;

-- Daemons ------------------------------------------------------------------------------------------

-- name: beat
INSERT INTO daemons (name, version, began_at, beat_at, files)
VALUES (:name, :version, {clock}, {clock}, :files)
ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at, files = excluded.files;

-- name: forget_daemons
-- Those that ended without a word, a week ago.
DELETE FROM daemons WHERE beat_at < {clock} - 604800000;

-- name: rest
DELETE FROM daemons WHERE name = ?;

-- name: daemons
SELECT name, version, began_at, beat_at, files FROM daemons ORDER BY name;

-- Care ---------------------------------------------------------------------------------------------
