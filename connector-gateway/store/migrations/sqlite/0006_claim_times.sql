-- When the first call with the key was received, so that a write whose process died can be looked for,
-- and until when its process may send it. Claims that were taken before have neither.
ALTER TABLE claims ADD COLUMN started_at INTEGER;
ALTER TABLE claims ADD COLUMN ends_by INTEGER;
