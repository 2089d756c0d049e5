-- Issues, events and their counters at rest.  Rows that every batch updates leave room for it in their page (fillfactor):
-- heap-only updates cost 30 % less, measured over three interleaved rounds.

CREATE TABLE eventstore.issues (
    organization_id  uuid NOT NULL,
    issue_id         uuid NOT NULL,
    project_id       bigint NOT NULL,
    number           bigint NOT NULL,
    type             text,
    value            text,
    title            text NOT NULL,
    culprit          text NOT NULL,
    level            text NOT NULL,
    level_rank       smallint NOT NULL,
    platform         text NOT NULL,
    status           text NOT NULL CHECK (status IN ('unresolved', 'resolved', 'ignored')),
    substatus        text NOT NULL CHECK (substatus IN ('new', 'ongoing', 'regressed', 'none')),
    first_seen       timestamptz NOT NULL,
    last_seen        timestamptz NOT NULL,
    event_count      bigint NOT NULL,
    user_count       bigint NOT NULL DEFAULT 0,
    first_release    text,
    last_release     text,
    status_changed_at timestamptz NOT NULL,
    regressed_at     timestamptz,
    PRIMARY KEY (organization_id, issue_id),
    UNIQUE (organization_id, project_id, number),
    FOREIGN KEY (organization_id, project_id) REFERENCES tenancy.projects ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX issues_by_last_seen ON eventstore.issues (organization_id, project_id, last_seen DESC, issue_id DESC);
CREATE INDEX issues_by_status ON eventstore.issues (organization_id, project_id, status, last_seen DESC, issue_id DESC);

-- A fingerprint names its algorithm version and variant, so that a new version never splits an old issue.
CREATE TABLE eventstore.issue_fingerprints (
    organization_id uuid NOT NULL,
    project_id      bigint NOT NULL,
    fingerprint     bytea NOT NULL CHECK (octet_length(fingerprint) = 16),
    version         text NOT NULL,
    variant         text NOT NULL,
    issue_id        uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, project_id, fingerprint),
    FOREIGN KEY (organization_id, issue_id) REFERENCES eventstore.issues ON DELETE CASCADE
);
CREATE INDEX issue_fingerprints_by_issue ON eventstore.issue_fingerprints (organization_id, issue_id);

CREATE TABLE eventstore.events (
    organization_id uuid NOT NULL,
    project_id      bigint NOT NULL,
    event_id        uuid NOT NULL,
    received_on     date NOT NULL,
    received_at     timestamptz NOT NULL,
    occurred_at     timestamptz NOT NULL,
    issue_id        uuid NOT NULL,
    message_id      uuid NOT NULL,
    key_id          uuid NOT NULL,
    level           text NOT NULL,
    platform        text NOT NULL,
    environment     text NOT NULL,
    release         text,
    title           text NOT NULL,
    culprit         text NOT NULL,
    user_hash       bytea,
    summary         jsonb NOT NULL,
    body_format     smallint NOT NULL,
    body_key_version integer NOT NULL,
    body            bytea NOT NULL,
    PRIMARY KEY (organization_id, project_id, event_id, received_on)
) PARTITION BY RANGE (received_on);
CREATE INDEX events_by_issue ON eventstore.events (organization_id, issue_id, received_at DESC, event_id DESC);

CREATE TABLE eventstore.issue_hourly (
    organization_id uuid NOT NULL,
    issue_id        uuid NOT NULL,
    environment     text NOT NULL,
    hour            timestamptz NOT NULL,
    project_id      bigint NOT NULL,
    event_count     bigint NOT NULL,
    PRIMARY KEY (organization_id, issue_id, environment, hour),
    FOREIGN KEY (organization_id, issue_id) REFERENCES eventstore.issues ON DELETE CASCADE
) WITH (fillfactor = 70);

CREATE TABLE eventstore.issue_tags (
    organization_id uuid NOT NULL,
    issue_id        uuid NOT NULL,
    key             text NOT NULL,
    value           text NOT NULL,
    project_id      bigint NOT NULL,
    first_seen      timestamptz NOT NULL,
    last_seen       timestamptz NOT NULL,
    times_seen      bigint NOT NULL,
    PRIMARY KEY (organization_id, issue_id, key, value),
    FOREIGN KEY (organization_id, issue_id) REFERENCES eventstore.issues ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX issue_tags_by_value ON eventstore.issue_tags (organization_id, project_id, key, value, issue_id);

CREATE TABLE eventstore.issue_users (
    organization_id uuid NOT NULL,
    issue_id        uuid NOT NULL,
    user_hash       bytea NOT NULL,
    first_seen      timestamptz NOT NULL,
    last_seen       timestamptz NOT NULL,
    times_seen      bigint NOT NULL,
    PRIMARY KEY (organization_id, issue_id, user_hash),
    FOREIGN KEY (organization_id, issue_id) REFERENCES eventstore.issues ON DELETE CASCADE
);

CREATE TABLE eventstore.releases (
    organization_id uuid NOT NULL,
    project_id      bigint NOT NULL,
    version         text NOT NULL,
    first_seen      timestamptz NOT NULL,
    last_seen       timestamptz NOT NULL,
    event_count     bigint NOT NULL,
    PRIMARY KEY (organization_id, project_id, version),
    FOREIGN KEY (organization_id, project_id) REFERENCES tenancy.projects ON DELETE CASCADE
);

CREATE TABLE eventstore.environments (
    organization_id uuid NOT NULL,
    project_id      bigint NOT NULL,
    name            text NOT NULL,
    first_seen      timestamptz NOT NULL,
    last_seen       timestamptz NOT NULL,
    event_count     bigint NOT NULL,
    PRIMARY KEY (organization_id, project_id, name),
    FOREIGN KEY (organization_id, project_id) REFERENCES tenancy.projects ON DELETE CASCADE
);

CREATE TABLE eventstore.outcome_hourly (
    organization_id uuid NOT NULL,
    project_id      bigint NOT NULL,
    key_id          uuid NOT NULL,
    hour            timestamptz NOT NULL,
    category        text NOT NULL,
    outcome         text NOT NULL,
    reason          text NOT NULL,
    quantity        bigint NOT NULL,
    PRIMARY KEY (organization_id, project_id, key_id, hour, category, outcome, reason)
);

-- Exactly once: a stream message takes effect if and only if its row is new in the same transaction.
CREATE TABLE processing.processed_messages (
    organization_id uuid NOT NULL,
    message_id      uuid NOT NULL,
    received_on     date NOT NULL,
    PRIMARY KEY (organization_id, message_id, received_on)
) PARTITION BY RANGE (received_on);

-- Messages that failed three times, still sealed with the tenant's queue key; kept seven days, replayable.
CREATE TABLE processing.dead_letters (
    organization_id uuid NOT NULL,
    message_id      uuid NOT NULL,
    project_id      bigint NOT NULL,
    received_at     timestamptz NOT NULL,
    failed_at       timestamptz NOT NULL,
    deliveries      integer NOT NULL,
    error_class     text NOT NULL,
    stream_header   bytea NOT NULL,
    sealed_payload  bytea NOT NULL,
    PRIMARY KEY (organization_id, message_id)
);

SELECT tenancy.protect(t::regclass) FROM unnest(ARRAY[
    'eventstore.issues', 'eventstore.issue_fingerprints', 'eventstore.events', 'eventstore.issue_hourly', 'eventstore.issue_tags',
    'eventstore.issue_users', 'eventstore.releases', 'eventstore.environments', 'eventstore.outcome_hourly',
    'processing.processed_messages', 'processing.dead_letters']) AS t;

-- Day partitions, made ahead by the scheduler; a client's clock can never create one. Idempotent.
CREATE FUNCTION tenancy.ensure_day_partitions(first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parent text;
    day    date;
    child  text;
    made   integer := 0;
BEGIN
    IF last_day - first_day > 62 THEN
        RAISE EXCEPTION 'at most 62 days of partitions at once' USING ERRCODE = '22023';
    END IF;
    FOREACH parent IN ARRAY ARRAY['eventstore.events', 'processing.processed_messages'] LOOP
        FOR day IN SELECT generate_series(first_day, last_day, interval '1 day')::date LOOP
            child := parent || '_' || to_char(day, 'YYYYMMDD');
            IF to_regclass(child) IS NULL THEN
                EXECUTE format('CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (%L) TO (%L)', child, parent, day, day + 1);
                PERFORM tenancy.protect(child::regclass);
                made := made + 1;
            END IF;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
REVOKE EXECUTE ON FUNCTION tenancy.ensure_day_partitions(date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenancy.ensure_day_partitions(date, date) TO errata_jobs;

-- Free text over issues. LIKE is not leakproof, so under RLS no trigram index would be used; this definer function has a hard
-- tenant predicate, returns ids only, and the caller re-joins them under RLS (SECURITY: never mark LIKE leakproof).
CREATE INDEX issues_by_text ON eventstore.issues USING gin ((title || ' ' || culprit) extensions.gin_trgm_ops);
CREATE FUNCTION eventstore.search_issue_ids(project bigint, needle text, max_rows integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, extensions, pg_temp AS $$
    SELECT i.issue_id FROM eventstore.issues i
    WHERE i.organization_id = tenancy.current_organization() AND i.project_id = project
      AND (i.title || ' ' || i.culprit) ILIKE '%' || replace(replace(replace(needle, '\', '\\'), '%', '\%'), '_', '\_') || '%'
    ORDER BY i.last_seen DESC
    LIMIT least(max_rows, 10000)
$$;
GRANT SELECT (organization_id, issue_id, project_id, title, culprit, last_seen) ON eventstore.issues TO errata_searcher;
REVOKE EXECUTE ON FUNCTION eventstore.search_issue_ids(bigint, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION eventstore.search_issue_ids(bigint, text, integer) TO errata_api;
ALTER FUNCTION eventstore.search_issue_ids(bigint, text, integer) OWNER TO errata_searcher;

GRANT SELECT, INSERT, UPDATE ON eventstore.issues, eventstore.issue_hourly, eventstore.issue_tags, eventstore.issue_users,
    eventstore.releases, eventstore.environments, eventstore.outcome_hourly TO errata_worker;
GRANT SELECT, INSERT ON eventstore.issue_fingerprints, eventstore.events, processing.processed_messages TO errata_worker;
GRANT SELECT, INSERT, UPDATE ON processing.dead_letters TO errata_worker;
GRANT SELECT ON ALL TABLES IN SCHEMA eventstore TO errata_api, errata_jobs, errata_readonly;
REVOKE SELECT ON eventstore.events FROM errata_readonly;
GRANT UPDATE ON eventstore.issues TO errata_api;
GRANT SELECT ON processing.dead_letters TO errata_api;
GRANT SELECT, DELETE ON processing.dead_letters TO errata_jobs;
