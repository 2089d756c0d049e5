-- What may not change without an audit record; exports of the log; credentials which end with their person or organization.

-- Deferred to the commit, so that the order of the change and its record does not matter.
DO $$
DECLARE
    target text;
BEGIN
    FOREACH target IN ARRAY ARRAY['tenancy.organizations', 'tenancy.data_keys', 'tenancy.members', 'tenancy.team_members',
                                  'tenancy.projects', 'tenancy.dsn_keys'] LOOP
        EXECUTE format('CREATE CONSTRAINT TRIGGER demands_audit_record AFTER INSERT OR UPDATE OR DELETE ON %s'
                       ' DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_record()', target);
    END LOOP;
END $$;
-- All columns but last_used_at: that a key is in use is no change of the key.
CREATE CONSTRAINT TRIGGER demands_audit_record AFTER INSERT OR DELETE ON identity.api_keys
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_record();
CREATE CONSTRAINT TRIGGER change_demands_audit_record
    AFTER UPDATE OF organization_id, key_id, lookup_id, secret_hash, name, scopes, created_by, created_at, expires_at, revoked_at
    ON identity.api_keys DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_record();
-- Erasing what the log says about a person is itself recorded.
CREATE CONSTRAINT TRIGGER demands_audit_record AFTER DELETE ON audit.disclosures
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_record();

CREATE INDEX leaves_by_target ON audit.leaves (organization_id, target_kind, target_id, leaf_index) WHERE target_kind IS NOT NULL;

-- Asked for by people, made by the scheduler, kept as a sealed file until `expires_at`.
CREATE TABLE audit.exports (
    organization_id  uuid NOT NULL,
    export_id        uuid NOT NULL,
    record_id        uuid NOT NULL, -- the record of the request: work begins when a checkpoint covers it
    requested_by     uuid,
    filters          jsonb NOT NULL,
    with_disclosures boolean NOT NULL,
    state            text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'expired')),
    progress         smallint NOT NULL CHECK (progress BETWEEN 0 AND 100), -- per cent
    attempts         smallint NOT NULL,
    created_at       timestamptz NOT NULL,
    heartbeat_at     timestamptz,
    finished_at      timestamptz,
    expires_at       timestamptz,
    key_version      integer,
    size_bytes       bigint,
    PRIMARY KEY (organization_id, export_id)
);
CREATE INDEX exports_by_time ON audit.exports (organization_id, created_at);
CREATE INDEX exports_with_work ON audit.exports (state) WHERE state IN ('waiting', 'running', 'done');
SELECT tenancy.protect('audit.exports'::regclass);
CREATE CONSTRAINT TRIGGER demands_audit_record AFTER INSERT ON audit.exports
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_record();
GRANT SELECT, INSERT ON audit.exports TO errata_api;
GRANT SELECT, UPDATE ON audit.exports TO errata_jobs;

GRANT CREATE ON SCHEMA audit, identity TO errata_searcher;
CREATE FUNCTION audit.list_export_organizations(moment timestamptz) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT e.organization_id FROM audit.exports e
    WHERE e.state IN ('waiting', 'running') OR (e.state = 'done' AND e.expires_at <= moment)
$$;
GRANT SELECT (organization_id, state, expires_at) ON audit.exports TO errata_searcher;
GRANT EXECUTE ON FUNCTION audit.list_export_organizations(timestamptz) TO errata_jobs;
ALTER FUNCTION audit.list_export_organizations(timestamptz) OWNER TO errata_searcher;

-- Only their owner may replace the lookups of 0001: credentials end with the person and with the organization.
SET LOCAL ROLE errata_searcher;
CREATE OR REPLACE FUNCTION identity.find_session(wanted bytea)
RETURNS TABLE (user_id uuid, organization_id uuid, created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.user_id, s.organization_id, s.created_at, s.last_seen_at, s.expires_at
    FROM identity.sessions s
    JOIN identity.users u ON u.user_id = s.user_id AND u.disabled_at IS NULL
    LEFT JOIN tenancy.organizations o ON o.organization_id = s.organization_id
    WHERE s.token_hash = wanted AND (s.organization_id IS NULL OR (o.organization_id IS NOT NULL AND o.deleted_at IS NULL))
$$;
CREATE OR REPLACE FUNCTION identity.find_api_key(wanted text)
RETURNS TABLE (organization_id uuid, key_id uuid, secret_hash bytea, scopes text[], created_by uuid,
               expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT k.organization_id, k.key_id, k.secret_hash, k.scopes, k.created_by, k.expires_at, k.revoked_at
    FROM identity.api_keys k
    JOIN identity.users u ON u.user_id = k.created_by AND u.disabled_at IS NULL
    JOIN tenancy.organizations o ON o.organization_id = k.organization_id AND o.deleted_at IS NULL
    WHERE k.lookup_id = wanted
$$;
SET LOCAL ROLE errata_owner;
REVOKE CREATE ON SCHEMA audit, identity FROM errata_searcher;
