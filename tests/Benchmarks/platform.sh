# Sourced by the other scripts of this folder, which set `port`: starts the whole installation on an empty data directory and registers the
# organisation `acme`. It gives them $root, $data (a directory; what begins with its name is deleted at the end), $base, $token, `call`
# and `sql`.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
data=$(mktemp -d /tmp/gpugeek-benchmark.XXXXXX)
chmod 755 "$data"
env --default-signal=INT,QUIT "$root/src/AppHost/bin/Release/net10.0/GpuGeek.AppHost" --data "$data" --port "$port" > "$data.log" 2>&1 &
platform=$!
finish() {
  kill "$platform" 2> /dev/null || true
  wait "$platform" || true
  rm -rf "$data" "$data".*
}
trap finish EXIT

base=http://127.0.0.1:$port/api/v1
setup=""
while [ -z "$setup" ]; do
  kill -0 "$platform" || { cat "$data.log" >&2; exit 1; }
  setup=$(grep -o 'gg_setup_[A-Za-z0-9_]*' "$data.log" | head -1 || true)
  sleep 1
done
token=""
# call METHOD PATH [BODY]
call() { curl -sSf -X "$1" "$base/$2" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' ${3:+-d "$3"}; }
token=$(call POST account/register "$(jq -n --arg t "$setup" '{email: "bench@example.org", password: "a long enough phrase", displayName: "Bench",
  organization: "Acme", setupToken: $t}')" | jq -r .token)
postmaster=$data/postgres/cluster/postmaster.pid
# sql STATEMENTS
sql() { PGPASSWORD=$(cat "$data/postgres/password") psql -h 127.0.0.1 -p "$(sed -n 4p "$postmaster")" -U gpugeek_super -d gpugeek -qAt -c "$1"; }
