-- The statements of the store that only SQLite understands, beside ../sql/queries.sql.

-- name: empty
-- A file that nobody has written a table into.
SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema);

-- name: next_due
-- One look into ready_by_channel for each lane that is free; materialized, not to look twice.
WITH free AS MATERIALIZED (
    SELECT ready_at, (
        SELECT min(ready) FROM deliveries
        WHERE deliveries.channel = lanes.channel AND state = 'planned'
    ) AS ready
    FROM lanes
    WHERE NOT EXISTS (
        SELECT 1 FROM deliveries
        WHERE deliveries.channel = lanes.channel AND state IN ('claimed', 'sending')
    ) AND NOT EXISTS (
        SELECT 1 FROM pauses WHERE scope IN (
            '', lanes.channel, substr(lanes.channel, 1, instr(lanes.channel, '/') - 1)
        )
    )
)
SELECT min(max(ready_at, ready)) FROM free WHERE ready IS NOT NULL;

-- name: due_channels
WITH free AS MATERIALIZED (
    SELECT channel, (
        SELECT min(ready) FROM deliveries
        WHERE deliveries.channel = lanes.channel AND state = 'planned'
    ) AS ready
    FROM lanes
    WHERE ready_at <= :at AND NOT EXISTS (
        SELECT 1 FROM deliveries
        WHERE deliveries.channel = lanes.channel AND state IN ('claimed', 'sending')
    ) AND NOT EXISTS (
        SELECT 1 FROM pauses WHERE scope IN (
            '', lanes.channel, substr(lanes.channel, 1, instr(lanes.channel, '/') - 1)
        )
    )
)
SELECT channel FROM free WHERE ready <= :at ORDER BY ready, channel;

-- name: claim
UPDATE deliveries SET
    state = 'claimed', fence = fence + 1, owner = given.owner, lease_until = {clock} + given.lease
FROM {given: channel TEXT, client TEXT, at BIGINT, one BIGINT, owner TEXT, lease BIGINT}
WHERE deliveries.number = (
    SELECT number FROM deliveries AS next
    WHERE next.channel = given.channel AND next.state = 'planned' AND next.ready <= given.at
    AND given.one IN (0, next.number)
    ORDER BY next.ready, next.number LIMIT 1
) AND NOT EXISTS (
    SELECT 1 FROM deliveries AS other
    WHERE other.channel = given.channel AND other.state IN ('claimed', 'sending')
) AND NOT EXISTS (
    SELECT 1 FROM pauses WHERE scope IN ('', given.client, given.channel)
) AND NOT EXISTS (
    SELECT 1 FROM lanes WHERE lanes.channel = given.channel AND ready_at > given.at
) RETURNING {delivery};

-- name: set_place
-- A file is told by its machine's memory alone.
SELECT 1;

-- name: wake
-- There is nobody to wake: a daemon on one machine looks every second.
SELECT 1;

-- name: let_sends_end
-- Nobody else writes while this transaction does: every intent is committed, or sees the pause.
SELECT 1;

-- name: raw_listing
-- Conditions and order follow, as above. A blob is handed over as it is, a text is decoded.
SELECT
    CAST(number AS BLOB), due, CAST(channel AS BLOB), CAST(post AS BLOB), CAST(state AS BLOB),
    CAST(hold_reason AS BLOB), CAST(excerpt AS BLOB)
FROM deliveries

-- name: around
-- One statement, so that a delivery on its way from one part to the next is in one of them, and one
-- row of JSON: each statement and each row that Python fetches hands over its interpreter lock, and
-- fifty lanes at once spend more time on that than on reading. The + has the few that are on their
-- way found by their state, not among all of the channel.
WITH edge AS MATERIALIZED (
    SELECT max(at) AS at FROM (
        SELECT * FROM (
            SELECT at FROM statuses
            WHERE channel = :channel AND gone_at IS NULL AND at BETWEEN :since AND :until
            ORDER BY at DESC LIMIT :bounded OFFSET :latest
        )
        UNION ALL
        SELECT * FROM (
            SELECT published_at FROM deliveries
            WHERE channel = :channel AND published_at BETWEEN :since AND :until
            ORDER BY published_at DESC LIMIT :bounded OFFSET :latest
        )
    )
), start AS MATERIALIZED (SELECT coalesce(at, :since) AS at FROM edge)
SELECT (SELECT at FROM edge), (
    SELECT json_group_array(json_array(source, ref, at, text, url, post, pictures, sketch)) FROM (
        SELECT
            'queue' AS source, number AS ref, due AS at, follower_text AS text, url, post, pictures,
            '' AS sketch
        FROM deliveries
        WHERE channel = :channel AND due BETWEEN (SELECT at FROM start) AND :until
        AND state IN ('planned', 'held', 'claimed') AND reply_to = ''
        UNION ALL
        SELECT 'history', number, sent_at, follower_text, url, post, pictures, ''
        FROM deliveries WHERE state IN ('sending', 'uncertain') AND +channel = :channel
        AND sent_at BETWEEN (SELECT at FROM start) AND :until AND reply_to = ''
        UNION ALL
        SELECT
            'history', number, published_at, follower_text, url, post, pictures, coalesce((
                SELECT sketch FROM texts WHERE texts.channel = deliveries.channel
                AND source = 'history' AND ref = CAST(number AS TEXT)
            ), '')
        FROM deliveries
        WHERE channel = :channel AND published_at BETWEEN (SELECT at FROM start) AND :until
        AND deleted_at IS NULL AND reply_to = ''
    )
), (
    SELECT json_group_array(
        json_array('timeline', remote_id, at, text, url, '', pictures, (
            SELECT sketch FROM texts WHERE texts.channel = statuses.channel
            AND source = 'timeline' AND ref = remote_id
        ), author, reply_to)
    ) FROM statuses
    WHERE channel = :channel AND gone_at IS NULL
    AND at BETWEEN (SELECT at FROM start) AND :until
), (
    SELECT json_group_array(
        json_array(at, channel, number, source, ref, keep, reason, same, score, ours, theirs)
    ) FROM (
        SELECT * FROM rulings
        WHERE ours_wording = :wording OR theirs_wording = :wording
        ORDER BY id
    )
);

-- name: disagreements
-- A delivery whose state is not where its last event left it.
SELECT number, state FROM deliveries WHERE state IS NOT (
    SELECT after FROM events WHERE events.number = deliveries.number ORDER BY id DESC LIMIT 1
);
