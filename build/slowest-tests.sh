#!/usr/bin/env bash
# Which tests take the time, from the results of the last ./test.sh: build/slowest-tests.sh [--methods] [HOW_MANY] [FOLDER]
set -euo pipefail
by=class
[ "${1:-}" = --methods ] && { by=method; shift; }
how_many=${1:-25} folder=${2:-$(dirname "${BASH_SOURCE[0]}")/../TestResults}
compgen -G "$folder/*.trx" > /dev/null || { echo "There is no *.trx in $folder: run ./test.sh first." >&2; exit 1; }

# A result has its name and its duration; a class is all of the name up to the method.
grep -ohE '<UnitTestResult [^>]*>' "$folder"/*.trx | awk -v by="$by" '
  function attribute(name) {
    return match($0, " " name "=\"[^\"]*\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : ""
  }
  {
    name = attribute("testName"); sub(/\(.*/, "", name); sub(/^GpuGeek\./, "", name)
    if (by == "class") sub(/\.[^.]*$/, "", name)
    split(attribute("duration"), part, ":")
    spent = part[1] * 3600 + part[2] * 60 + part[3]
    seconds[name] += spent; tests[name]++; total += spent
  }
  END {
    for (name in seconds) printf "%9.1f s %5d  %s\n", seconds[name], tests[name], name
    printf "%9.1f s         in all\n", total
  }' | sort -rn | head -n "$((how_many + 1))"
