#!/usr/bin/env bash
# What the supervision of a training takes: the processor's seconds of everything that is not the trainer (worker, database, Api, Web,
# Predictor) while it trains, beside those of the trainer and those of the same processes while nothing runs.
#
#   usage: tests/Benchmarks/supervision.sh ZIP [EPOCHS]      (GPUGEEK_WEIGHTS=DIR for machines without internet access)
#
# Build first: dotnet build src/AppHost -c Release.
set -euo pipefail
zip=$(realpath "$1") epochs=${2:-4} port=${PORT:-8178}
source "$(dirname "${BASH_SOURCE[0]}")/platform.sh"
call POST orgs/acme/projects '{"name": "Flowers", "template": "image-classification"}' > /dev/null
dataset=$(call POST orgs/acme/datasets '{"project": "flowers", "name": "flowers"}' | jq -r .id)
import=$(curl -sSf -T "$zip" -H "Authorization: Bearer $token" "$base/orgs/acme/datasets/$dataset/imports/" | jq -r .id)
until [ "$(call GET "orgs/acme/datasets/$dataset/imports/$import?wait=30" | jq -r .state)" = succeeded ]; do :; done
version=$(call POST "orgs/acme/datasets/$dataset/versions" '{"split": {"train": 0.7, "val": 0.15, "test": 0.15}, "seed": 0}' | jq -r .id)

# seconds: for each program, seconds of the processor since its start. The trainer is a program of its own here (its threads have its group).
seconds() {
  local pid program line
  ps -e -o pid= -o args= | awk '/GpuGeek|postgres/ && !/awk/ {
      n = split($2, path, "/")
      print $1, / train \/.*\/runs\// ? "trainer" : /postgres/ ? "postgres" : path[n] }' |
    while read -r pid program; do
      line=$(sed -E 's/.*\) //' "/proc/$pid/stat" 2> /dev/null) || continue
      # User and system time, and those of children that have ended.
      awk -v program="$program" '{ print program, ($12 + $13 + $14 + $15) / 100 }' <<< "$line"
    done | awk '{ sum[$1] += $2 } END { for (program in sum) print program, sum[program] }'
}

# train EPOCHS: starts a run and prints its id.
train() {
  call POST orgs/acme/runs "$(jq -n --arg v "$version" --argjson e "$1" '{project: "flowers", datasetVersion: $v,
    recipe: {preset: "balanced", compute: {precision: "float32"}, budget: {epochs: $e}}}')" | jq -r .id
}
phase() { call GET "orgs/acme/runs/$1" | jq -r '.phase // ""'; }
await() { until [ "$(call GET "orgs/acme/runs/$1?wait=30" | jq -r .state)" = succeeded ]; do kill -0 "$platform" || exit 1; done; }

# rest SECONDS RUN FROM TO: as many requests as while a run trains, while nothing runs.
rest() {
  local began
  began=$(date +%s)
  seconds > "$3"
  while [ $(($(date +%s) - began)) -lt "$1" ]; do
    phase "$2" > /dev/null
    seconds > "$4"
    sleep 3
  done
}

# A run before compiles the code that every run needs.
first=$(train 1)
await "$first"
# What a program does without a run becomes less for minutes after its start: it is measured before the run and after it.
rest 60 "$first" "$data.before" "$data.before.end"
run=$(train "$epochs")
until [ "$(phase "$run")" = training ]; do sleep 0.5; done
began=$(date +%s)
seconds > "$data.began"
while [ "$(phase "$run")" = training ]; do
  seconds > "$data.ended"
  ended=$(date +%s)
  sleep 3
done
await "$run"
wall=$((ended - began))
rest 60 "$run" "$data.after" "$data.after.end"
awk -v wall="$wall" '
  { at[FILENAME, $1] = $2; programs[$1] }
  function spent(from, to, program) { return at[ARGV[to], program] - at[ARGV[from], program] }
  END {
    trainer = spent(1, 2, "trainer")
    printf "%d s of training, %.1f s of processor; in as many seconds without a run, before and after it:\n", wall, trainer
    for (program in programs) {
      if (program == "trainer") continue
      busy = spent(1, 2, program)
      before = spent(3, 4, program) * wall / 60
      after = spent(5, 6, program) * wall / 60
      more = busy - (before + after) / 2
      printf "  %-20s %5.2f s, %5.2f and %5.2f s: %5.2f %%\n", program, busy, before, after, 100 * more / trainer
      sum += more
    }
    printf "the supervision takes %.1f %%\n", 100 * sum / trainer
  }' "$data.began" "$data.ended" "$data.before" "$data.before.end" "$data.after" "$data.after.end"
