#!/usr/bin/env bash
# Makes a fresh Debian 12/13 or Ubuntu 24.04 able to build and run GpuGeek; with --tests also able to test it.
# Does nothing where nothing is missing. Without the right to install it prints the commands and exits with 1.
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
commands=()
packages=()

has_package() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }
need_package() { has_package "$1" || packages+=("$1"); }

# .NET 10 SDK
if ! { command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; }; then
  if [ "$ID" = debian ]; then
    commands+=(
      "apt-get install -y --no-install-recommends curl ca-certificates"
      "curl -fsSLo /tmp/packages-microsoft-prod.deb https://packages.microsoft.com/config/debian/${VERSION_ID}/packages-microsoft-prod.deb"
      "dpkg -i /tmp/packages-microsoft-prod.deb"
      "apt-get update -q")
  fi
  packages+=(dotnet-sdk-10.0)
fi

# PostgreSQL's programs; the packaged cluster is not wanted.
if ! { command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }; then
  commands+=(
    "mkdir -p /etc/postgresql-common"
    "sh -c \"grep -qs create_main_cluster /etc/postgresql-common/createcluster.conf || echo 'create_main_cluster = false' >> /etc/postgresql-common/createcluster.conf\"")
  packages+=(postgresql)
fi

# util-linux has setsid, setpriv and prlimit.
for package in util-linux libfontconfig1; do
  [ "$package" = libfontconfig1 ] && ! $want_tests && continue
  need_package "$package"
done

if $want_tests; then
  for package in fonts-dejavu-core python3-pil python3-torchvision libopenblas0-pthread jq curl bubblewrap; do need_package "$package"; done
  # Ubuntu's package only points to a snap: there test.sh takes the browser that Playwright brings.
  [ "$ID" != debian ] || command -v chromium >/dev/null || packages+=(chromium)
  # An S3 server to test against: OpenStack Swift with its S3 middleware; only its programs, the tests start it themselves.
  servers=()
  for package in swift-proxy swift-account swift-container swift-object memcached; do
    has_package "$package" || servers+=("$package")
  done
  packages+=("${servers[@]}")
fi

if [ ${#packages[@]} -gt 0 ]; then
  commands+=("apt-get install -y --no-install-recommends ${packages[*]}")
fi
# Debian starts what it installs; nobody asked for these to run.
if [ -d /run/systemd/system ]; then
  for server in "${servers[@]:-}"; do
    [ -z "$server" ] || commands+=("sh -c \"systemctl disable --now \$(dpkg -L $server | sed -n 's|.*/systemd/system/||p' | grep -v @) || true\"")
  done
fi

# TorchSharp's native library needs the libstdc++ of GCC 13; Debian 12 has GCC 12's, so it gets Debian 13's, pinned low so that nothing else follows.
# The whole list is read: leaving the pipe early would end ldconfig by SIGPIPE, and this script with it.
libstdcxx=$(ldconfig -p | awk '/libstdc\+\+\.so\.6 .*x86-64/ && !found { found = $NF } END { print found }')
if [ -z "$libstdcxx" ] || ! grep -q GLIBCXX_3.4.32 "$libstdcxx"; then
  if [ "$ID" = debian ] && [ "${VERSION_ID%%.*}" -le 12 ]; then
    mirror=$(grep -rhoE '^(deb |URIs: *)[^#]*https?://[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | grep -vE 'security|microsoft|postgresql' | grep -oE 'https?://[^ ]+' | sed -n 1p || true)
    commands+=(
      "sh -c \"echo 'deb ${mirror:-http://deb.debian.org/debian} trixie main' > /etc/apt/sources.list.d/gpugeek-trixie.list\""
      "sh -c \"printf 'Package: *\\nPin: release n=trixie\\nPin-Priority: 100\\n' > /etc/apt/preferences.d/gpugeek-trixie\""
      "apt-get update -q"
      "apt-get install -y --no-install-recommends -t trixie libstdc++6")
  else
    commands+=("apt-get install -y --no-install-recommends libstdc++6")
  fi
fi

[ ${#commands[@]} -eq 0 ] && exit 0
commands=("apt-get update -q" "${commands[@]}")

sudo=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo=(sudo); else dry_run=true; refused=true; fi
fi
if $dry_run; then
  [ "${refused:-}" = true ] && echo "These commands are needed once, as root:"
  printf '  %s\n' "${commands[@]}"
  [ "${refused:-}" = true ] && exit 1
  exit 0
fi

echo "Installing what is missing (once): ${packages[*]:-}" >&2
export DEBIAN_FRONTEND=noninteractive
for command in "${commands[@]}"; do
  line=${command/#apt-get /apt-get -o DPkg::Lock::Timeout=300 -q }
  if ! eval "${sudo[*]:-} env DEBIAN_FRONTEND=noninteractive $line" >>/tmp/gpugeek-prerequisites.log 2>&1; then
    echo "This step failed: $command" >&2
    tail -20 /tmp/gpugeek-prerequisites.log >&2
    exit 1
  fi
done
