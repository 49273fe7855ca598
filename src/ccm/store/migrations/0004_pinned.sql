-- Samples of a function with what it is to make of them.
ALTER TABLE ccm_function ADD COLUMN pinned TEXT NOT NULL DEFAULT '[]';
