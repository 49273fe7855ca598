ALTER TABLE devices ADD COLUMN presence_at REAL;
