CREATE TABLE server (id TEXT NOT NULL);
INSERT INTO server (id) VALUES (lower(hex(randomblob(8))));
