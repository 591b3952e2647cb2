#!/usr/bin/env bash
# Packages the charts under a version and pushes them: publish-charts.sh VERSION oci://HOST/PATH. Without an address only packages.
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:?publish-charts.sh VERSION [oci://HOST/PATH]}
address=${2:-}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
helm package helm/copse --version "$version" --app-version "$version" --destination "$out"
# MLflow's chart carries MLflow's version.
helm package helm/mlflow --version "$version" --destination "$out"
for chart in "$out"/*.tgz; do
  if [[ -n $address ]]; then
    helm push "$chart" "$address"
  else
    echo "packaged $(basename "$chart")"
  fi
done
