CREATE TABLE people (
	id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	name TEXT NOT NULL UNIQUE,
	hash TEXT NOT NULL,
	role TEXT NOT NULL,
	email TEXT,
	sub TEXT UNIQUE,
	is_active INTEGER NOT NULL,
	created_at REAL NOT NULL
) STRICT;
INSERT INTO people (name, hash, role, is_active, created_at)
	SELECT name, hash, 'admin', 1, created_at FROM users ORDER BY created_at, name;
DROP TABLE users;
ALTER TABLE people RENAME TO users;
CREATE TABLE registration_codes (
	hash TEXT PRIMARY KEY NOT NULL,
	uses_left INTEGER NOT NULL,
	expires_at REAL NOT NULL,
	created_at REAL NOT NULL
) STRICT;
CREATE TABLE service_secrets (
	name TEXT PRIMARY KEY NOT NULL,
	hash TEXT NOT NULL,
	created_at REAL NOT NULL
) STRICT;
