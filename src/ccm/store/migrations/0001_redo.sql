-- Steps from before cannot tell whether something was changed after them.
DELETE FROM ccm_change;
ALTER TABLE ccm_change ADD COLUMN redo TEXT NOT NULL DEFAULT '[]';
ALTER TABLE ccm_change ADD COLUMN is_undone INTEGER NOT NULL DEFAULT 0;
