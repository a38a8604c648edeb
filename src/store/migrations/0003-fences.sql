-- Who may write for something that several processes take turns at, such as the operator of one cluster. Taking a fence
-- raises its epoch; a write that names an older one is refused, so that a process that slept through its turn changes
-- nothing.
CREATE TABLE IF NOT EXISTS tenon_fences (
  name TEXT PRIMARY KEY,
  epoch BIGINT NOT NULL,
  holder TEXT NOT NULL,
  taken_at TEXT NOT NULL
);
