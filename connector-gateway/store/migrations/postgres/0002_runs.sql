-- What the run log is searched by has columns; the rest is one JSON text. The id comes first in
-- time's order, so it serves newest-first lists, periods and retention.

CREATE TABLE runs (
  id UUID NOT NULL PRIMARY KEY,
  started_at BIGINT NOT NULL,
  principal TEXT NOT NULL,
  connector TEXT,
  action TEXT,
  connection UUID,
  code TEXT,
  details TEXT NOT NULL,
  payload TEXT
);

CREATE INDEX runs_by_action ON runs (action, id);
CREATE INDEX runs_by_code ON runs (code, id) WHERE code IS NOT NULL;
