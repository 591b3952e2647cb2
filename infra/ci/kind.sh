#!/usr/bin/env bash
# The suites that need an engine, on kind: images, compose, alerts, charts, deployments. Needs docker, kind, kubectl and helm.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit

npx --yes pnpm@12 install --frozen-lockfile || exit
# For test:alerts, which installs them itself for root only.
command -v prometheus-alertmanager || { sudo apt-get update -qq && sudo apt-get install -y -qq prometheus prometheus-alertmanager; }
KUBECONFIG=$(mktemp)
export KUBECONFIG COPSE_TEST_LOAD='kind load docker-image --name copse'
kind create cluster --name copse --config infra/ci/kind.yaml --wait 2m || exit
trap 'kind delete cluster --name copse; rm -f "$KUBECONFIG"' EXIT
failed=0
# Versions of the stack's images that no registry has would be found only by whoever starts the stack.
node infra/compose/pin.ts || failed=1
for suite in test:image test:compose test:alerts test:cluster test:deploy; do
  echo "== $suite"
  npx --yes pnpm@12 "$suite" || failed=1
done
exit "$failed"
