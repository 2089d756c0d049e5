-- Who owns what, and the wall between tenants. Run by the migrator as errata_owner.

CREATE SCHEMA tenancy;
CREATE SCHEMA eventstore;
CREATE SCHEMA processing;
CREATE SCHEMA identity;
-- Extensions live apart, so that no definer function's search_path needs the public schema.
CREATE SCHEMA extensions;
CREATE EXTENSION pg_trgm SCHEMA extensions;
GRANT USAGE ON SCHEMA extensions TO errata_searcher, errata_worker, errata_api;
-- ALTER FUNCTION … OWNER wants the new owner to be able to create; taken back at the end of the last file.
GRANT CREATE ON SCHEMA tenancy, eventstore, identity TO errata_searcher;
GRANT USAGE ON SCHEMA tenancy TO errata_ingest, errata_worker, errata_api, errata_jobs, errata_searcher, errata_readonly;
GRANT USAGE ON SCHEMA eventstore TO errata_worker, errata_api, errata_jobs, errata_searcher, errata_readonly;
GRANT USAGE ON SCHEMA processing TO errata_worker, errata_api, errata_jobs;
GRANT USAGE ON SCHEMA identity TO errata_api, errata_searcher;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- One HMAC-SHA256 key per login role, kept as the two precomputed blocks (key XOR ipad, key XOR opad), because the
-- embedded PostgreSQL has no pgcrypto. Only the function below reads it.
CREATE TABLE tenancy.context_keys (
    role_name   text PRIMARY KEY,
    inner_block bytea NOT NULL CHECK (octet_length(inner_block) = 64),
    outer_block bytea NOT NULL CHECK (octet_length(outer_block) = 64)
);

-- app.ctx = 'v1|<organization uuid>|<user uuid>|<login role>|<expiry, epoch seconds>|<hex hmac over what precedes>'.
-- The nil uuid stands for "no organization" or "no user". Every test is IS DISTINCT FROM: a NULL must refuse, never pass.
CREATE FUNCTION tenancy.verified_context() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ctx   text := current_setting('app.ctx', true);
    parts text[];
    key   record;
    mac   text;
BEGIN
    IF ctx IS NULL OR ctx = '' THEN
        RAISE EXCEPTION 'tenant context missing' USING ERRCODE = '42501';
    END IF;
    parts := string_to_array(ctx, '|');
    IF array_length(parts, 1) IS DISTINCT FROM 6
       OR parts[1] IS DISTINCT FROM 'v1'
       OR (parts[5] ~ '^[0-9]{1,12}$') IS DISTINCT FROM true
       OR parts[4] IS DISTINCT FROM session_user::text THEN
        RAISE EXCEPTION 'tenant context malformed' USING ERRCODE = '42501';
    END IF;
    IF (parts[5]::bigint > extract(epoch FROM statement_timestamp())) IS DISTINCT FROM true THEN
        RAISE EXCEPTION 'tenant context expired' USING ERRCODE = '42501';
    END IF;
    SELECT k.inner_block, k.outer_block INTO key FROM tenancy.context_keys k WHERE k.role_name = parts[4];
    mac := encode(sha256(key.outer_block || sha256(key.inner_block || convert_to(array_to_string(parts[1:5], '|'), 'UTF8'))), 'hex');
    IF mac IS DISTINCT FROM parts[6] THEN
        RAISE EXCEPTION 'tenant context forged' USING ERRCODE = '42501';
    END IF;
    RETURN parts;
END $$;

CREATE FUNCTION tenancy.current_organization() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    organization uuid := (tenancy.verified_context())[2]::uuid;
BEGIN
    IF organization = '00000000-0000-0000-0000-000000000000' THEN
        RAISE EXCEPTION 'tenant context names no organization' USING ERRCODE = '42501';
    END IF;
    RETURN organization;
END $$;

CREATE FUNCTION tenancy.current_user_id() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person uuid := (tenancy.verified_context())[3]::uuid;
BEGIN
    IF person = '00000000-0000-0000-0000-000000000000' THEN
        RAISE EXCEPTION 'tenant context names no user' USING ERRCODE = '42501';
    END IF;
    RETURN person;
END $$;
GRANT EXECUTE ON FUNCTION tenancy.verified_context(), tenancy.current_organization(), tenancy.current_user_id()
    TO errata_ingest, errata_worker, errata_api, errata_jobs, errata_searcher, errata_readonly, errata_backup;

-- The one canonical policy; a partition gets it too and has no grants of its own.
CREATE FUNCTION tenancy.protect(target regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY tenant ON %s FOR ALL USING (organization_id = (SELECT tenancy.current_organization()))'
                   ' WITH CHECK (organization_id = (SELECT tenancy.current_organization()))', target);
END $$;

CREATE TABLE tenancy.organizations (
    organization_id uuid PRIMARY KEY,
    slug            text NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at      timestamptz NOT NULL,
    deleted_at      timestamptz
);

-- Random data keys, wrapped by the key-encryption key which the database never sees.
CREATE TABLE tenancy.data_keys (
    organization_id uuid NOT NULL REFERENCES tenancy.organizations,
    purpose         text NOT NULL CHECK (purpose IN ('queue', 'events', 'subjects', 'audit')),
    version         integer NOT NULL CHECK (version > 0),
    wrapped_key     bytea NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, purpose, version)
);

CREATE TABLE tenancy.teams (
    organization_id uuid NOT NULL REFERENCES tenancy.organizations,
    team_id         uuid NOT NULL,
    slug            text NOT NULL,
    name            text NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, team_id),
    UNIQUE (organization_id, slug)
);

CREATE TABLE tenancy.members (
    organization_id uuid NOT NULL REFERENCES tenancy.organizations,
    member_id       uuid NOT NULL,
    user_id         uuid NOT NULL,
    email           text NOT NULL,
    display_name    text NOT NULL,
    role            text NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'member', 'auditor', 'compliance_officer')),
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, member_id),
    UNIQUE (organization_id, user_id)
);
CREATE INDEX members_by_user ON tenancy.members (user_id);

CREATE TABLE tenancy.team_members (
    organization_id uuid NOT NULL,
    team_id         uuid NOT NULL,
    member_id       uuid NOT NULL,
    PRIMARY KEY (organization_id, team_id, member_id),
    FOREIGN KEY (organization_id, team_id) REFERENCES tenancy.teams ON DELETE CASCADE,
    FOREIGN KEY (organization_id, member_id) REFERENCES tenancy.members ON DELETE CASCADE
);

-- project_id is a random 15-digit integer: SDKs demand an integer, and it must not be enumerable.
CREATE TABLE tenancy.projects (
    organization_id uuid NOT NULL REFERENCES tenancy.organizations,
    project_id      bigint NOT NULL CHECK (project_id BETWEEN 100000000000000 AND 999999999999999),
    slug            text NOT NULL,
    name            text NOT NULL,
    platform        text,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, project_id),
    UNIQUE (organization_id, slug)
);

-- Issue numbers ("SHOP-17") come from here, apart from projects so that numbering never locks a project's settings.
CREATE TABLE tenancy.project_counters (
    organization_id   uuid NOT NULL,
    project_id        bigint NOT NULL,
    last_issue_number bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (organization_id, project_id),
    FOREIGN KEY (organization_id, project_id) REFERENCES tenancy.projects ON DELETE CASCADE
);

CREATE TABLE tenancy.dsn_keys (
    organization_id uuid NOT NULL,
    key_id          uuid NOT NULL,
    project_id      bigint NOT NULL,
    public_key      text NOT NULL CHECK (public_key ~ '^[0-9a-f]{32}$'),
    label           text NOT NULL,
    state           text NOT NULL CHECK (state IN ('active', 'grace', 'disabled')),
    grace_until     timestamptz CHECK ((state = 'grace') = (grace_until IS NOT NULL)),
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, key_id),
    FOREIGN KEY (organization_id, project_id) REFERENCES tenancy.projects ON DELETE CASCADE
);
CREATE INDEX dsn_keys_by_public_key ON tenancy.dsn_keys (public_key);
CREATE INDEX dsn_keys_by_project ON tenancy.dsn_keys (organization_id, project_id);

SELECT tenancy.protect(t::regclass) FROM unnest(ARRAY[
    'tenancy.organizations', 'tenancy.data_keys', 'tenancy.teams', 'tenancy.members', 'tenancy.team_members',
    'tenancy.projects', 'tenancy.project_counters', 'tenancy.dsn_keys']) AS t;

-- The one lookup before a tenant is known: an SDK shows a public key, ingest learns whose it is. Owned by errata_searcher.
CREATE FUNCTION tenancy.find_dsn_key(wanted text)
RETURNS TABLE (organization_id uuid, project_id bigint, key_id uuid, state text, grace_until timestamptz,
               queue_key_version integer, wrapped_queue_key bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT k.organization_id, k.project_id, k.key_id, k.state, k.grace_until, d.version, d.wrapped_key
    FROM tenancy.dsn_keys k
    JOIN tenancy.organizations o ON o.organization_id = k.organization_id AND o.deleted_at IS NULL
    JOIN LATERAL (
        SELECT v.version, v.wrapped_key FROM tenancy.data_keys v
        WHERE v.organization_id = k.organization_id AND v.purpose = 'queue'
        ORDER BY v.version DESC LIMIT 1
    ) d ON true
    WHERE k.public_key = wanted
    LIMIT 1
$$;
GRANT SELECT (organization_id, project_id, key_id, public_key, state, grace_until) ON tenancy.dsn_keys TO errata_searcher;
GRANT SELECT (organization_id, deleted_at) ON tenancy.organizations TO errata_searcher;
GRANT SELECT (organization_id, purpose, version, wrapped_key) ON tenancy.data_keys TO errata_searcher;

-- Jobs walk over all tenants by id and then open one tenant transaction each.
CREATE FUNCTION tenancy.list_organization_ids() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT o.organization_id FROM tenancy.organizations o ORDER BY 1
$$;

-- Which organizations a signed-in person belongs to; the person comes from the signed context, not from an argument.
CREATE FUNCTION tenancy.list_my_memberships()
RETURNS TABLE (organization_id uuid, slug text, name text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT o.organization_id, o.slug, o.name, m.role
    FROM tenancy.members m JOIN tenancy.organizations o ON o.organization_id = m.organization_id
    WHERE m.user_id = tenancy.current_user_id() AND o.deleted_at IS NULL
    ORDER BY o.created_at, o.organization_id
$$;
GRANT SELECT (slug, name, created_at) ON tenancy.organizations TO errata_searcher;
GRANT SELECT (organization_id, user_id, role) ON tenancy.members TO errata_searcher;

REVOKE EXECUTE ON FUNCTION tenancy.find_dsn_key(text), tenancy.list_organization_ids(), tenancy.list_my_memberships() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenancy.find_dsn_key(text) TO errata_ingest;
GRANT EXECUTE ON FUNCTION tenancy.list_organization_ids() TO errata_jobs;
GRANT EXECUTE ON FUNCTION tenancy.list_my_memberships() TO errata_api;
ALTER FUNCTION tenancy.find_dsn_key(text) OWNER TO errata_searcher;
ALTER FUNCTION tenancy.list_organization_ids() OWNER TO errata_searcher;
ALTER FUNCTION tenancy.list_my_memberships() OWNER TO errata_searcher;

GRANT SELECT, INSERT, UPDATE ON tenancy.organizations TO errata_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenancy.teams, tenancy.members, tenancy.team_members, tenancy.projects TO errata_api;
GRANT SELECT, INSERT, UPDATE ON tenancy.dsn_keys TO errata_api;
GRANT SELECT, INSERT ON tenancy.data_keys, tenancy.project_counters TO errata_api;
GRANT SELECT ON tenancy.organizations, tenancy.projects, tenancy.data_keys, tenancy.dsn_keys TO errata_worker, errata_jobs;
GRANT SELECT, UPDATE ON tenancy.project_counters TO errata_worker;
GRANT SELECT ON tenancy.organizations, tenancy.projects, tenancy.teams, tenancy.members, tenancy.team_members TO errata_readonly;
