-- The statements of the store that only PostgreSQL understands, beside ../sql/queries.sql.

-- name: next_due
-- In order of time up to the first that its lane lets through: no later one can be earlier.
WITH free AS (
    SELECT deliveries.ready, lanes.ready_at FROM deliveries JOIN lanes USING (channel)
    WHERE state = 'planned' AND NOT EXISTS (
        SELECT 1 FROM deliveries AS other
        WHERE other.channel = lanes.channel AND other.state IN ('claimed', 'sending')
    ) AND NOT EXISTS (
        SELECT 1 FROM pauses WHERE scope IN ('', lanes.channel, deliveries.client)
    )
)
SELECT min(greatest(ready, ready_at)) FROM free WHERE ready <= coalesce(
    (SELECT ready FROM free WHERE ready_at <= ready ORDER BY ready LIMIT 1), 9223372036854775807
) AND NOT EXISTS (SELECT 1 FROM pauses WHERE scope = '');

-- name: due_channels
SELECT channel FROM deliveries JOIN lanes USING (channel)
WHERE state = 'planned' AND ready <= :at AND ready_at <= :at
AND EXISTS (SELECT 1 FROM meta WHERE key = 'place' AND value = place()) AND NOT EXISTS (
    SELECT 1 FROM deliveries AS other
    WHERE other.channel = lanes.channel AND other.state IN ('claimed', 'sending')
) AND NOT EXISTS (
    SELECT 1 FROM pauses WHERE scope IN ('', lanes.channel, deliveries.client)
) GROUP BY channel ORDER BY min(ready), channel;

-- name: claim
-- Who claims on a channel has its lane; another one who wants it passes by, and waits for nobody.
-- From a database that was put back nothing is claimed until somebody has dealt with that.
-- `one_in_flight` catches who looked before the other's commit and came after it.
WITH lane AS MATERIALIZED (
    SELECT given.* FROM {given: channel TEXT, client TEXT, at BIGINT, one BIGINT,
        owner TEXT, lease BIGINT}
    JOIN lanes USING (channel) WHERE ready_at <= given.at
    AND EXISTS (SELECT 1 FROM meta WHERE key = 'place' AND value = place())
    FOR UPDATE OF lanes SKIP LOCKED
), earliest AS MATERIALIZED (
    SELECT ready.number, lane.owner, lane.lease FROM lane CROSS JOIN LATERAL (
        SELECT number FROM deliveries
        WHERE deliveries.channel = lane.channel AND state = 'planned' AND ready <= lane.at
        AND lane.one IN (0, number)
        AND NOT EXISTS (
            SELECT 1 FROM deliveries AS other
            WHERE other.channel = lane.channel AND other.state IN ('claimed', 'sending')
        ) AND NOT EXISTS (
            SELECT 1 FROM pauses WHERE scope IN ('', lane.client, lane.channel)
        ) ORDER BY ready, number LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AS ready
)
UPDATE deliveries SET
    state = 'claimed', fence = fence + 1, owner = earliest.owner,
    lease_until = {clock} + earliest.lease
FROM earliest WHERE deliveries.number = earliest.number RETURNING {delivery};

-- name: let_sends_end
-- After it, every intent that did not see the pause is committed, and each one to come sees it.
LOCK TABLE deliveries IN SHARE MODE;

-- name: raw_listing
-- Conditions and order follow, as above.
SELECT
    convert_to(CAST(number AS TEXT), 'UTF8'), due, convert_to(channel, 'UTF8'),
    convert_to(post, 'UTF8'), convert_to(state, 'UTF8'), convert_to(hold_reason, 'UTF8'),
    convert_to(excerpt, 'UTF8')
FROM deliveries

-- name: around
-- One statement, so that a delivery on its way from one part to the next is in one of them.
WITH edge AS MATERIALIZED (
    SELECT max(at) AS at FROM (
        SELECT * FROM (
            SELECT at FROM statuses
            WHERE channel = :channel AND gone_at IS NULL AND at BETWEEN :since AND :until
            ORDER BY at DESC LIMIT :bounded OFFSET :latest
        ) AS theirs
        UNION ALL
        SELECT * FROM (
            SELECT published_at FROM deliveries
            WHERE channel = :channel AND published_at BETWEEN :since AND :until
            ORDER BY published_at DESC LIMIT :bounded OFFSET :latest
        ) AS ours
    ) AS edges
), start AS MATERIALIZED (SELECT coalesce(at, :since) AS at FROM edge)
SELECT (SELECT at FROM edge), (
    SELECT coalesce(
        json_agg(json_build_array(source, ref, at, text, url, post, pictures, sketch)), '[]'
    )::TEXT FROM (
        SELECT
            'queue' AS source, number AS ref, due AS at, follower_text AS text, url, post, pictures,
            '' AS sketch
        FROM deliveries
        WHERE channel = :channel AND due BETWEEN (SELECT at FROM start) AND :until
        AND state IN ('planned', 'held', 'claimed') AND reply_to = ''
        UNION ALL
        SELECT 'history', number, sent_at, follower_text, url, post, pictures, ''
        FROM deliveries WHERE channel = :channel AND state IN ('sending', 'uncertain')
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
    ) AS ours
), (
    SELECT coalesce(json_agg(
        json_build_array('timeline', remote_id, at, text, url, '', pictures, (
            SELECT sketch FROM texts WHERE texts.channel = statuses.channel
            AND source = 'timeline' AND ref = remote_id
        ), author, reply_to)
    ), '[]')::TEXT FROM statuses
    WHERE channel = :channel AND gone_at IS NULL
    AND at BETWEEN (SELECT at FROM start) AND :until
), (
    SELECT coalesce(json_agg(
        json_build_array(at, channel, number, source, ref, keep, reason, same, score, ours, theirs)
        ORDER BY id
    ), '[]')::TEXT FROM rulings
    WHERE CAST(:wording AS BIGINT) IN (ours_wording, theirs_wording)
);

-- name: wake
-- Other daemons need not wait for their next look; at most one notification a transaction.
SELECT pg_notify('cmctl', '');

-- name: set_place
INSERT INTO meta (key, value) VALUES ('place', place())
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: moved
-- A standby has the place of its server.
SELECT CASE WHEN pg_is_in_recovery() THEN false ELSE value <> place() END
FROM meta WHERE key = 'place';

-- name: clock
SELECT {clock};

-- name: disagreements
-- A delivery whose state is not where its last event left it.
SELECT number, state FROM deliveries WHERE state IS DISTINCT FROM (
    SELECT after FROM events WHERE events.number = deliveries.number ORDER BY id DESC LIMIT 1
);

-- name: size
SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::BIGINT FROM pg_class
WHERE relnamespace = current_schema()::REGNAMESPACE AND relkind = 'r';

-- name: transaction
SELECT pg_current_xact_id_if_assigned()::TEXT;

-- name: outcome
-- Of a transaction whose answer was lost: `committed`, `aborted` or `in progress`.
SELECT pg_xact_status(CAST(:id AS XID8));

-- name: version
SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'version';

-- name: set_version
INSERT INTO meta (key, value) VALUES ('version', :version)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;
