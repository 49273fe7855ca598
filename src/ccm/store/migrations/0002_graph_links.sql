-- Names of links a graph may have at a CSM that cannot tell, and a digest of what it was when all was done.
ALTER TABLE ccm_graph ADD COLUMN links TEXT NOT NULL DEFAULT '[]';
ALTER TABLE ccm_graph ADD COLUMN settled TEXT NOT NULL DEFAULT '';
