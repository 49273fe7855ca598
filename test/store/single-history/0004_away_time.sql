ALTER TABLE devices ADD COLUMN away_seconds REAL NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN online INTEGER NOT NULL DEFAULT 0;
UPDATE devices SET online = 1 WHERE offline_since IS NULL;
ALTER TABLE devices DROP COLUMN offline_since;
