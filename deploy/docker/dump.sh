#!/usr/bin/env bash
# Dumps the database into $DUMPS before any migration: at-MIGRATION.dump, named after its last migration. The next start of
# the same version replaces the dump; a newer version keeps it. The server is set by PGHOST and the related variables.
set -euo pipefail
umask 077
history=$(psql -Atq -c "SELECT to_regclass('public.__ef_migrations_history')")
[ -n "$history" ] || { echo "The database is new: there is nothing to dump."; exit 0; }
last=$(psql -Atq -c 'SELECT max(migration_id) FROM public.__ef_migrations_history')
[ -n "$last" ] || { echo "The database is new: there is nothing to dump."; exit 0; }
file=$DUMPS/at-$last.dump
if ! pg_dump -Fc -N hangfire -f "$file.part"; then
  rm -f "$file.part"
  echo "The database dump failed, so the database is not migrated. Free disk space or check the server, then start again." >&2
  exit 1
fi
sync "$file.part"
mv -f "$file.part" "$file"
# File names start with the time of the migration.
find "$DUMPS" -maxdepth 1 -name 'at-*.dump' | sort -r | tail -n +4 | while IFS= read -r old; do rm -f "$old"; done
echo "Dumped to $file."
