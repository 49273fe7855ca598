CREATE TABLE page_sessions (
	hash TEXT PRIMARY KEY NOT NULL,
	user_id INTEGER NOT NULL,
	login TEXT NOT NULL,
	begun_seconds REAL NOT NULL,
	idle_seconds REAL NOT NULL
) STRICT;
