#!/usr/bin/env bash
# Installs the peer that serving is compared with: Debian's Flask and torchvision.
set -euo pipefail
bash "$(dirname "${BASH_SOURCE[0]}")/torchvision.sh"
dpkg-query -W -f='${Status}\n' python3-flask python3-pil 2>/dev/null | grep -c '^install ok installed$' | grep -qx 2 && exit 0
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends python3-flask python3-pil
