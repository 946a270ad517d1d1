#!/usr/bin/env bash
# Installs the peer that the networks are compared with: Debian's torchvision, and OpenBLAS, without which its PyTorch multiplies with reference BLAS.
set -euo pipefail
packages=(python3-torchvision libopenblas0-pthread)
dpkg-query -W -f='${Status}\n' "${packages[@]}" 2>/dev/null | grep -c '^install ok installed$' | grep -qx 2 && exit 0
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get -q -o DPkg::Lock::Timeout=300 update
"${sudo[@]}" apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${packages[@]}"
