CREATE TABLE ccm_audit (
	seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	at TEXT NOT NULL,
	u_id INTEGER NOT NULL,
	u_name TEXT NOT NULL,
	door TEXT NOT NULL,
	operation TEXT NOT NULL,
	p_id INTEGER,
	details TEXT NOT NULL
) STRICT;
CREATE INDEX ccm_audit_by_project ON ccm_audit (p_id, seq);
CREATE INDEX ccm_audit_by_name ON ccm_audit (u_name, seq);
