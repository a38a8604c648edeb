#!/usr/bin/env bash
# Builds the real programs that tests compare with and run against, into .cache/bin. One that is there in its version is
# left alone; a file NAME.version beside it says which one that is.
#
#   npm run tools                    sops and age
#   npm run tools -- cluster         etcd, the Kubernetes control plane, kubectl, helm 3 and 4, helm-docs
#   npm run tools -- kubectl helm    those named, for instance kube_apiserver_previous
#
# Programs of the cluster that KUBEBUILDER_ASSETS holds, or TEST_ASSET_ETCD and its sisters name, are not built.
set -euo pipefail

SOPS=3.13.2
AGE=1.3.1
ETCD=3.6.8
KUBERNETES=1.36.3
# The minor before, whose API server alone is tried, too.
KUBERNETES_PREVIOUS=1.35.4
HELM=4.2.4
HELM3=3.19.0
HELM_DOCS=1.14.2

ALL=(sops age age_keygen)
CLUSTER=(etcd kube_apiserver kube_controller_manager kubectl helm helm3 helm_docs)

here="$(cd "$(dirname "$0")" && pwd)"
bin="$(cd "$here/../.." && pwd)/.cache/bin"
# Never another Go than the one that is installed.
export GOFLAGS=-trimpath CGO_ENABLED=0 GOTOOLCHAIN="${GOTOOLCHAIN:-local}"
missing=()

# wanted NAME VERSION: whether it has to be built.
wanted() {
  if [ -x "$bin/$1" ] && [ "$(cat "$bin/$1.version" 2>/dev/null)" = "$2" ]; then
    echo "$1: $2 is in .cache/bin"
    return 1
  fi
  if ! command -v go >/dev/null; then
    missing+=("$1")
    return 1
  fi
  echo "$1: building $2 …"
  mkdir -p "$bin"
}

# given NAME: whether somebody brought it along.
given() {
  local variable
  variable="TEST_ASSET_$(tr 'a-z-' 'A-Z_' <<<"$1")"
  if [ -x "${!variable:-}" ] || [ -x "${KUBEBUILDER_ASSETS:+$KUBEBUILDER_ASSETS/$1}" ]; then
    echo "$1: given"
    return 0
  fi
  return 1
}

# Puts a new program in its place in one step, since the old one may be running.
place() {
  mv "$1" "$bin/$2"
  echo "$3" >"$bin/$2.version"
}

# go_tool NAME PACKAGE VERSION [LINKER FLAGS]
go_tool() {
  wanted "$1" "$3" || return 0
  # A folder of its own, since Go names the program after its package.
  local new
  new="$(mktemp -d "$bin/new.XXXXXX")"
  GOBIN="$new" go install -ldflags "-s -w ${4:-}" "$2@v$3"
  place "$new/$(basename "$2")" "$1" "$3"
  rm -r "$new"
}

# module_tool NAME FOLDER PACKAGE VERSION [LINKER FLAGS]: what cannot be installed by itself, because its module replaces
# others. The folder's go.mod names the versions.
module_tool() {
  wanted "$1" "$4" || return 0
  local new="$bin/$1.new"
  (cd "$here/$2" && go build -ldflags "-s -w ${5:-}" -o "$new" "$3")
  place "$new" "$1" "$4"
}

# kube NAME PROGRAM FOLDER VERSION: without these flags, the server calls itself v0.0.0.
kube() {
  local flags="" package
  IFS=. read -r major minor _ <<<"$4"
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=v$4 -X $package.gitMajor=$major -X $package.gitMinor=$minor"
    flags+=" -X $package.gitTreeState=clean -X $package.gitCommit=$(printf '0%.0s' {1..40})"
    flags+=" -X $package.buildDate=1970-01-01T00:00:00Z"
  done
  module_tool "$1" "$3" "k8s.io/kubernetes/cmd/$2" "$4" "$flags"
}

tool_sops() { go_tool sops github.com/getsops/sops/v3/cmd/sops "$SOPS"; }
tool_age() { go_tool age filippo.io/age/cmd/age "$AGE"; }
tool_age_keygen() { go_tool age-keygen filippo.io/age/cmd/age-keygen "$AGE"; }
# Only the script that makes the vectors wants these: every one takes minutes.
tool_sops_versions() {
  for version in 3.9.4 3.12.1 3.13.1 3.13.3; do
    go_tool "sops-$version" github.com/getsops/sops/v3/cmd/sops "$version"
  done
}

tool_etcd() { given etcd || module_tool etcd etcd go.etcd.io/etcd/server/v3 "$ETCD"; }
tool_kube_apiserver() { given kube-apiserver || kube kube-apiserver kube-apiserver kube "$KUBERNETES"; }
tool_kube_apiserver_previous() {
  kube kube-apiserver-previous kube-apiserver kube-previous "$KUBERNETES_PREVIOUS"
}
tool_kube_controller_manager() { given kube-controller-manager || kube kube-controller-manager kube-controller-manager kube "$KUBERNETES"; }
tool_kubectl() { given kubectl || kube kubectl kubectl kube "$KUBERNETES"; }
tool_helm() {
  given helm || go_tool helm helm.sh/helm/v4/cmd/helm "$HELM" "-X helm.sh/helm/v4/internal/version.version=v$HELM"
}
tool_helm3() {
  given helm3 || go_tool helm3 helm.sh/helm/v3/cmd/helm "$HELM3" "-X helm.sh/helm/v3/internal/version.version=v$HELM3"
}
tool_helm_docs() {
  given helm-docs || go_tool helm-docs github.com/norwoodj/helm-docs/cmd/helm-docs "$HELM_DOCS"
}
tool_cluster() { for tool in "${CLUSTER[@]}"; do "tool_$tool"; done; }

for tool in "${@:-${ALL[@]}}"; do
  "tool_${tool//-/_}"
done

if [ "${#missing[@]}" -gt 0 ]; then
  echo "left out, because Go is not installed (https://go.dev/dl): ${missing[*]}"
fi
