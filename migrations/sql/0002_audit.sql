-- The audit log: records wait in `pending`, the sequencer alone moves them into the tenant's tree.

CREATE SCHEMA audit;
GRANT USAGE ON SCHEMA audit TO errata_api, errata_worker, errata_jobs, errata_sequencer, errata_searcher;
GRANT USAGE ON SCHEMA tenancy TO errata_sequencer;
GRANT EXECUTE ON FUNCTION tenancy.verified_context(), tenancy.current_organization(), tenancy.current_user_id() TO errata_sequencer;
GRANT CREATE ON SCHEMA audit TO errata_searcher;

CREATE TABLE audit.pending (
    organization_id uuid NOT NULL,
    record_id       uuid NOT NULL,
    transaction_id  xid8 NOT NULL DEFAULT pg_current_xact_id(),
    action_number   integer NOT NULL,
    entry           bytea NOT NULL CHECK (octet_length(entry) BETWEEN 2 AND 65536),
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (organization_id, record_id)
);
CREATE INDEX pending_by_transaction ON audit.pending (organization_id, transaction_id);

-- Complete subtrees of the Merkle tree (level 0: the leaves), so that any proof needs a logarithm of reads.
CREATE TABLE audit.nodes (
    organization_id uuid NOT NULL,
    level           smallint NOT NULL,
    node_index      bigint NOT NULL,
    hash            bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (organization_id, level, node_index)
);

CREATE TABLE audit.leaves (
    organization_id uuid NOT NULL,
    leaf_index      bigint NOT NULL CHECK (leaf_index >= 0),
    record_id       uuid NOT NULL,
    sequenced_at    timestamptz NOT NULL,
    occurred_at     timestamptz NOT NULL,
    action_number   integer NOT NULL,
    actor_id        uuid,
    target_kind     text,
    target_id       text,
    entry           bytea,
    leaf_hash       bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    PRIMARY KEY (organization_id, leaf_index),
    UNIQUE (organization_id, record_id)
);
CREATE INDEX leaves_by_time ON audit.leaves (organization_id, sequenced_at, leaf_index);
CREATE INDEX leaves_by_actor ON audit.leaves (organization_id, actor_id, leaf_index);
CREATE INDEX leaves_by_action ON audit.leaves (organization_id, action_number, leaf_index);

CREATE TABLE audit.trees (
    organization_id uuid NOT NULL PRIMARY KEY,
    size            bigint NOT NULL CHECK (size >= 0),
    range_hashes    bytea[] NOT NULL,
    sequenced_at    timestamptz NOT NULL
);

CREATE TABLE audit.checkpoints (
    organization_id uuid NOT NULL,
    size            bigint NOT NULL,
    root            bytea NOT NULL CHECK (octet_length(root) = 32),
    note            text NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, size)
);

-- What the digests in records stand for; the only part of the log that may be deleted, to erase a person.
CREATE TABLE audit.disclosures (
    organization_id uuid NOT NULL,
    digest          text NOT NULL,
    record_id       uuid NOT NULL,
    key_version     integer NOT NULL,
    sealed          bytea NOT NULL,
    PRIMARY KEY (organization_id, digest)
);
CREATE INDEX disclosures_by_record ON audit.disclosures (organization_id, record_id);

SELECT tenancy.protect(t::regclass) FROM unnest(ARRAY[
    'audit.pending', 'audit.nodes', 'audit.leaves', 'audit.trees', 'audit.checkpoints', 'audit.disclosures']) AS t;

-- The wall inside the wall: nothing changes a sequenced entry, whoever owns the connection.
CREATE FUNCTION audit.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER leaves_are_append_only BEFORE UPDATE OR DELETE ON audit.leaves FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER leaves_are_not_truncated BEFORE TRUNCATE ON audit.leaves FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER nodes_are_append_only BEFORE UPDATE OR DELETE ON audit.nodes FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER checkpoints_are_append_only BEFORE UPDATE OR DELETE ON audit.checkpoints FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();

-- A privileged change commits only together with an audit record of the same transaction.
CREATE FUNCTION audit.demand_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM audit.pending p
                   WHERE p.organization_id = tenancy.current_organization() AND p.transaction_id = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'change of % without an audit record in the same transaction', TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME
            USING ERRCODE = '23000';
    END IF;
    RETURN NULL;
END $$;
-- The sequencer asks which tenants have work; it then opens one tenant transaction each.
CREATE FUNCTION audit.list_pending_organizations() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT p.organization_id FROM audit.pending p ORDER BY 1
$$;
GRANT SELECT (organization_id) ON audit.pending TO errata_searcher;
GRANT EXECUTE ON FUNCTION audit.list_pending_organizations() TO errata_sequencer;
ALTER FUNCTION audit.list_pending_organizations() OWNER TO errata_searcher;
REVOKE CREATE ON SCHEMA audit FROM errata_searcher;

GRANT INSERT ON audit.pending, audit.disclosures TO errata_api, errata_worker, errata_jobs;
GRANT SELECT, DELETE ON audit.pending TO errata_sequencer;
GRANT SELECT, INSERT ON audit.leaves, audit.nodes, audit.checkpoints TO errata_sequencer;
GRANT SELECT, INSERT, UPDATE ON audit.trees TO errata_sequencer;
GRANT SELECT ON audit.leaves, audit.nodes, audit.trees, audit.checkpoints, audit.disclosures TO errata_api;
GRANT SELECT ON audit.leaves, audit.nodes, audit.trees, audit.checkpoints TO errata_jobs;
GRANT SELECT, DELETE ON audit.disclosures TO errata_jobs;
