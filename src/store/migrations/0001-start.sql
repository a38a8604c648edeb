-- Portable between SQLite, PostgreSQL and engines that speak its language: no sequences, no engine's own types.
-- Every statement may run twice, for engines whose table definitions are not part of a transaction.

-- The one row that says which store this is and how far it has come. store_key is sealed.
CREATE TABLE IF NOT EXISTS tenon_store (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  installation TEXT NOT NULL,
  store_key TEXT NOT NULL,
  revision BIGINT NOT NULL,
  audit_sequence BIGINT NOT NULL,
  audit_head TEXT NOT NULL,
  audit_seal TEXT NOT NULL
);

-- The key-encryption keys in use, each with something sealed by it, so that a wrong key is noticed at once.
CREATE TABLE IF NOT EXISTS tenon_keys (
  id TEXT PRIMARY KEY,
  canary TEXT NOT NULL
);

-- What each owner last wrote, and the limits (JSON) that its last apply recorded.
CREATE TABLE IF NOT EXISTS tenon_owners (
  owner TEXT PRIMARY KEY,
  revision BIGINT NOT NULL,
  limits TEXT
);

-- Operations of services (JSON), by digest. Rows that no resource names are removed with the write that forgets them.
CREATE TABLE IF NOT EXISTS tenon_operations (
  digest TEXT PRIMARY KEY,
  operations TEXT NOT NULL
);

-- body: labels, annotations, spec and origin (JSON). secret: what is known of a credential's values (JSON).
-- No owner: the row was orphaned. The body comes last, so that reading heads does not touch it.
CREATE TABLE IF NOT EXISTS tenon_resources (
  address TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  namespace TEXT,
  name TEXT NOT NULL,
  owner TEXT,
  digest TEXT NOT NULL,
  operations TEXT,
  revision BIGINT NOT NULL,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  commit_id TEXT,
  secret TEXT,
  body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS tenon_resources_owner ON tenon_resources (owner);
CREATE INDEX IF NOT EXISTS tenon_resources_namespace ON tenon_resources (namespace, kind);
CREATE INDEX IF NOT EXISTS tenon_resources_operations ON tenon_resources (operations);

-- Which resource refers to which address. The other end need not be in the store: shipped services are not.
CREATE TABLE IF NOT EXISTS tenon_references (
  referrer TEXT NOT NULL REFERENCES tenon_resources (address) ON DELETE CASCADE,
  referred TEXT NOT NULL,
  PRIMARY KEY (referrer, referred)
);
CREATE INDEX IF NOT EXISTS tenon_references_referred ON tenon_references (referred);

-- The sealed values of credentials. version: the store revision that sealed them; together with the address it names
-- one record for ever.
CREATE TABLE IF NOT EXISTS tenon_secrets (
  address TEXT PRIMARY KEY REFERENCES tenon_resources (address) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  key_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS tenon_secrets_key ON tenon_secrets (key_id);

-- The append-only log. before and after: digests. seal: on the record that closes a revision.
CREATE TABLE IF NOT EXISTS tenon_audit (
  sequence BIGINT PRIMARY KEY,
  revision BIGINT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  owner TEXT NOT NULL,
  commit_id TEXT,
  action TEXT NOT NULL,
  address TEXT,
  fields TEXT NOT NULL,
  before_digest TEXT,
  after_digest TEXT,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  seal TEXT
);
CREATE INDEX IF NOT EXISTS tenon_audit_address ON tenon_audit (address);
