#!/usr/bin/env bash
# How long a dataset of many pictures takes: a page of the gallery, with filters, from its beginning and from its middle; its figures;
# changes of many pictures at once; and a version, with the Api's memory before it, at most and after it. The pictures are rows alone,
# written by SQL: no bytes belong to them. A tenth of them are in groups of four, and one of fifty looks like another.
#
#   usage: tests/Benchmarks/rows.sh [PICTURES...]      (without: 10000 100000)
#
# Build first: dotnet build src/AppHost -c Release.
set -euo pipefail
port=${PORT:-8179} requests=${REQUESTS:-100}
[ $# -gt 0 ] || set -- 10000 100000
source "$(dirname "${BASH_SOURCE[0]}")/platform.sh"
api=$(pgrep -P "$platform" -f GpuGeek.Api)
call POST orgs/acme/projects '{"name": "Rows", "template": "image-classification"}' > /dev/null

# times NAME PATH: milliseconds of half and of 95 % of the requests.
times() {
  for _ in $(seq "$requests"); do
    curl -sSf -o /dev/null -w '%{time_total}\n' "$base/$2" -H "Authorization: Bearer $token"
  done | sort -n | awk -v name="$1" '{ t[NR] = $1 * 1000 } END { printf "  %-44s %7.1f %7.1f ms\n", name, t[int((NR + 1) / 2)], t[int(NR * 0.95 + 0.5)] }'
}
# once NAME PATH BODY: seconds of one request.
once() {
  curl -sSf -o "$data.answer" -w '%{time_total}' -X POST "$base/$2" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "$3" |
    awk -v name="$1" '{ printf "  %-44s %7.2f s\n", name, $1 }'
}

# version NAME PATH BODY: the same, with the largest and the last resident size of the Api.
version() {
  local status=/proc/$api/status
  sleep 2
  echo 5 > "/proc/$api/clear_refs"
  local before=$(awk '/VmRSS/ { print $2 }' "$status")
  once "$1" "$2/versions" "$3"
  local peak=$(awk '/VmHWM/ { print $2 }' "$status")
  sleep 2
  awk -v before="$before" -v peak="$peak" '/VmRSS/ { printf "  %-44s %7.0f, %.0f, %.0f MB\n", "  before, at most, after",
    before / 1024, peak / 1024, $2 / 1024 }' "$status"
}

# relabel PATH: a thousand pictures, one request each.
relabel() {
  local begun=$(date +%s%N)
  call GET "$1/images?limit=200&class=class%205" | jq -r '.items[].id' > "$data.ids"
  for round in 1 2 3 4 5; do
    while read -r id; do
      printf 'url = "%s"\nrequest = PATCH\ndata = "{\\"class\\": \\"class %d\\"}"\n' "$base/$1/images/$id" $((round % 2 ? 6 : 5))
      printf 'header = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\noutput = /dev/null\nnext\n' "$token"
    done < "$data.ids"
  done | sed '$d' > "$data.patches"
  curl -sSf -K "$data.patches"
  awk -v ns="$(($(date +%s%N) - begun))" -v n="$(($(wc -l < "$data.ids") * 5))" 'BEGIN { printf "  %d relabelled one by one in %.1f s\n", n, ns / 1e9 }'
}

for count in "$@"; do
  dataset=$(call POST orgs/acme/datasets "$(jq -n --arg n "$count" '{project: "rows", name: $n}')" | jq -r .id)
  sql "INSERT INTO dataset_classes (org_id, id, dataset_id, name)
         SELECT d.org_id, gen_random_uuid(), d.id, 'class ' || c FROM datasets d, generate_series(1, 10) c WHERE d.id = '$dataset';
       INSERT INTO dataset_images (org_id, id, dataset_id, import_id, class_id, hash, file_name, split, format, width, height, bytes, created_at,
         perceptual_hash, group_name)
         SELECT d.org_id, (lpad(to_hex($count), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, d.id, d.id,
           (SELECT array_agg(id ORDER BY name) FROM dataset_classes WHERE dataset_id = d.id)[1 + i % 10],
           encode(sha256(('$count ' || i)::bytea), 'hex'), 'photo ' || md5(i::text) || '.jpg', NULL, 'jpeg', 640, 480, 1, now(),
           sha256(('look ' || (i / 1.02)::int)::bytea) || '\x00'::bytea, CASE WHEN i % 10 = 0 THEN 'group ' || i / 40 END
         FROM datasets d, generate_series(1, $count) i WHERE d.id = '$dataset';
       ANALYZE dataset_images;"
  path=orgs/acme/datasets/$dataset
  after=$(printf '%08x-0000-7000-8000-%012x' "$count" $((count / 2)) | base64 | tr '+/' '-_' | tr -d '=')
  echo "$count pictures (half of $requests requests, 95 % of them):"
  times "a page of 50" "$path/images"
  times "a page from the middle" "$path/images?after=$after"
  times "a page of one class" "$path/images?class=class%203"
  times "a page of one class from the middle" "$path/images?class=class%203&after=$after"
  times "a page of pictures without a split" "$path/images?split=none"
  times "a page by a part of the name" "$path/images?q=abc1"
  times "a page by a name that nobody has" "$path/images?q=zzzz"
  times "a jump to nine tenths" "$path/images?at=$((count * 9 / 10))"
  times "a jump to nine tenths, by name" "$path/images?sort=name&at=$((count * 9 / 10))"
  times "a page of the largest" "$path/images?sort=-size"
  times "how many have a part of the name" "$path/images/count?q=abc1"
  times "the figures" "$path/stats"
  relabel "$path" > "$data.relabelled" &
  relabelling=$!
  times "a jump while 1,000 are relabelled" "$path/images?at=$((count * 9 / 10))"
  times "a page of one class meanwhile" "$path/images?class=class%203"
  times "the figures meanwhile" "$path/stats"
  kill -0 "$relabelling" || echo "  (the 1,000 ended before these measurements did)"
  wait "$relabelling"
  cat "$data.relabelled"
  once "all of one class relabelled" "$path/images/edits" '{"filter": {"class": "class 3"}, "class": "class 4"}'
  once "undone" "$path/images/edits/$(jq -r .id "$data.answer")/undo" '{}'
  version "a version" "$path" '{"seed": 1}'
  version "another one, with the splits of the first" "$path" '{"seed": 1}'
  version "a fold of five" "$path" '{"seed": 1, "folds": 5, "fold": 2}'
done
