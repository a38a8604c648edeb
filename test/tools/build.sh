#!/usr/bin/env bash
# Builds the real tools that some tests compare with, into .cache/bin. What is there already is left alone.
# One function per tool; `npm run tools` builds all of them, `npm run tools -- sops` one.
set -euo pipefail

root="$(cd "$(dirname "$0")/../.." && pwd)"
bin="$root/.cache/bin"
export GOBIN="$bin" GOFLAGS=-trimpath CGO_ENABLED=0

# go_tool NAME PACKAGE@VERSION
go_tool() {
  if [ -x "$bin/$1" ]; then
    echo "$1: already in .cache/bin"
    return
  fi
  if ! command -v go >/dev/null; then
    echo "$1: left out, because Go is not installed (https://go.dev/dl)"
    return
  fi
  echo "$1: building $2 …"
  mkdir -p "$bin"
  go install "$2"
}

tool_sops() { go_tool sops github.com/getsops/sops/v3/cmd/sops@v3.13.2; }
tool_age() { go_tool age filippo.io/age/cmd/age@v1.3.1; }
tool_age_keygen() { go_tool age-keygen filippo.io/age/cmd/age-keygen@v1.3.1; }

all=(sops age age_keygen)

for tool in "${@:-${all[@]}}"; do
  "tool_${tool//-/_}"
done
