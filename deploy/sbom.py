#!/usr/bin/env python3
"""Writes what the project is made of as CycloneDX 1.6 (JSON): every package of the lock files of src/, with version and hash, and what lies in the tree itself.

usage: deploy/sbom.py [FILE]      (standard output without FILE)

Read from the lock files alone: the same checkout always gives the same bytes, without a network.
"""
import base64
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Not packages: files of others that lie in src/Web/wwwroot/vendor.
VENDORED = [("uplot", "1.6.32"), ("tus-js-client", "4.3.1"), ("@microsoft/signalr", "10.0.11")]


def packages():
    found = {}
    for lock in sorted(ROOT.glob("src/*/packages.lock.json")):
        for dependencies in json.loads(lock.read_text())["dependencies"].values():
            for name, facts in dependencies.items():
                if facts["type"] != "Project":
                    found[(name, facts["resolved"])] = facts.get("contentHash", "")
    return found


def component(name, version, content_hash):
    purl = f"pkg:nuget/{name}@{version}"
    # A lock file holds SHA-512 in base64; CycloneDX wants it in hex.
    hashes = [{"alg": "SHA-512", "content": base64.b64decode(content_hash).hex()}] if content_hash else []
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "hashes": hashes}


def vendored(name, version):
    purl = "pkg:npm/" + name.replace("@", "%40") + (f"@{version}" if version else "")
    return {"type": "library", "bom-ref": purl, "name": name, "purl": purl} | ({"version": version} if version else {})


def main():
    components = [component(name, version, digest) for (name, version), digest in sorted(packages().items(), key=lambda p: (p[0][0].lower(), p[0][1]))]
    components += [vendored(name, version) for name, version in VENDORED]
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": {"type": "application", "bom-ref": "gpugeek", "name": "GpuGeek"}}, "components": components}
    text = json.dumps(bom, indent=2) + "\n"
    if len(sys.argv) > 1:
        pathlib.Path(sys.argv[1]).write_text(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
