#!/usr/bin/env bash
# Sets up, builds and starts GpuGeek. Ctrl-C stops it in order and keeps the data.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
usage: ./run.sh [options]
       ./run.sh backup DIR [--data DIR]    writes database, objects and keys into a new folder, without stopping
       ./run.sh restore DIR [--data DIR]   creates a data directory from a backup (docs/backup.md)

  --port N        port of the page (default 8080)
  --listen ADDR   address to listen on (default 127.0.0.1: this machine only)
  --data DIR      data directory (default /var/lib/gpugeek as root, else ~/.local/share/gpugeek)
  --reset         deletes the data directory first (asks; --yes does not)
  --demo          creates a sample dataset, trains a small network, deploys it, predicts, and prints the results
  --help          this text

GPUGEEK_WEIGHTS=DIR reads pretrained weights from a folder instead of the internet.
TEXT
}

arguments=()
built=false
program=src/AppHost/bin/Release/net10.0/GpuGeek.AppHost
case ${1:-} in
  backup|restore)
    [ $# -gt 1 ] || { echo "$1 needs a directory." >&2; exit 2; }
    # Relative to the caller's directory, not to this script's.
    case $2 in /*) folder=$2 ;; *) folder=$OLDPWD/$2 ;; esac
    if [ "$1" = backup ]; then arguments+=(backup --to "$folder"); else arguments+=(restore --from "$folder"); fi
    # Not built again: a build would replace the files of a running platform.
    if [ -x "$program" ]; then built=true; fi
    shift 2
    ;;
esac
data=""
reset=false
yes=false
while [ $# -gt 0 ]; do
  case $1 in
    --help|-h) usage; exit 0 ;;
    --reset) reset=true ;;
    --yes) yes=true ;;
    --data) [ $# -gt 1 ] || { echo "--data needs a directory." >&2; exit 2; }; data=$2; arguments+=(--data "$2"); shift ;;
    --port|--listen) [ $# -gt 1 ] || { echo "$1 needs a value." >&2; exit 2; }; arguments+=("$1" "$2"); shift ;;
    --demo) arguments+=(--demo) ;;
    *) echo "Unknown option '$1'." >&2; usage >&2; exit 2 ;;
  esac
  shift
done

$built || bash deploy/prerequisites.sh

if $reset; then
  if [ -z "$data" ]; then
    if [ "$(id -u)" -eq 0 ]; then data=/var/lib/gpugeek; else data=${XDG_DATA_HOME:-$HOME/.local/share}/gpugeek; fi
  fi
  # Only a data directory of GpuGeek is deleted; it has a lock file.
  if [ -e "$data" ]; then
    [ -e "$data/lock" ] || { echo "$data does not look like a data directory of GpuGeek; nothing was deleted." >&2; exit 1; }
    if ! $yes; then
      read -r -p "Delete everything in $data - datasets, models, accounts? Type yes: " answer
      [ "$answer" = yes ] || { echo "Nothing was deleted."; exit 1; }
    fi
    rm -rf -- "$data"
  fi
fi

# MSBuild takes several seconds even if nothing has changed, so it is skipped when no source is newer than the last build.
stamp=src/AppHost/bin/Release/.built
newer() { [ ! -e "$stamp" ] || [ -n "$(find src build deploy Directory.Build.props Directory.Build.targets Directory.Packages.props global.json -newer "$stamp" -type f -not -path '*/bin/*' -not -path '*/obj/*' -print -quit)" ]; }
if ! $built && newer; then
  echo "Building (a few minutes the first time)..." >&2
  if ! dotnet build src/AppHost -c Release -v quiet -nologo -clp:NoSummary > /tmp/gpugeek-build.$$ 2>&1; then
    cat /tmp/gpugeek-build.$$ >&2
    rm -f /tmp/gpugeek-build.$$
    echo "The build failed; the errors are above." >&2
    exit 1
  fi
  rm -f /tmp/gpugeek-build.$$
  touch "$stamp"
fi
# A script's "&" starts commands with SIGINT ignored, and child processes inherit that: Ctrl-C would not reach them.
exec env --default-signal=INT,QUIT "$program" "${arguments[@]}"
