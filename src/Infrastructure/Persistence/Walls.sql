-- Row-level security, installed after every migration and safe to run again.
-- Unset means no rows: NULLIF turns the '' that a reset connection reads into NULL.

CREATE OR REPLACE FUNCTION public.current_org() RETURNS uuid LANGUAGE sql STABLE SET search_path = pg_catalog AS
  $$ SELECT NULLIF(current_setting('app.org', true), '')::uuid $$;
CREATE OR REPLACE FUNCTION public.current_person() RETURNS uuid LANGUAGE sql STABLE SET search_path = pg_catalog AS
  $$ SELECT NULLIF(current_setting('app.user', true), '')::uuid $$;

-- Tenant tables: every table with an org_id that is not in the directory.
DO $$
DECLARE t text;
BEGIN
  FOR t IN
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
    WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname NOT IN ('members', 'tokens')
  LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('DROP POLICY IF EXISTS owner_all ON public.%I', t);
    EXECUTE format('CREATE POLICY owner_all ON public.%I TO gpugeek_owner USING (true) WITH CHECK (true)', t);
    EXECUTE format('DROP POLICY IF EXISTS tenant ON public.%I', t);
    EXECUTE format('CREATE POLICY tenant ON public.%I TO gpugeek_app USING (org_id = public.current_org()) WITH CHECK (org_id = public.current_org())', t);
    EXECUTE format('DROP POLICY IF EXISTS system_all ON public.%I', t);
    EXECUTE format('CREATE POLICY system_all ON public.%I TO gpugeek_system USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO gpugeek_app, gpugeek_system', t);
  END LOOP;
END $$;

-- What was done stays: nobody changes an entry, and only the deletion of a whole organisation, a job of the system role, takes entries away.
REVOKE UPDATE, DELETE, TRUNCATE ON public.audit_entries FROM gpugeek_app;
REVOKE UPDATE, TRUNCATE ON public.audit_entries FROM gpugeek_system;

-- A version of a recipe never changes: runs say which one they started from.
REVOKE UPDATE, TRUNCATE ON public.recipes FROM gpugeek_app, gpugeek_system;

-- Directory tables: read before a tenant is known.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['users', 'user_passwords', 'second_factors', 'account_events', 'passkeys', 'passkey_challenges', 'attempt_buckets', 'mails', 'organizations', 'members', 'tokens', 'plans',
    'worker_weights', 'worker_devices', 'idempotency_keys'] LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('DROP POLICY IF EXISTS owner_all ON public.%I', t);
    EXECUTE format('CREATE POLICY owner_all ON public.%I TO gpugeek_owner USING (true) WITH CHECK (true)', t);
    EXECUTE format('DROP POLICY IF EXISTS system_all ON public.%I', t);
    EXECUTE format('CREATE POLICY system_all ON public.%I TO gpugeek_system USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO gpugeek_system', t);
  END LOOP;
END $$;

-- Whoever registers first becomes the operator; nobody else can be made one, and nothing else of a person changes, by the app.
DROP POLICY IF EXISTS own ON public.users;
CREATE POLICY own ON public.users FOR SELECT TO gpugeek_app USING (id = public.current_person());
DROP POLICY IF EXISTS registering ON public.users;
CREATE POLICY registering ON public.users FOR INSERT TO gpugeek_app
  WITH CHECK (id = public.current_person() AND (NOT is_operator OR NOT public.has_operator()));
DROP POLICY IF EXISTS colleagues ON public.users;
CREATE POLICY colleagues ON public.users FOR SELECT TO gpugeek_app
  USING (EXISTS (SELECT FROM public.members m WHERE m.user_id = users.id AND m.org_id = public.current_org()));
GRANT SELECT, INSERT ON public.users TO gpugeek_app;
REVOKE UPDATE, DELETE, TRUNCATE ON public.users FROM gpugeek_app;

-- Colleagues see one another's names, never these two.
DROP POLICY IF EXISTS own ON public.user_passwords;
CREATE POLICY own ON public.user_passwords TO gpugeek_app USING (user_id = public.current_person()) WITH CHECK (user_id = public.current_person());
GRANT SELECT, INSERT, UPDATE (hash) ON public.user_passwords TO gpugeek_app;

DROP POLICY IF EXISTS own ON public.second_factors;
CREATE POLICY own ON public.second_factors TO gpugeek_app USING (user_id = public.current_person()) WITH CHECK (user_id = public.current_person());
GRANT SELECT, INSERT, UPDATE, DELETE ON public.second_factors TO gpugeek_app;

-- What happened to an account is written once and read by its person alone; it goes only with the account.
DROP POLICY IF EXISTS own ON public.account_events;
CREATE POLICY own ON public.account_events TO gpugeek_app USING (user_id = public.current_person()) WITH CHECK (user_id = public.current_person());
GRANT SELECT, INSERT ON public.account_events TO gpugeek_app;
REVOKE UPDATE, DELETE, TRUNCATE ON public.account_events FROM gpugeek_app, gpugeek_system;

DROP POLICY IF EXISTS own ON public.passkeys;
CREATE POLICY own ON public.passkeys TO gpugeek_app USING (user_id = public.current_person()) WITH CHECK (user_id = public.current_person());
GRANT SELECT, INSERT, UPDATE, DELETE ON public.passkeys TO gpugeek_app;

-- Asked before anybody has signed in; whoever answers must hold what the asking browser holds.
DROP POLICY IF EXISTS everybody ON public.passkey_challenges;
CREATE POLICY everybody ON public.passkey_challenges TO gpugeek_app USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON public.passkey_challenges TO gpugeek_app;

-- Mail is posted by whoever has something to say and read by the worker alone.
DROP POLICY IF EXISTS posting ON public.mails;
CREATE POLICY posting ON public.mails FOR INSERT TO gpugeek_app WITH CHECK (true);
GRANT INSERT ON public.mails TO gpugeek_app;

DROP POLICY IF EXISTS joined ON public.organizations;
CREATE POLICY joined ON public.organizations FOR SELECT TO gpugeek_app
  USING (id = public.current_org() OR EXISTS (SELECT FROM public.members m WHERE m.org_id = organizations.id AND m.user_id = public.current_person()));
DROP POLICY IF EXISTS founding ON public.organizations;
CREATE POLICY founding ON public.organizations FOR INSERT TO gpugeek_app WITH CHECK (public.current_person() IS NOT NULL);
DROP POLICY IF EXISTS changing ON public.organizations;
CREATE POLICY changing ON public.organizations FOR UPDATE TO gpugeek_app USING (id = public.current_org()) WITH CHECK (id = public.current_org());
GRANT SELECT, INSERT ON public.organizations TO gpugeek_app;
REVOKE UPDATE ON public.organizations FROM gpugeek_app;
GRANT UPDATE (name, plan_code, deletion_id) ON public.organizations TO gpugeek_app;

DROP POLICY IF EXISTS own ON public.members;
CREATE POLICY own ON public.members FOR SELECT TO gpugeek_app USING (user_id = public.current_person() OR org_id = public.current_org());
DROP POLICY IF EXISTS founding ON public.members;
-- A person joins by founding: the organisation has no member yet. Others are let in by an admin of the organisation.
CREATE POLICY founding ON public.members FOR INSERT TO gpugeek_app WITH CHECK (
  org_id = public.current_org() OR (user_id = public.current_person() AND NOT public.has_member(org_id)));
DROP POLICY IF EXISTS managing ON public.members;
CREATE POLICY managing ON public.members FOR UPDATE TO gpugeek_app USING (org_id = public.current_org()) WITH CHECK (org_id = public.current_org());
DROP POLICY IF EXISTS removing ON public.members;
CREATE POLICY removing ON public.members FOR DELETE TO gpugeek_app USING (org_id = public.current_org());
GRANT SELECT, INSERT, UPDATE, DELETE ON public.members TO gpugeek_app;

DROP POLICY IF EXISTS own ON public.tokens;
CREATE POLICY own ON public.tokens TO gpugeek_app
  USING ((kind = 'session' AND user_id = public.current_person()) OR (kind = 'apikey' AND org_id = public.current_org()))
  WITH CHECK ((kind = 'session' AND user_id = public.current_person()) OR (kind = 'apikey' AND org_id = public.current_org()));
-- A token is revoked, never changed: neither its scopes nor its end nor whose it is.
GRANT SELECT, INSERT ON public.tokens TO gpugeek_app;
REVOKE UPDATE ON public.tokens FROM gpugeek_app;
GRANT UPDATE (revoked_at) ON public.tokens TO gpugeek_app;

DROP POLICY IF EXISTS everybody ON public.plans;
CREATE POLICY everybody ON public.plans FOR SELECT TO gpugeek_app USING (true);
GRANT SELECT ON public.plans TO gpugeek_app;

-- Which published weights a worker lacks is a fact of the installation; workers alone write it.
DROP POLICY IF EXISTS everybody ON public.worker_weights;
CREATE POLICY everybody ON public.worker_weights FOR SELECT TO gpugeek_app USING (true);
GRANT SELECT ON public.worker_weights TO gpugeek_app;

-- What can be asked for is a fact of the installation; the names of machines, their drivers and their GPUs' numbers are the operator's alone.
DROP POLICY IF EXISTS everybody ON public.worker_devices;
CREATE POLICY everybody ON public.worker_devices FOR SELECT TO gpugeek_app USING (true);
GRANT SELECT (class, class_name, model, slots, seen_at) ON public.worker_devices TO gpugeek_app;

-- First answers may hold secrets: the app reaches the one whose key it can name, by first_answer and keep_first_answer, and lists and deletes none.
DROP POLICY IF EXISTS everybody ON public.idempotency_keys;
REVOKE ALL ON public.idempotency_keys FROM gpugeek_app;

GRANT SELECT ON public.__ef_migrations_history TO gpugeek_app, gpugeek_system;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO gpugeek_app;
