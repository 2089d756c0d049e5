-- Public keys under which a tenant's checkpoints were signed, so that an exporter can name them without holding the private one.
-- A convenience, not a root of trust: whoever verifies takes the key from elsewhere.
CREATE TABLE audit.verifier_keys (
    organization_id uuid NOT NULL,
    vkey            text NOT NULL CHECK (octet_length(vkey) <= 512),
    first_size      bigint NOT NULL,
    PRIMARY KEY (organization_id, vkey)
);
SELECT tenancy.protect('audit.verifier_keys'::regclass);
GRANT SELECT, INSERT ON audit.verifier_keys TO errata_sequencer;
GRANT SELECT ON audit.verifier_keys TO errata_api, errata_jobs;

-- Writers choose neither the transaction nor the time of a record: a record made for a later transaction would open that one's fence.
REVOKE INSERT ON audit.pending FROM errata_api, errata_worker, errata_jobs;
GRANT INSERT (organization_id, record_id, action_number, entry) ON audit.pending TO errata_api, errata_worker, errata_jobs;

CREATE TRIGGER nodes_are_not_truncated BEFORE TRUNCATE ON audit.nodes FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER checkpoints_are_not_truncated BEFORE TRUNCATE ON audit.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER verifier_keys_are_append_only BEFORE UPDATE OR DELETE ON audit.verifier_keys
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER verifier_keys_are_not_truncated BEFORE TRUNCATE ON audit.verifier_keys
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER pending_is_append_only BEFORE UPDATE ON audit.pending FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER disclosures_are_not_changed BEFORE UPDATE ON audit.disclosures
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER trees_only_grow BEFORE UPDATE ON audit.trees
    FOR EACH ROW WHEN (NEW.size <= OLD.size OR NEW.organization_id <> OLD.organization_id)
    EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER trees_are_not_deleted BEFORE DELETE ON audit.trees FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER trees_are_not_truncated BEFORE TRUNCATE ON audit.trees FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
