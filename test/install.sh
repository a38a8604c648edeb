#!/usr/bin/env bash
# Packs the project, installs the package into an empty folder, and runs it as its user would.
set -euo pipefail
project="$(cd "$(dirname "$0")/.." && pwd)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
node="$project/node_modules/.bin/node"

(cd "$project" && npm pack --silent --ignore-scripts --pack-destination "$folder" >/dev/null)
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ./tenon-*.tgz >/dev/null
"$node" node_modules/tenon/dist/main.js version
"$node" node_modules/tenon/dist/main.js services jira >/dev/null
"$node" node_modules/tenon/dist/main.js validate -f "$project/examples/acme"
echo 'the packed program runs'
