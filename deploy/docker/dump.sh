#!/usr/bin/env bash
# Dumps the database into $DUMPS before anything migrates it: at-MIGRATION.dump, named by the last migration that it has. The next start of
# the same version replaces it, and a newer version leaves it as it was. The server is named by PGHOST and its like.
set -euo pipefail
umask 077
history=$(psql -Atq -c "SELECT to_regclass('public.__ef_migrations_history')")
[ -n "$history" ] || { echo "The database is new: there is nothing to dump."; exit 0; }
last=$(psql -Atq -c 'SELECT max(migration_id) FROM public.__ef_migrations_history')
[ -n "$last" ] || { echo "The database is new: there is nothing to dump."; exit 0; }
file=$DUMPS/at-$last.dump
if ! pg_dump -Fc -N hangfire -f "$file.part"; then
  rm -f "$file.part"
  echo "The database was not dumped, so it is not migrated. Free the disk or look at the server, then start again." >&2
  exit 1
fi
sync "$file.part"
mv -f "$file.part" "$file"
# Names begin with the time of their migration.
find "$DUMPS" -maxdepth 1 -name 'at-*.dump' | sort -r | tail -n +4 | while IFS= read -r old; do rm -f "$old"; done
echo "Dumped to $file."
