#!/usr/bin/env bash
# How long the import of many small pictures takes, and how much memory each process has meanwhile; beside it, on the same files, `unzip` and
# thumbnails of 256 pixels by Pillow in as many processes as the machine has processors.
#
#   usage: tests/Benchmarks/import.sh [PICTURES]      (without: 10000)
#
# Build first: dotnet build src/AppHost -c Release. Needs Debian's python3-pil.
port=${PORT:-8180} count=${1:-10000}
source "$(dirname "${BASH_SOURCE[0]}")/platform.sh"
peer() { /usr/bin/python3 "$root/tests/Peers/import_peer.py" "$@"; }
peer generate "$data.zip" "$count" >&2
call POST orgs/acme/projects '{"name": "Many", "template": "image-classification"}' > /dev/null
dataset=$(call POST orgs/acme/datasets '{"project": "many", "name": "many"}' | jq -r .id)

# memory: writes the largest resident size of each program, until it is killed.
memory() {
  while sleep 0.5; do
    ps -e -o rss= -o args= | awk '/GpuGeek|postgres/ && !/awk/ {
      n = split($2, path, "/")
      print / import \//? "importer" : /postgres/ ? "postgres" : path[n], $1 }'
  done > "$data.memory"
}
memory &
watching=$!
began=$(date +%s%N)
import=$(curl -sSf -T "$data.zip" -H "Authorization: Bearer $token" "$base/orgs/acme/datasets/$dataset/imports/" | jq -r .id)
sent=$(date +%s%N)
until state=$(call GET "orgs/acme/datasets/$dataset/imports/$import?wait=60" | jq -r .state); [ "$state" = succeeded ]; do
  [ "$state" != failed ] || { call GET "orgs/acme/datasets/$dataset/imports/$import" >&2; exit 1; }
done
ended=$(date +%s%N)
kill "$watching"
awk -v n="$count" -v sent="$((sent - began))" -v all="$((ended - began))" -v bytes="$(stat -c %s "$data.zip")" 'BEGIN {
  printf "%d pictures, %.0f MB: %.1f s with the upload (%.1f s), %.0f pictures/s\n", n, bytes / 1e6, all / 1e9, sent / 1e9, n / (all / 1e9) }'
echo "largest resident size of a process:"
awk '$2 > most[$1] { most[$1] = $2 } END { for (program in most) printf "  %-20s %5.0f MB\n", program, most[program] / 1024 }' "$data.memory" | sort
kill "$platform"
wait "$platform" || true
peer import "$data.zip" "$data/peer"
