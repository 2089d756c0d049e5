-- Roles of one installation; run once by a superuser (or a role that may create roles), idempotent.
-- No login role owns a table, is superuser or has BYPASSRLS; errata_backup is the one stated exception.
DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN SELECT * FROM (VALUES
        ('errata_owner', 'NOLOGIN'), ('errata_searcher', 'NOLOGIN BYPASSRLS'), ('errata_breakglass', 'NOLOGIN'),
        ('errata_migrator', 'LOGIN'), ('errata_ingest', 'LOGIN'), ('errata_worker', 'LOGIN'), ('errata_api', 'LOGIN'),
        ('errata_jobs', 'LOGIN'), ('errata_sequencer', 'LOGIN'), ('errata_readonly', 'LOGIN'), ('errata_backup', 'LOGIN BYPASSRLS')
    ) AS roles (name, options) LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) THEN
            EXECUTE format('CREATE ROLE %I %s NOINHERIT NOCREATEDB NOCREATEROLE', wanted.name, wanted.options);
        END IF;
    END LOOP;
END $$;
GRANT errata_owner TO errata_migrator;
GRANT errata_searcher TO errata_owner;
