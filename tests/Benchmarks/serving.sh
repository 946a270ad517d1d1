#!/usr/bin/env bash
# Measures the whole platform: starts it on an empty data directory, trains MobileNetV2 for two organisations and loads their deployments;
# beside it, in the same rounds, Flask with PyTorch (tests/Peers/flask.sh installs it), if WEIGHTS names torchvision's file of MobileNetV2.
#
#   usage: tests/Benchmarks/serving.sh ZIP PICTURE [WEIGHTS]      (GPUGEEK_WEIGHTS=DIR for machines without internet access)
#
# Build first: dotnet build src/AppHost -c Release; dotnet build tests/Benchmarks -c Release. On a machine that does other work too, only rows
# of the same round can be compared.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
zip=$(realpath "$1") picture=$(realpath "$2") port=${PORT:-8178}
data=$(mktemp -d /tmp/gpugeek-serving.XXXXXX)
chmod 755 "$data"
env --default-signal=INT,QUIT "$root/src/AppHost/bin/Release/net10.0/GpuGeek.AppHost" --data "$data" --port "$port" > "$data.log" 2>&1 &
platform=$!
peer=""
finish() {
  kill "$platform" $peer 2> /dev/null || true
  wait "$platform" || true
  rm -rf "$data" "$data.log" "$data.onnx" "$data.peer.log"
}
trap finish EXIT

base=http://127.0.0.1:$port
setup=""
while [ -z "$setup" ]; do
  kill -0 "$platform" || { cat "$data.log" >&2; exit 1; }
  setup=$(grep -o 'gg_setup_[A-Za-z0-9_]*' "$data.log" | head -1 || true)
  sleep 1
done
call() { curl -sSf -X "$1" "$base/api/v1/$2" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' ${3:+-d "$3"}; }
token=""
token=$(call POST account/register "$(jq -n --arg t "$setup" '{email: "bench@example.org", password: "a long enough phrase", displayName: "Bench",
  organization: "Guest", setupToken: $t}')" | jq -r .token)
call POST orgs '{"name": "Flood"}' > /dev/null

# Prints the address of a deployment and a key.
deployed() { # ORGANISATION
  TOKEN=$token ORG=$1 BASE=$base ZIP=$zip IMAGE=$picture bash "$root/docs/main-road.sh" >&2
  call GET "orgs/$1/deployments" | jq -r '.items[0].url'
  call POST "orgs/$1/keys" '{"name": "bench", "scopes": ["predict"]}' | jq -r .key
}
{ read -r address; read -r key; } < <(deployed guest)
{ read -r other; read -r other_key; } < <(deployed flood)
model=$(call GET "orgs/guest/deployments" | jq -r '.items[0] | "\(.model)/versions/\(.version)"')
curl -sSf -o "$data.onnx" -H "Authorization: Bearer $token" "$base/api/v1/orgs/guest/models/$model/artefacts/core.onnx"

peer_address=""
if [ -n "${3:-}" ]; then
  bash "$root/tests/Peers/flask.sh"
  /usr/bin/python3 "$root/tests/Peers/flask_peer.py" "$(realpath "$3")" "$((port + 1))" > "$data.peer.log" 2>&1 &
  peer=$!
  peer_address=http://127.0.0.1:$((port + 1))/
  until curl -sSf --data-binary "@$picture" "$peer_address" > /dev/null 2>&1; do
    kill -0 "$peer" || { cat "$data.peer.log" >&2; exit 1; }
    sleep 1
  done
fi

echo "$(nproc) processors, load before: $(cut -d' ' -f1-3 /proc/loadavg)"
printf '%s\n%s\n' "$key" "$other_key" |
  "$root/tests/Benchmarks/bin/Release/net10.0/GpuGeek.Benchmarks" serving "$address" "$other" "$data.onnx" "$picture" "$platform" $peer_address
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
