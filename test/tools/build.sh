#!/usr/bin/env bash
# Builds the real tools that some tests compare with, into .cache/bin. What is there already is left alone.
# One function per tool; `npm run tools` builds those of `all`, `npm run tools -- sops_versions` any other one.
set -euo pipefail

root="$(cd "$(dirname "$0")/../.." && pwd)"
bin="$root/.cache/bin"
export GOFLAGS=-trimpath CGO_ENABLED=0
missing=()

# go_tool NAME PACKAGE@VERSION
go_tool() {
  if [ -x "$bin/$1" ]; then
    echo "$1: already in .cache/bin"
  elif command -v go >/dev/null; then
    echo "$1: building $2 …"
    # A folder of its own, since Go names the program after its package.
    mkdir -p "$bin/new"
    GOBIN="$bin/new" go install "$2"
    mv "$bin/new/$(basename "${2%@*}")" "$bin/$1"
    rmdir "$bin/new"
  else
    missing+=("$1")
  fi
}

tool_sops() { go_tool sops github.com/getsops/sops/v3/cmd/sops@v3.13.2; }
tool_age() { go_tool age filippo.io/age/cmd/age@v1.3.1; }
tool_age_keygen() { go_tool age-keygen filippo.io/age/cmd/age-keygen@v1.3.1; }
# Only the script that makes the vectors wants these: every one takes minutes.
tool_sops_versions() {
  for version in 3.9.4 3.12.1 3.13.1 3.13.3; do
    go_tool "sops-$version" "github.com/getsops/sops/v3/cmd/sops@v$version"
  done
}

all=(sops age age_keygen)

for tool in "${@:-${all[@]}}"; do
  "tool_${tool//-/_}"
done

if [ "${#missing[@]}" -gt 0 ]; then
  echo "left out, because Go is not installed (https://go.dev/dl): ${missing[*]}"
fi
