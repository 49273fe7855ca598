// Each is a transaction of its own. All times are the database's: clocks of nodes may differ by hours.
import { PROJECTS } from "./partition-of.ts";

/** What is told when partitions may be free. */
export const CHANNEL = "iotctl_partitions";

const LEASE = "$3::float8 * interval '1 second'";
/** Only the run that has the name. */
const IS_ME = "EXISTS (SELECT FROM cluster_nodes WHERE name = $1 AND run = $2)";
/** Every node has a share of these. */
const IS_SHARED = `id <> ${PROJECTS}`;
/**
 * A partition whose owner did not renew it in time, and is silent itself: a row that changes without a break is locked in
 * each round of its owner, which is alive nevertheless. One that could not run the project manager has it no longer.
 */
export const IS_EXPIRED = `(owner IS NOT NULL AND part.until < now() AND NOT EXISTS (
	SELECT FROM cluster_nodes AS holder
	WHERE holder.name = owner AND holder.until > now() AND (${IS_SHARED} OR holder.projects)))`;
/** What a node could work for. */
const IS_FIT = `(${IS_SHARED} OR $11::boolean)`;

/** $1 name of the cluster, $2 partitions. */
export const CLAIM = `WITH made AS (
	INSERT INTO cluster (name, partitions) VALUES ($1, $2::bigint) ON CONFLICT DO NOTHING RETURNING partitions
)
INSERT INTO cluster_partitions (id) SELECT generate_series(-1, partitions - 1) FROM made`;

/** $1 a secret for the nodes, where they have none yet. */
export const MAKE_SECRET = "UPDATE cluster SET secret = $1 WHERE secret IS NULL";

/** $1 name, $2 place, $3 URL. A former run of the same place, under another name, is over. */
export const URL_TAKEN = `SELECT name, extract(epoch FROM seen)::float8 FROM cluster_nodes
WHERE url = $3 AND name <> $1 AND place <> $2 AND until > now() ORDER BY name LIMIT 1`;

export const ADD_PROJECTS = `INSERT INTO cluster_partitions (id) VALUES (${PROJECTS}) ON CONFLICT DO NOTHING`;

/**
 * $1 name, $2 run, $3 place, $4 process, $5 version, $6 lease in seconds, $7 whether the broker is reached, $8
 * whether it is the first time, $9 its URL, $10 its figures as JSON, $11 whether it could run the project manager, whose row
 * is none of those that are shared out.
 * The first time a former run of the same place has ended, but later another of that place is a copy of this one on another machine. A lock on a row of ours is one of our own changes (see `fence`) or of another node that takes
 * it: not waited for, what is not renewed now is renewed in the next round. What is selected is as before the statement.
 */
export const RENEW = `WITH me AS (
	INSERT INTO cluster_nodes AS node (name, run, place, process, version, url, figures, seen, until, broker_since, projects)
	VALUES ($1, $2, $3, $4, $5, $9, $10::text::jsonb, now(), now() + $6::float8 * interval '1 second',
		CASE WHEN $7::boolean THEN now() END, $11::boolean)
	ON CONFLICT (name) DO UPDATE SET
		run = excluded.run, place = excluded.place, process = excluded.process, version = excluded.version, url = excluded.url,
		figures = excluded.figures, seen = excluded.seen, until = excluded.until, projects = excluded.projects,
		broker_since = CASE WHEN $7::boolean THEN
			coalesce(CASE WHEN node.run = excluded.run THEN node.broker_since END, now()) END,
		draining = node.draining AND node.run = excluded.run
	WHERE node.run = excluded.run OR ($8::boolean AND node.place = excluded.place) OR node.until < now()
	RETURNING draining
), renewed AS (
	UPDATE cluster_partitions SET until = now() + $6::float8 * interval '1 second'
	WHERE EXISTS (SELECT FROM me) AND id = ANY(ARRAY(
		SELECT id FROM cluster_partitions WHERE owner = $1 AND ${IS_FIT} FOR NO KEY UPDATE SKIP LOCKED))
	RETURNING id
), other AS (
	SELECT node.name, (SELECT count(*) FROM cluster_partitions WHERE owner = node.name AND ${IS_SHARED}) AS held, projects,
		broker_since IS NOT NULL AND NOT draining AS ready,
		CASE WHEN broker_since IS NULL OR draining THEN 0 ELSE 1000 * extract(epoch FROM now() - broker_since) END::float8 AS broker_ms
	FROM cluster_nodes AS node WHERE node.name <> $1 AND node.until > now()
)
SELECT EXISTS (SELECT FROM me), (SELECT draining FROM me), extract(epoch FROM now())::float8,
	(SELECT coalesce(json_agg(json_build_array(id, token)), '[]')::text FROM cluster_partitions WHERE owner = $1 AND ${IS_FIT}),
	(SELECT count(*) FROM cluster_partitions WHERE ${IS_SHARED}),
	(SELECT count(*) FROM cluster_partitions WHERE owner IS NULL AND ${IS_SHARED}),
	(SELECT count(*) FROM cluster_partitions AS part WHERE owner <> $1 AND ${IS_EXPIRED} AND ${IS_SHARED}),
	(SELECT coalesce(json_agg(json_build_object('name', name, 'held', held, 'isReady', ready,
		'brokerMs', broker_ms, 'hasProjects', projects)), '[]')::text FROM other),
	(SELECT process FROM cluster_nodes WHERE name = $1),
	(SELECT extract(epoch FROM seen)::float8 FROM cluster_nodes WHERE name = $1),
	(SELECT CASE WHEN owner IS NULL THEN 'free' WHEN owner <> $1 AND ${IS_EXPIRED} THEN 'expired' ELSE 'taken' END
		FROM cluster_partitions AS part WHERE id = ${PROJECTS})`;

const takeOf = (which: string) => `UPDATE cluster_partitions
SET owner = $1, token = token + 1, until = now() + ${LEASE}, since = now()
WHERE id = ANY(ARRAY(
		SELECT id FROM cluster_partitions AS part
		WHERE ${which} AND (owner IS NULL OR ($6::boolean AND owner <> $1 AND ${IS_EXPIRED}))
		ORDER BY random() LIMIT $4::int FOR NO KEY UPDATE SKIP LOCKED))
	AND now() < to_timestamp($5::float8) + ${LEASE} / 2
	AND ${IS_ME}
RETURNING id, token`;

/** $1 name, $2 run, $3 lease in seconds, $4 how many, $5 when it was decided, $6 whether those that have expired. */
export const TAKE_FREE = takeOf(IS_SHARED);
/** The same for the project manager's. */
export const TAKE_PROJECTS = takeOf(`id = ${PROJECTS}`);

/** $1 name, $2 run, $3 lease in seconds, $4 numbers with commas between. */
export const TAKE_OWN = `UPDATE cluster_partitions
SET token = token + 1, until = now() + ${LEASE}, since = now()
WHERE owner = $1 AND id = ANY(string_to_array($4, ',')::bigint[]) AND ${IS_ME}
RETURNING id, token`;

/** $1 partition, $2 name, $3 token. */
export const GIVE = `WITH given AS (
	UPDATE cluster_partitions SET owner = NULL, until = '-infinity', since = now()
	WHERE id = $1::bigint AND owner = $2 AND token = $3::bigint RETURNING 1
)
SELECT pg_notify('${CHANNEL}', '') FROM given`;

/** $1 partition, $2 name, $3 token. */
export const OWNS =
	"SELECT 1 FROM cluster_partitions WHERE id = $1::bigint AND owner = $2 AND token = $3::bigint";

/** $1 name, $2 run. */
export const LEAVE = `WITH gone AS (DELETE FROM cluster_nodes WHERE name = $1 AND run = $2 RETURNING 1)
SELECT pg_notify('${CHANNEL}', '') FROM gone`;

/** What nodes have in common; null: none has joined since there are secrets. */
export const SECRET = "SELECT secret FROM cluster";

/** $1 partition. Who is alive and has it. */
export const OWNER = `SELECT node.name, node.url FROM cluster_partitions AS part
JOIN cluster_nodes AS node ON node.name = part.owner WHERE part.id = $1::bigint AND node.until > now()`;

/** A number greater than those before, on any node. */
export const LINK_ID = "SELECT nextval('cluster_link_ids')";

/** $1: the numbers to come are greater. The lock is for nodes that start at the same time; it is there before anything is read. */
export const RAISE_LINK_IDS = `WITH alone AS MATERIALIZED (
	SELECT pg_advisory_xact_lock(hashtext('cluster_link_ids'))::text AS held
)
SELECT setval('cluster_link_ids', $1::bigint + 1)
FROM alone CROSS JOIN LATERAL (SELECT last_value FROM cluster_link_ids WHERE alone.held IS NOT NULL) AS ids
WHERE last_value <= $1::bigint`;

/** $1 partitions with commas between. How their last requests were answered, in order. */
export const ANSWERS = `SELECT part, number, mark, packet_id, digest, reply FROM cluster_requests
WHERE part = ANY(string_to_array($1, ',')::bigint[]) ORDER BY part, number`;
