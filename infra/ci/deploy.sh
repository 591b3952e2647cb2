#!/usr/bin/env bash
# Deploys an image by digest: deploy.sh NAME@sha256:DIGEST. With CLUSTER_SERVER set it logs in to that cluster with the
# workflow's own identity; else the cluster is the one that kubectl is set to. COPSE_VALUES is a values file.
set -euo pipefail
cd "$(dirname "$0")/../.."

image=${1:?deploy.sh NAME@sha256:DIGEST}
if [[ $image != *@sha256:* ]]; then
  echo "deploy.sh: $image must be named by digest." >&2
  exit 2
fi
if [[ -n ${CLUSTER_SERVER:-} ]]; then
  KUBECONFIG=$(mktemp)
  export KUBECONFIG
  trap 'rm -f "$KUBECONFIG"' EXIT
  url="$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${CLUSTER_AUDIENCE:-$CLUSTER_SERVER}"
  token=$(curl --fail --silent --show-error --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$url" |
    node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).value')
  ca=$(mktemp)
  printf '%s' "$CLUSTER_CA" | base64 --decode >"$ca"
  kubectl config set-cluster target --server="$CLUSTER_SERVER" --certificate-authority="$ca" --embed-certs=true
  kubectl config set-credentials workflow --token="$token"
  kubectl config set-context target --cluster=target --user=workflow
  kubectl config use-context target
  rm -f "$ca"
fi
./deploy.sh --image "$image" ${COPSE_VALUES:+--values "$COPSE_VALUES"}
