-- People and their credentials. Users and sessions belong to a person, not to a tenant: their policy is the signed user id.

CREATE TABLE identity.users (
    user_id          uuid PRIMARY KEY,
    email            text NOT NULL,
    email_normalized text NOT NULL UNIQUE,
    display_name     text NOT NULL,
    password_hash    text,
    created_at       timestamptz NOT NULL,
    disabled_at      timestamptz
);

CREATE TABLE identity.sessions (
    token_hash       bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    user_id          uuid NOT NULL REFERENCES identity.users ON DELETE CASCADE,
    organization_id  uuid,
    created_at       timestamptz NOT NULL,
    last_seen_at     timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    user_agent       text NOT NULL
);
CREATE INDEX sessions_by_user ON identity.sessions (user_id);

CREATE TABLE identity.api_keys (
    organization_id uuid NOT NULL,
    key_id          uuid NOT NULL,
    lookup_id       text NOT NULL CHECK (lookup_id ~ '^[0-9A-Za-z]{8}$'),
    secret_hash     bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
    name            text NOT NULL,
    scopes          text[] NOT NULL,
    created_by      uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz,
    last_used_at    timestamptz,
    revoked_at      timestamptz,
    PRIMARY KEY (organization_id, key_id),
    FOREIGN KEY (organization_id) REFERENCES tenancy.organizations
);
CREATE INDEX api_keys_by_lookup_id ON identity.api_keys (lookup_id);
SELECT tenancy.protect('identity.api_keys'::regclass);

ALTER TABLE identity.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.users FORCE ROW LEVEL SECURITY;
CREATE POLICY person ON identity.users FOR ALL
    USING (user_id = (SELECT tenancy.current_user_id())) WITH CHECK (user_id = (SELECT tenancy.current_user_id()));
ALTER TABLE identity.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY person ON identity.sessions FOR ALL
    USING (user_id = (SELECT tenancy.current_user_id())) WITH CHECK (user_id = (SELECT tenancy.current_user_id()));

-- The three lookups before it is known who asks. Each returns one row at most, by a secret or by an exact address.
CREATE FUNCTION identity.find_login(wanted text) RETURNS TABLE (user_id uuid, password_hash text, disabled_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT u.user_id, u.password_hash, u.disabled_at FROM identity.users u WHERE u.email_normalized = wanted
$$;
CREATE FUNCTION identity.find_session(wanted bytea)
RETURNS TABLE (user_id uuid, organization_id uuid, created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.user_id, s.organization_id, s.created_at, s.last_seen_at, s.expires_at
    FROM identity.sessions s JOIN identity.users u ON u.user_id = s.user_id AND u.disabled_at IS NULL
    WHERE s.token_hash = wanted
$$;
CREATE FUNCTION identity.find_api_key(wanted text)
RETURNS TABLE (organization_id uuid, key_id uuid, secret_hash bytea, scopes text[], created_by uuid,
               expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT k.organization_id, k.key_id, k.secret_hash, k.scopes, k.created_by, k.expires_at, k.revoked_at
    FROM identity.api_keys k WHERE k.lookup_id = wanted
$$;
GRANT SELECT ON identity.users, identity.sessions, identity.api_keys TO errata_searcher;
REVOKE EXECUTE ON FUNCTION identity.find_login(text), identity.find_session(bytea), identity.find_api_key(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.find_login(text), identity.find_session(bytea), identity.find_api_key(text) TO errata_api;
ALTER FUNCTION identity.find_login(text) OWNER TO errata_searcher;
ALTER FUNCTION identity.find_session(bytea) OWNER TO errata_searcher;
ALTER FUNCTION identity.find_api_key(text) OWNER TO errata_searcher;

GRANT SELECT, INSERT, UPDATE ON identity.users TO errata_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.sessions TO errata_api;
GRANT SELECT, INSERT, UPDATE ON identity.api_keys TO errata_api;

REVOKE CREATE ON SCHEMA tenancy, eventstore, identity FROM errata_searcher;
