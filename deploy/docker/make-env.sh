#!/usr/bin/env bash
# Writes .env next to docker-compose.yml, with new random secrets, readable only by its owner. An existing file is kept.
set -euo pipefail
file=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/.env}
if [ -e "$file" ]; then
  echo "$file exists and is kept: the database uses its passwords."
  exit 0
fi
secret() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }
umask 077
{
  echo "# Secrets and settings of docker-compose.yml. Keep it with the backups; never commit it."
  for name in SUPERUSER_PASSWORD OWNER_PASSWORD APP_PASSWORD SYSTEM_PASSWORD HANGFIRE_PASSWORD FRONT_SECRET S3_SECRET_KEY; do
    echo "$name=$(secret 24)"
  done
  echo "S3_ACCESS_KEY=$(secret 10)"
  echo "INSTANCE=$(secret 4)"
  echo "# The address for browsers, and the address and port to listen on."
  echo "PUBLIC_URL=http://127.0.0.1:8080"
  echo "WEB_LISTEN=127.0.0.1"
  echo "WEB_PORT=8080"
} > "$file"
echo "Wrote $file."
