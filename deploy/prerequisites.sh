#!/usr/bin/env bash
# Prepares a fresh Debian 12/13 or Ubuntu 24.04 to build and run GpuGeek; with --tests also to test it.
# Does nothing if nothing is missing. Without the right to install, it prints the commands and exits with 1.
# All packages come from the machine's own package sources. Microsoft's feed is added only if these have no .NET 10 SDK.
# If a step fails, the script undoes its changes.
set -euo pipefail

want_tests=false
dry_run=false
for argument in "$@"; do
  case $argument in
    --tests) want_tests=true ;;
    --dry-run) dry_run=true ;;
    *) echo "usage: deploy/prerequisites.sh [--tests] [--dry-run]" >&2; exit 2 ;;
  esac
done

. /etc/os-release
cluster_conf=/etc/postgresql-common/createcluster.conf
sdk_advice="Or install the .NET 10 SDK in another way (https://dotnet.microsoft.com/download) and put 'dotnet' on PATH."

# Pipes are read to their end: "grep -q" would exit early, and the writer would die of SIGPIPE.
# --- what is missing -------------------------------------------------------------------------------------------------
packages=()
servers=()
missing_sdk=false
missing_postgres=false

has_package() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep 'install ok installed' >/dev/null; }
need_package() { has_package "$1" || packages+=("$1"); }

if ! { command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep '^10\.' >/dev/null; }; then
  missing_sdk=true
  packages+=(dotnet-sdk-10.0)
fi
# PostgreSQL's programs; the package's default cluster is not needed.
if ! { command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }; then
  missing_postgres=true
  packages+=(postgresql)
fi
# util-linux has setsid, setpriv and prlimit.
need_package util-linux
# The allocator of trainings; newer releases call it libtcmalloc-minimal4t64, which also answers to this name.
has_package libtcmalloc-minimal4t64 || need_package libtcmalloc-minimal4
if $want_tests; then
  for package in libfontconfig1 fonts-dejavu-core python3-pil python3-sklearn python3-torchvision libopenblas0-pthread jq curl bubblewrap; do
    need_package "$package"
  done
  # Ubuntu's package only installs a snap: there test.sh uses the browser from Playwright.
  [ "$ID" != debian ] || command -v chromium >/dev/null || packages+=(chromium)
  # An S3 server to test against: OpenStack Swift with its S3 middleware; only its programs; the tests start it themselves.
  for package in swift-proxy swift-account swift-container swift-object memcached; do
    has_package "$package" || servers+=("$package")
  done
  packages+=("${servers[@]}")
fi

# Earlier versions of this script added a package source of Debian 13 to Debian 12.
leftovers=()
for file in /etc/apt/sources.list.d/gpugeek-trixie.list /etc/apt/preferences.d/gpugeek-trixie; do
  [ ! -e "$file" ] || leftovers+=("$file")
done

[ ${#packages[@]} -gt 0 ] || [ ${#leftovers[@]} -gt 0 ] || exit 0

# --- who installs ----------------------------------------------------------------------------------------------------
sudo=()
refused=false
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo=(sudo); else refused=true; fi
fi
if $refused; then
  dry_run=true
  [ ${#packages[@]} -eq 0 ] || echo "Missing: ${packages[*]}. These commands are needed once, as root:"
fi

# --- steps -----------------------------------------------------------------------------------------------------------
scratch=$(mktemp -d)
log=$scratch/log
feed_added=false
conf_made=false
conf_changed=false

undo() {
  if $feed_added && ! "${sudo[@]}" dpkg --purge packages-microsoft-prod >>"$log" 2>&1; then
    echo "Microsoft's feed could not be removed again: run 'dpkg --purge packages-microsoft-prod' as root." >&2
  fi
  if $conf_made; then
    "${sudo[@]}" rm -f "$cluster_conf"
    "${sudo[@]}" rmdir "${cluster_conf%/*}" 2>/dev/null || true
  fi
  if $conf_changed; then "${sudo[@]}" cp "$scratch/createcluster.conf" "$cluster_conf"; fi
}
finish() {
  local code=$?
  trap - EXIT
  [ "$code" -eq 0 ] || undo
  rm -rf "$scratch"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

show() {
  local word line=""
  for word in "$@"; do
    [[ $word =~ ^[A-Za-z0-9_./:=@+-]+$ ]] || word="'$word'"
    line+=" $word"
  done
  echo " $line"
}
# attempt COMMAND...: runs it as root and keeps its output for the error message.
attempt() {
  if $dry_run; then show "$@"; else "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1; fi
}
fail() {
  echo "This step failed: $1" >&2
  [ ! -s "$log" ] || tail -n 20 "$log" | sed 's/^/  /' >&2
  echo "$2" >&2
  exit 1
}
# An unreadable third-party package source is not an error: the packages may come from the other sources.
update() {
  if $dry_run; then show apt-get update; return; fi
  local code=0
  attempt apt-get -q -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 update || code=$?
  if [ "$code" -ne 0 ] || grep -q '^[EW]: ' "$log"; then
    echo "Some package sources could not be read; continuing with the others:" >&2
    grep '^[EW]: ' "$log" | head -n 6 | sed 's/^/  /' >&2 || true
  fi
}
install() {
  if $dry_run; then show apt-get install -y --no-install-recommends "$@"; return; fi
  echo "Installing (once): $*" >&2
  attempt apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" || fail "apt-get install $*" \
    "Check that 'apt-get update' reaches this machine's package mirror and that the disk has free space, then run this again."
}
has_sdk_candidate() { apt-cache policy dotnet-sdk-10.0 2>/dev/null | grep '^ *Candidate: *[0-9]' >/dev/null; }

add_feed() {
  local url=https://packages.microsoft.com/config/$ID/$VERSION_ID/packages-microsoft-prod.deb file=$scratch/packages-microsoft-prod.deb
  local needed=()
  echo "This system's package sources have no .NET 10 SDK: it comes from Microsoft's feed (packages.microsoft.com)." >&2
  has_package packages-microsoft-prod && fail "finding dotnet-sdk-10.0 in Microsoft's feed, which is set up already" \
    "Check that 'apt-get update' reaches packages.microsoft.com, then run this again. $sdk_advice"
  for package in curl ca-certificates; do has_package "$package" || needed+=("$package"); done
  [ ${#needed[@]} -eq 0 ] || install "${needed[@]}"
  ! $dry_run || file=packages-microsoft-prod.deb
  attempt curl -fsSL --retry 2 --connect-timeout 20 -o "$file" "$url" || fail "fetching $url" \
    "Let this machine reach packages.microsoft.com, then run this again. $sdk_advice"
  $dry_run || feed_added=true
  attempt dpkg -i "$file" || fail "adding Microsoft's feed" "$sdk_advice"
  update
  $dry_run || has_sdk_candidate || fail "finding dotnet-sdk-10.0 in Microsoft's feed" \
    "The feed was removed again. Let this machine reach packages.microsoft.com, then run this again. $sdk_advice"
}
refuse_cluster() {
  ! grep -qsE '^ *create_main_cluster' "$cluster_conf" || return 0
  if ! $dry_run; then
    if [ -e "$cluster_conf" ]; then cp "$cluster_conf" "$scratch/createcluster.conf"; conf_changed=true; else conf_made=true; fi
  fi
  attempt sh -c "mkdir -p ${cluster_conf%/*} && echo \"create_main_cluster = false\" >> $cluster_conf" || fail "writing $cluster_conf" \
    "Check that /etc is writable and the disk has free space, then run this again."
}

# --- what is done ----------------------------------------------------------------------------------------------------
if [ ${#leftovers[@]} -gt 0 ]; then
  echo "Removing the package source of Debian 13 that an earlier version of this script added: ${leftovers[*]}" >&2
  attempt rm -f "${leftovers[@]}" || fail "rm -f ${leftovers[*]}" "Delete these files yourself, as root."
fi
# Our own leftover files do no harm if they stay.
[ ${#packages[@]} -gt 0 ] || exit 0
update
if $missing_sdk && ! has_sdk_candidate; then add_feed; fi
if $missing_postgres; then refuse_cluster; fi
install "${packages[@]}"
feed_added=false
conf_made=false
conf_changed=false
# Debian starts installed services; these must not run.
if [ -d /run/systemd/system ]; then
  for server in "${servers[@]}"; do
    attempt sh -c "systemctl disable --now \$(dpkg -L $server | sed -n \"s|.*/systemd/system/||p\" | grep -v @) || true"
  done
fi
! $refused || exit 1
