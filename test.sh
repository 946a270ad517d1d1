#!/usr/bin/env bash
# Sets up what the tests need and runs them. Last line: "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fast=false
for argument in "$@"; do
  case $argument in
    --fast) fast=true ;;
    --all) export GPUGEEK_LONG_TESTS=1 ;;
    --help|-h) echo "usage: ./test.sh [--fast | --all]   --fast leaves out the browser and the end-to-end tests, --all adds the long ones"; exit 0 ;;
    *) echo "Unknown option '$argument'; see --help." >&2; exit 2 ;;
  esac
done

bash deploy/prerequisites.sh --tests
export GPUGEEK_REQUIRE_PEERS=1

started=$SECONDS
echo "Building..."
dotnet build GpuGeek.sln -c Release -v quiet -nologo -clp:NoSummary
echo "Built in $((SECONDS - started)) s."

if ! $fast && ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
  playwright=tests/EndToEnd.Tests/bin/Release/net10.0/.playwright
  "$playwright"/node/linux-*/node "$playwright/package/cli.js" install --with-deps chromium
fi

results=TestResults
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0 skipped=0 broken=()
for project in Domain Architecture Imaging Inference Training Storage Api Worker Web Deploy EndToEnd; do
  name=$project.Tests
  $fast && [ "$project" = EndToEnd ] && continue
  started=$SECONDS
  code=0
  "tests/$name/bin/Release/net10.0/GpuGeek.$name" -noLogo -noColor -trx "$results/$name.trx" > "$results/$name.log" 2>&1 < /dev/null || code=$?
  counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null || true)
  count() { sed -nE "s/.* $1=\"([0-9]+)\".*/\1/p" <<< "$counters"; }
  total=$(count total) ok=$(count passed) bad=$(count failed)
  total=${total:-0} ok=${ok:-0} bad=${bad:-0}
  skip=$((total - ok - bad))
  printf '%-20s %4d passed, %d failed, %d skipped in %d s\n' "$name" "$ok" "$bad" "$skip" $((SECONDS - started))
  if [ "$code" -ne 0 ] || [ "$bad" -gt 0 ] || [ "$ok" -eq 0 ]; then
    broken+=("$name")
    [ "$bad" -eq 0 ] && bad=1
    tail -n 120 "$results/$name.log"
  fi
  grep -hE 'SKIP' "$results/$name.log" | head -20 || true
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
done

[ ${#broken[@]} -eq 0 ] || echo "Failed in: ${broken[*]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
