ALTER TABLE devices ADD COLUMN origin TEXT;
ALTER TABLE devices ADD COLUMN token_hash TEXT;
-- A token that is gone owns nothing any more, but its devices are not free either.
UPDATE devices
SET token_hash = coalesce((SELECT tokens.hash FROM tokens WHERE tokens.name = devices.token), 'revoked')
WHERE token IS NOT NULL;
ALTER TABLE devices DROP COLUMN token;
