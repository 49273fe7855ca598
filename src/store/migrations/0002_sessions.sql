CREATE TABLE mqtt_sessions (
	client TEXT PRIMARY KEY NOT NULL,
	login TEXT NOT NULL,
	used INTEGER NOT NULL,
	filters TEXT NOT NULL,
	received TEXT NOT NULL
) STRICT;
CREATE TABLE mqtt_messages (
	id INTEGER PRIMARY KEY NOT NULL,
	client TEXT NOT NULL,
	topic TEXT,
	payload BLOB,
	qos INTEGER NOT NULL,
	retain INTEGER NOT NULL,
	packet_id INTEGER
) STRICT;
