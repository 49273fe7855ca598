-- Codes by which phones join, seats phones have, and for a while why one has none any more. Times are milliseconds of
-- running time. Nothing here goes with its project: the devices are to be deregistered first.
CREATE TABLE ccm_invitation (
	do_id INTEGER PRIMARY KEY NOT NULL,
	p_id INTEGER NOT NULL,
	code_hash TEXT NOT NULL,
	ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ccm_invitation_by_code ON ccm_invitation (code_hash);
CREATE TABLE ccm_seat (
	da_id TEXT PRIMARY KEY NOT NULL,
	p_id INTEGER NOT NULL,
	do_id INTEGER NOT NULL,
	seat INTEGER NOT NULL,
	nickname TEXT NOT NULL
) STRICT;
CREATE INDEX ccm_seat_by_project ON ccm_seat (p_id);
CREATE TABLE ccm_former_seat (
	da_id TEXT PRIMARY KEY NOT NULL,
	why TEXT NOT NULL CHECK (why IN ('ended', 'removed')),
	since INTEGER NOT NULL
) STRICT;
