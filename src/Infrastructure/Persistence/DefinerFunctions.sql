-- The only functions that see past row-level security: each answers one narrow question, nearly all before a tenant is known.
-- The catalogue test compares this list with the database.

CREATE OR REPLACE FUNCTION public.auth_token(token_hash bytea)
RETURNS TABLE (id uuid, kind text, user_id uuid, org_id uuid, scopes text[], expires_at timestamptz, revoked_at timestamptz, last_used_at timestamptz, is_operator boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT t.id, t.kind, t.user_id, t.org_id, t.scopes, t.expires_at, t.revoked_at, t.last_used_at, COALESCE(u.is_operator, false)
  FROM public.tokens t LEFT JOIN public.users u ON u.id = t.user_id WHERE t.hash = token_hash $$;

CREATE OR REPLACE FUNCTION public.touch_token(token_id uuid, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  UPDATE public.tokens SET last_used_at = at WHERE id = token_id AND (last_used_at IS NULL OR last_used_at < at) $$;

CREATE OR REPLACE FUNCTION public.consume_token(token_hash bytea, wanted_kind text, at timestamptz)
RETURNS TABLE (user_id uuid) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  UPDATE public.tokens SET revoked_at = at, last_used_at = at
  WHERE hash = token_hash AND kind = wanted_kind AND kind IN ('setup', 'signinlink', 'passwordreset') AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > at)
  RETURNING tokens.user_id $$;

CREATE OR REPLACE FUNCTION public.user_for_sign_in(normalized text) RETURNS TABLE (id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT u.id FROM public.users u WHERE u.normalized_email = normalized $$;

CREATE OR REPLACE FUNCTION public.user_for_passkey(credential bytea) RETURNS TABLE (id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT p.user_id FROM public.passkeys p WHERE p.credential_id = credential $$;

CREATE OR REPLACE FUNCTION public.org_for_member(org_slug text, member uuid)
RETURNS TABLE (id uuid, role text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT o.id, m.role FROM public.organizations o JOIN public.members m ON m.org_id = o.id AND m.user_id = member WHERE o.slug = org_slug AND o.deletion_id IS NULL $$;

CREATE OR REPLACE FUNCTION public.has_operator() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT FROM public.users WHERE is_operator) $$;

CREATE OR REPLACE FUNCTION public.has_member(org uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT FROM public.members m WHERE m.org_id = org) $$;

CREATE OR REPLACE FUNCTION public.slug_taken(org_slug text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT FROM public.organizations o WHERE o.slug = org_slug) $$;

-- Whoever holds the link's token may see what it leads to, before being a member.
CREATE OR REPLACE FUNCTION public.invitation(token_hash bytea)
RETURNS TABLE (org_id uuid, id uuid, org_slug text, org_name text, role text, invited_by text, expires_at timestamptz, accepted_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT i.org_id, i.id, o.slug, o.name, i.role, u.display_name, i.expires_at, i.accepted_at, i.revoked_at
  FROM public.invitations i JOIN public.organizations o ON o.id = i.org_id JOIN public.users u ON u.id = i.created_by WHERE i.hash = token_hash AND o.deletion_id IS NULL $$;

-- Whoever holds a share link's token, before anything is known of the visitor. What it shows is read as the organisation that shares it.
CREATE OR REPLACE FUNCTION public.share_link(token_hash bytea)
RETURNS TABLE (org_id uuid, id uuid, org_name text, run_id uuid, model_version_id uuid, expires_at timestamptz, revoked_at timestamptz, last_opened_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT l.org_id, l.id, o.name, l.run_id, l.model_version_id, l.expires_at, l.revoked_at, l.last_opened_at
  FROM public.share_links l JOIN public.organizations o ON o.id = l.org_id WHERE l.hash = token_hash AND o.deletion_id IS NULL $$;

-- The first answer to a creating request, for whoever can name its key: a hash of the caller and of the key that the caller chose. Nobody lists them.
CREATE OR REPLACE FUNCTION public.first_answer(answer_key text)
RETURNS TABLE (request text, status integer, content_type text, location text, body bytea) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT k.request, k.status, k.content_type, k.location, k.body FROM public.idempotency_keys k WHERE k.key = answer_key AND k.created_at >= now() - interval '24 hours' $$;

-- A key that is kept already makes it fail, and with it the change. Expired answers are deleted on the way; two requests never wait for each other over them.
CREATE OR REPLACE FUNCTION public.keep_first_answer(answer_key text, request text, status integer, content_type text, location text, body bytea)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  DELETE FROM public.idempotency_keys k WHERE k.key = answer_key AND k.created_at < now() - interval '24 hours';
  DELETE FROM public.idempotency_keys k WHERE k.key IN (
    SELECT e.key FROM public.idempotency_keys e WHERE e.created_at < now() - interval '24 hours' ORDER BY e.created_at LIMIT 100 FOR UPDATE SKIP LOCKED);
  INSERT INTO public.idempotency_keys (key, request, status, content_type, location, body, created_at)
  VALUES (answer_key, request, status, content_type, location, body, now()) $$;

-- Counts an attempt at a password or code before it is evaluated. One row: refused until then. No row: it may be evaluated.
CREATE OR REPLACE FUNCTION public.count_attempts(buckets bytea[], most int[], seconds int[], known boolean[], at timestamptz)
RETURNS TABLE (until timestamptz, first boolean) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE counted int;
BEGIN
  -- A bucket that has refused already refuses without a write: a flood costs one read each and makes no rows.
  SELECT max(b.ends_at) INTO until FROM unnest(buckets, most) AS asked (key, most)
  JOIN public.attempt_buckets b ON b.key = asked.key WHERE b.count > asked.most AND b.ends_at > at;
  IF until IS NOT NULL THEN
    first := false;
    RETURN NEXT;
    RETURN;
  END IF;
  FOR i IN 1 .. cardinality(buckets) LOOP
    -- What is refused is not counted on, so that attempts given back make room again. Only the attempt that reaches the limit is the first.
    INSERT INTO public.attempt_buckets AS b (key, count, ends_at, is_known) VALUES (buckets[i], 1, at + make_interval(secs => seconds[i]), known[i])
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN b.ends_at <= at THEN 1 ELSE b.count + 1 END,
      ends_at = CASE WHEN b.ends_at <= at THEN excluded.ends_at ELSE b.ends_at END,
      is_known = excluded.is_known
      WHERE b.ends_at <= at OR b.count <= most[i]
    RETURNING b.count, b.ends_at INTO counted, until;
    first := FOUND;
    IF NOT FOUND THEN
      SELECT b.ends_at INTO until FROM public.attempt_buckets b WHERE b.key = buckets[i];
    END IF;
    IF NOT first OR counted > most[i] THEN
      until := coalesce(until, at);
      RETURN NEXT;
      RETURN;
    END IF;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION public.give_attempts_back(cleared bytea[], lowered bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  DELETE FROM public.attempt_buckets WHERE key = ANY (cleared);
  FOR i IN 1 .. cardinality(lowered) LOOP
    UPDATE public.attempt_buckets SET count = count - 1 WHERE key = lowered[i] AND count > 0;
  END LOOP;
END $$;

-- Waits for nobody. Buckets of unknown accounts and addresses are kept up to the bound: those that end first go.
CREATE OR REPLACE FUNCTION public.delete_old_attempts(at timestamptz, bound int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  DELETE FROM public.attempt_buckets WHERE key IN (
    SELECT key FROM public.attempt_buckets WHERE ends_at <= at ORDER BY ends_at LIMIT 1000 FOR UPDATE SKIP LOCKED);
  DELETE FROM public.attempt_buckets WHERE key IN (
    SELECT key FROM public.attempt_buckets WHERE NOT is_known ORDER BY ends_at
    LIMIT greatest((SELECT count(*) FROM public.attempt_buckets WHERE NOT is_known) - bound, 0) FOR UPDATE SKIP LOCKED) $$;

-- Pictures of the reader's own organisation by a part of their names. Row-level security itself cannot use the index: it evaluates no
-- comparison of strangers' rows that might tell something about them.
CREATE OR REPLACE FUNCTION public.images_named(dataset uuid, pattern text, most int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  RETURN QUERY SELECT i.id FROM public.dataset_images i
  WHERE i.org_id = public.current_org() AND i.dataset_id = dataset AND i.file_name ILIKE pattern LIMIT most;
END $$;

REVOKE ALL ON FUNCTION public.auth_token(bytea), public.touch_token(uuid, timestamptz), public.consume_token(bytea, text, timestamptz),
  public.user_for_sign_in(text), public.user_for_passkey(bytea), public.org_for_member(text, uuid), public.has_operator(), public.has_member(uuid), public.slug_taken(text), public.invitation(bytea), public.share_link(bytea),
  public.count_attempts(bytea[], int[], int[], boolean[], timestamptz), public.give_attempts_back(bytea[], bytea[]),
  public.delete_old_attempts(timestamptz, int), public.images_named(uuid, text, int),
  public.first_answer(text), public.keep_first_answer(text, text, integer, text, text, bytea) FROM PUBLIC;
