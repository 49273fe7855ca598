CREATE TABLE devices (
	da_id TEXT PRIMARY KEY NOT NULL,
	rev TEXT NOT NULL,
	name TEXT NOT NULL,
	accept_protos TEXT NOT NULL,
	idf_list TEXT,
	odf_list TEXT,
	profile TEXT NOT NULL,
	register_time REAL NOT NULL
) STRICT;
CREATE TABLE functions (
	digest TEXT PRIMARY KEY NOT NULL,
	code TEXT NOT NULL,
	listed INTEGER NOT NULL,
	used_at INTEGER NOT NULL
) STRICT;
CREATE TABLE graphs (
	client TEXT NOT NULL,
	graph TEXT NOT NULL,
	join_func TEXT,
	join_depends TEXT NOT NULL,
	PRIMARY KEY (client, graph)
) STRICT;
CREATE TABLE topics (
	da_id TEXT NOT NULL,
	mode TEXT NOT NULL,
	feature TEXT NOT NULL,
	topic TEXT NOT NULL UNIQUE,
	PRIMARY KEY (da_id, mode, feature)
) STRICT;
CREATE TABLE links (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	client TEXT NOT NULL,
	graph TEXT NOT NULL,
	da_id TEXT NOT NULL,
	mode TEXT NOT NULL,
	feature TEXT NOT NULL,
	func TEXT,
	depends TEXT NOT NULL,
	input_type TEXT,
	param_no INTEGER,
	tag_param_no INTEGER NOT NULL,
	UNIQUE (client, graph, da_id, mode, feature),
	FOREIGN KEY (client, graph) REFERENCES graphs (client, graph) ON DELETE CASCADE,
	FOREIGN KEY (da_id, mode, feature) REFERENCES topics (da_id, mode, feature)
) STRICT;
CREATE INDEX links_by_key ON links (da_id, mode, feature);
