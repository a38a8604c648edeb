-- Keeps honest programs from changing the log. Somebody who can write the file can drop the triggers: the chain of
-- hashes and its seals are for them.
CREATE TRIGGER IF NOT EXISTS tenon_audit_no_update BEFORE UPDATE ON tenon_audit
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER IF NOT EXISTS tenon_audit_no_delete BEFORE DELETE ON tenon_audit
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
