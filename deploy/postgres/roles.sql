-- The four roles and what they may do at all; row-level security (installed by `GpuGeek.Api migrate`) says which rows.
-- Run once as a superuser, in the database, with psql -v owner_password=… -v app_password=… -v system_password=… -v hangfire_password=…
-- May be run again: it only adds and sets passwords.
DO $$
DECLARE r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['gpugeek_owner', 'gpugeek_app', 'gpugeek_system', 'gpugeek_hangfire'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', r);
    END IF;
  END LOOP;
END $$;
ALTER ROLE gpugeek_owner PASSWORD :'owner_password';
ALTER ROLE gpugeek_app PASSWORD :'app_password';
ALTER ROLE gpugeek_system PASSWORD :'system_password';
ALTER ROLE gpugeek_hangfire PASSWORD :'hangfire_password';

-- Only our roles connect to this database, and they make no temporary tables and no large objects: by default everybody may.
DO $$
DECLARE f regprocedure;
BEGIN
  EXECUTE format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO gpugeek_owner, gpugeek_app, gpugeek_system, gpugeek_hangfire', current_database());
  FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^(lo_|lowrite|loread)' LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
  END LOOP;
END $$;

-- The owner makes tables in public; nobody else does.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO gpugeek_owner;
GRANT USAGE ON SCHEMA public TO gpugeek_app, gpugeek_system;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE SCHEMA IF NOT EXISTS hangfire AUTHORIZATION gpugeek_hangfire;
