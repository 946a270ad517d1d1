#!/usr/bin/env bash
# Sets up what the tests need and runs them. Last line: "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fast=false
for argument in "$@"; do
  case $argument in
    --fast) fast=true ;;
    --all) export GPUGEEK_LONG_TESTS=1 ;;
    --help|-h)
      echo "usage: ./test.sh [--fast | --all]   --fast leaves out the browser and the end-to-end tests, --all adds the long ones"
      exit 0
      ;;
    *) echo "Unknown option '$argument'; see --help." >&2; exit 2 ;;
  esac
done

bash deploy/prerequisites.sh --tests
export GPUGEEK_REQUIRE_PEERS=1

started=$SECONDS
echo "Building..."
# The build does not keep both cores busy: the formatter looks at the sources beside it.
layout=$(mktemp)
(dotnet tool restore && dotnet csharpier check .) > "$layout" 2>&1 &
formatter=$!
dotnet build GpuGeek.sln -c Release -v quiet -nologo -clp:NoSummary
wait "$formatter" || { cat "$layout" >&2; echo "Format the files that are named: dotnet csharpier format ." >&2; exit 1; }
rm "$layout"
echo "Built in $((SECONDS - started)) s."

if ! $fast && ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
  playwright=tests/EndToEnd.Tests/bin/Release/net10.0/.playwright
  "$playwright"/node/linux-*/node "$playwright/package/cli.js" install --with-deps chromium
fi

# A process of a test lives for seconds: what the compiler would learn from its first calls, and the better code it would write then, come
# too late to be of use.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=300

results=TestResults
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0 skipped=0 broken=()

# run PROJECT: its results, its log and how it ended, as files.
run() {
  local name=$1.Tests started=$SECONDS code=0 cpu TIMEFORMAT='%U %S'
  cpu=$({ time "tests/$name/bin/Release/net10.0/GpuGeek.$name" -noLogo -noColor -result-trx "$results/$name.trx" \
    > "$results/$name.log" 2>&1 < /dev/null; } 2>&1) || code=$?
  echo "$code $((SECONDS - started)) $(awk '{ print int($1 + $2) }' <<< "$cpu")" > "$results/$name.end"
}

# failures PROJECT: each failed test with the beginning of what it said, and what failed in the server, from the log.
failures() {
  awk '/\[FAIL\]$/ { left = 30 } left > 0 && /^    [^ ]/ && !/\[FAIL\]$/ { left = 0 } left > 0 { print; left-- }' "$results/$1.log"
  grep -A 3 'failed; request' "$results/$1.log" || true
}

# report PROJECT: one line for the project; the processor's seconds show where projects can run at the same time.
report() {
  local name=$1.Tests code seconds cpu counters total ok bad
  read -r code seconds cpu < "$results/$name.end"
  counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null || true)
  count() { sed -nE "s/.* $1=\"([0-9]+)\".*/\1/p" <<< "$counters"; }
  total=$(count total) ok=$(count passed) bad=$(count failed)
  total=${total:-0} ok=${ok:-0} bad=${bad:-0}
  printf '%-20s %4d passed, %d failed, %d skipped in %d s (%d s of processor)\n' \
    "$name" "$ok" "$bad" "$((total - ok - bad))" "$seconds" "$cpu"
  skipped=$((skipped + total - ok - bad))
  if [ "$code" -ne 0 ] || [ "$bad" -gt 0 ] || [ "$ok" -eq 0 ]; then
    broken+=("$name")
    [ "$bad" -gt 0 ] || { bad=1; tail -n 60 "$results/$name.log"; }
  fi
  passed=$((passed + ok)) failed=$((failed + bad))
}

# together LANE...: lanes run at the same time, the projects of a lane one after the other. What trains from end to end has the machine alone.
together() {
  local lanes=() lane project
  if [ $# -eq 1 ]; then
    for project in $1; do run "$project"; done
  else
    for lane in "$@"; do
      # What a script starts in the background may ignore Ctrl-C, and so would every process that a test starts.
      (trap - INT; for project in $lane; do run "$project"; done) &
      lanes+=($!)
    done
    wait "${lanes[@]}"
  fi
  for lane in "$@"; do
    for project in $lane; do report "$project"; done
  done
}

together "Api" "Storage Imaging Inference Web Domain Architecture Gpu"
# The trainer's tests keep one core busy for most of their time, the other two wait for children and databases.
together "Training" "Worker" "Deploy"
$fast || together "EndToEnd"

for name in "${broken[@]}"; do
  echo "Failed in $name:"
  failures "$name"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
