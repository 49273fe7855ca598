CREATE TABLE ccm_state (
	name TEXT PRIMARY KEY NOT NULL,
	value TEXT NOT NULL
) STRICT;
CREATE TABLE ccm_unit (
	unit_id INTEGER PRIMARY KEY NOT NULL,
	unit_name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE ccm_tag (
	tag_id INTEGER PRIMARY KEY NOT NULL,
	tag_name TEXT NOT NULL UNIQUE,
	param_no INTEGER NOT NULL
) STRICT;
CREATE TABLE ccm_feature (
	df_id INTEGER PRIMARY KEY NOT NULL,
	df_name TEXT NOT NULL UNIQUE,
	df_type TEXT NOT NULL CHECK (df_type IN ('input', 'output')),
	df_category TEXT NOT NULL,
	comment TEXT NOT NULL,
	u_id INTEGER,
	params TEXT NOT NULL
) STRICT;
CREATE TABLE ccm_model (
	dm_id INTEGER PRIMARY KEY NOT NULL,
	dm_name TEXT NOT NULL UNIQUE,
	plural INTEGER NOT NULL,
	device_only INTEGER NOT NULL,
	u_id INTEGER,
	members TEXT NOT NULL
) STRICT;
CREATE TABLE ccm_function (
	fn_id INTEGER PRIMARY KEY NOT NULL,
	fn_name TEXT NOT NULL,
	is_protect INTEGER NOT NULL,
	u_id INTEGER
) STRICT;
CREATE UNIQUE INDEX ccm_function_by_owner ON ccm_function (coalesce(u_id, 0), fn_name);
CREATE TABLE ccm_function_version (
	fnvt_idx INTEGER PRIMARY KEY NOT NULL,
	fn_id INTEGER NOT NULL REFERENCES ccm_function (fn_id) ON DELETE CASCADE,
	place INTEGER NOT NULL,
	u_id INTEGER,
	date TEXT NOT NULL,
	code TEXT NOT NULL
) STRICT;
CREATE INDEX ccm_function_version_by_function ON ccm_function_version (fn_id);
CREATE TABLE ccm_favourite (
	seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	fn_id INTEGER NOT NULL REFERENCES ccm_function (fn_id) ON DELETE CASCADE,
	df_id INTEGER REFERENCES ccm_feature (df_id) ON DELETE CASCADE,
	u_id INTEGER
) STRICT;
CREATE INDEX ccm_favourite_by_function ON ccm_favourite (fn_id);
CREATE INDEX ccm_favourite_by_feature ON ccm_favourite (df_id);
CREATE TABLE ccm_device (
	d_id INTEGER PRIMARY KEY NOT NULL,
	mac_addr TEXT NOT NULL UNIQUE,
	d_name TEXT NOT NULL,
	status TEXT NOT NULL CHECK (status IN ('online', 'offline')),
	u_id INTEGER,
	dm_name TEXT NOT NULL,
	is_sim INTEGER NOT NULL,
	register_time REAL NOT NULL,
	extra_setup_webpage TEXT NOT NULL,
	device_webpage TEXT NOT NULL
) STRICT;
CREATE INDEX ccm_device_by_model ON ccm_device (dm_name);
CREATE TABLE ccm_project (
	p_id INTEGER PRIMARY KEY NOT NULL,
	p_name TEXT NOT NULL,
	u_id INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	status TEXT NOT NULL CHECK (status IN ('on', 'off')),
	sim TEXT NOT NULL CHECK (sim IN ('on', 'off')),
	blocks TEXT NOT NULL,
	joins TEXT NOT NULL,
	UNIQUE (u_id, p_name)
) STRICT;
CREATE TABLE ccm_mention (
	p_id INTEGER NOT NULL REFERENCES ccm_project (p_id) ON DELETE CASCADE,
	kind TEXT NOT NULL,
	ref TEXT NOT NULL,
	PRIMARY KEY (kind, ref, p_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ccm_mention_by_project ON ccm_mention (p_id);
CREATE TABLE ccm_project_member (
	p_id INTEGER NOT NULL REFERENCES ccm_project (p_id) ON DELETE CASCADE,
	u_id INTEGER NOT NULL,
	may TEXT NOT NULL CHECK (may IN ('look', 'edit')),
	PRIMARY KEY (p_id, u_id)
) STRICT;
CREATE INDEX ccm_project_member_by_person ON ccm_project_member (u_id);
CREATE TABLE ccm_change (
	seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	p_id INTEGER NOT NULL REFERENCES ccm_project (p_id) ON DELETE CASCADE,
	u_id INTEGER NOT NULL,
	rev INTEGER NOT NULL,
	inverse TEXT NOT NULL
) STRICT;
CREATE INDEX ccm_change_by_project ON ccm_change (p_id, seq);
CREATE TABLE ccm_graph (
	graph TEXT PRIMARY KEY NOT NULL
) STRICT;
