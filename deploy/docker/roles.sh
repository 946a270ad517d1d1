# Run once by the postgres image in a new cluster. It is sourced, so it changes no option of the shell.
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
  -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" -v system_password="$SYSTEM_PASSWORD" -v hangfire_password="$HANGFIRE_PASSWORD" \
  -f /roles.sql -c "REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC"
