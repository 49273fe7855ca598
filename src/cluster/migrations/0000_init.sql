CREATE TABLE cluster (
	only_one BOOLEAN PRIMARY KEY DEFAULT true CHECK (only_one),
	name TEXT COLLATE "C" NOT NULL,
	partitions BIGINT NOT NULL
);
CREATE TABLE cluster_nodes (
	name TEXT COLLATE "C" PRIMARY KEY,
	run TEXT COLLATE "C" NOT NULL,
	place TEXT COLLATE "C" NOT NULL,
	process TEXT COLLATE "C" NOT NULL,
	version TEXT COLLATE "C" NOT NULL,
	url TEXT COLLATE "C" NOT NULL,
	seen TIMESTAMPTZ NOT NULL,
	until TIMESTAMPTZ NOT NULL,
	broker_since TIMESTAMPTZ,
	draining BOOLEAN NOT NULL DEFAULT false,
	figures JSONB
);
CREATE TABLE cluster_partitions (
	id BIGINT PRIMARY KEY,
	owner TEXT COLLATE "C",
	token BIGINT NOT NULL DEFAULT 0,
	until TIMESTAMPTZ NOT NULL DEFAULT '-infinity',
	since TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE SEQUENCE cluster_link_ids;
CREATE TABLE cluster_names (
	model TEXT COLLATE "C" PRIMARY KEY,
	next BIGINT NOT NULL DEFAULT 0,
	given TIMESTAMPTZ NOT NULL DEFAULT '-infinity'
);
-- Each statement sees what was committed while the one before it waited, which one statement alone would not.
CREATE FUNCTION cluster_next_number(wanted TEXT, digest TEXT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
	number BIGINT;
BEGIN
	INSERT INTO cluster_names (model) VALUES (digest) ON CONFLICT DO NOTHING;
	-- What was given a minute ago is stored by now, or never will be.
	SELECT CASE WHEN given < now() - interval '1 minute' THEN 0 ELSE next END INTO number
		FROM cluster_names WHERE model = digest FOR UPDATE;
	WHILE EXISTS (SELECT FROM devices WHERE name = lpad(number::text, greatest(2, length(number::text)), '0') || '.' || wanted)
	LOOP
		number := number + 1;
	END LOOP;
	UPDATE cluster_names SET next = number + 1, given = now() WHERE model = digest;
	RETURN number;
END $$;
DO $$ BEGIN
	IF to_regclass('devices') IS NOT NULL THEN
		CREATE INDEX devices_by_name ON devices USING hash (name);
	END IF;
END $$;
CREATE TABLE cluster_requests (
	part BIGINT NOT NULL,
	slot BIGINT NOT NULL,
	number BIGINT NOT NULL,
	mark TEXT COLLATE "C" NOT NULL,
	packet_id BIGINT NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	reply TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (part, slot)
);
