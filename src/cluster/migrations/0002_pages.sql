CREATE TABLE cluster_pages (
	id TEXT COLLATE "C" PRIMARY KEY,
	hash TEXT COLLATE "C" NOT NULL,
	session TEXT COLLATE "C" NOT NULL,
	made TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX cluster_pages_session ON cluster_pages (session);
