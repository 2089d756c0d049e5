-- What the catalog says about the wall between tenants: every row returned is a failure (rule, object).
-- Names in the two lists at the top are the only exceptions; each is explained in docs/architecture/isolation.md.
WITH settings AS (
    SELECT ARRAY['tenancy.context_keys', 'migrations.alembic_version'] AS system_tables,
           ARRAY['identity.users', 'identity.sessions'] AS personal_tables,
           ARRAY['errata_ingest', 'errata_worker', 'errata_api', 'errata_jobs', 'errata_sequencer', 'errata_readonly'] AS login_roles,
           '(organization_id = ( SELECT tenancy.current_organization() AS current_organization))' AS tenant_policy,
           '(user_id = ( SELECT tenancy.current_user_id() AS current_user_id))' AS personal_policy
), rels AS (
    SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relispartition, c.reloptions,
           (n.nspname || '.' || c.relname) = ANY (s.personal_tables) AS is_personal,
           EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped) AS has_tenant,
           EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND a.attnotnull) AS tenant_not_null
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN settings s
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg_temp%'
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT (n.nspname || '.' || c.relname) = ANY (s.system_tables)
), tenant AS (
    SELECT * FROM rels WHERE relkind IN ('r', 'p') AND NOT is_personal
), roles AS (
    SELECT r.* FROM pg_roles r, settings s WHERE r.rolname = ANY (s.login_roles)
)
SELECT 'T1 table without organization_id' AS rule, name AS object FROM tenant WHERE NOT has_tenant
UNION ALL SELECT 'T2 organization_id nullable', name FROM tenant WHERE has_tenant AND NOT tenant_not_null
UNION ALL SELECT 'T3 row level security not enabled and forced', name FROM rels
    WHERE relkind IN ('r', 'p') AND (has_tenant OR is_personal) AND NOT (relrowsecurity AND relforcerowsecurity)
UNION ALL SELECT 'T4 no permissive policy FOR ALL with USING and WITH CHECK', r.name FROM rels r
    WHERE relkind IN ('r', 'p') AND (has_tenant OR is_personal) AND relrowsecurity AND NOT EXISTS (
        SELECT FROM pg_policy p WHERE p.polrelid = r.oid AND p.polcmd = '*' AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL AND p.polpermissive)
UNION ALL SELECT 'T5 policy text differs from canonical', r.name || ' ' || coalesce(pg_get_expr(p.polqual, p.polrelid), 'NULL')
    FROM rels r JOIN pg_policy p ON p.polrelid = r.oid CROSS JOIN settings s
    WHERE pg_get_expr(p.polqual, p.polrelid) IS DISTINCT FROM CASE WHEN r.is_personal THEN s.personal_policy ELSE s.tenant_policy END
       OR pg_get_expr(p.polwithcheck, p.polrelid) IS DISTINCT FROM CASE WHEN r.is_personal THEN s.personal_policy ELSE s.tenant_policy END
UNION ALL SELECT 'V1 view without security_invoker', name FROM rels WHERE relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)
UNION ALL SELECT 'V2 materialized view or foreign table', name FROM rels WHERE relkind IN ('m', 'f')
UNION ALL SELECT 'U1 unique index not led by organization_id', i.indexrelid::regclass::text FROM pg_index i JOIN tenant r ON r.oid = i.indrelid
    WHERE r.has_tenant AND i.indisunique AND NOT EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND a.attname = 'organization_id')
UNION ALL SELECT 'F1 foreign key between tenant tables without organization_id on both sides', c.conname FROM pg_constraint c
    JOIN tenant a ON a.oid = c.conrelid JOIN tenant b ON b.oid = c.confrelid
    WHERE c.contype = 'f' AND a.has_tenant AND b.has_tenant AND NOT EXISTS (
        SELECT FROM generate_subscripts(c.conkey, 1) k
        JOIN pg_attribute x ON x.attrelid = c.conrelid AND x.attnum = c.conkey[k] AND x.attname = 'organization_id'
        JOIN pg_attribute y ON y.attrelid = c.confrelid AND y.attnum = c.confkey[k] AND y.attname = 'organization_id')
UNION ALL SELECT 'R1 login role is superuser, bypasses RLS, may create roles or databases, or owns tables', r.rolname FROM roles r
    WHERE r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid)
       OR EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                  WHERE m.member = r.oid AND (g.rolbypassrls OR g.rolsuper OR EXISTS (SELECT FROM pg_class WHERE relowner = g.oid)))
UNION ALL SELECT 'R2 login role holds TRUNCATE, REFERENCES or TRIGGER', r.name || ' ' || o.rolname || ' ' || privilege
    FROM rels r, roles o, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
    WHERE relkind IN ('r', 'p') AND has_table_privilege(o.oid, r.oid, privilege)
UNION ALL SELECT 'R3 login role granted directly on a partition', r.name || ' ' || o.rolname FROM rels r, roles o, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
    WHERE relispartition AND has_table_privilege(o.oid, r.oid, privilege)
UNION ALL SELECT 'D1 SECURITY DEFINER without pinned search_path or executable by PUBLIC', p.oid::regprocedure::text
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prosecdef AND (
        NOT coalesce((SELECT bool_or(c LIKE 'search_path=%') FROM unnest(p.proconfig) c), false) OR has_function_privilege('public', p.oid, 'EXECUTE'))
UNION ALL SELECT 'L1 own or altered LEAKPROOF function', p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.proleakproof AND (n.nspname <> 'pg_catalog' OR p.proname IN ('textlike', 'texticlike', 'textregexeq', 'jsonb_contains', 'ts_match_vq'))
UNION ALL SELECT 'S1 identity or serial column on a tenant table', r.name FROM tenant r
    WHERE r.has_tenant AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = r.oid AND (a.attidentity <> '' OR EXISTS (
        SELECT FROM pg_attrdef d WHERE d.adrelid = r.oid AND d.adnum = a.attnum AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%')))
ORDER BY 1, 2;
