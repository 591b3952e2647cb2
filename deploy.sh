#!/usr/bin/env bash
# Brings Copse to the cluster that kubectl is set to; ./deploy.sh --help tells how.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
node=$root/node_modules/.bin/node
if ! command -v npx >/dev/null; then
  echo 'deploy.sh needs Node 20 or later with npm on PATH.' >&2
  exit 1
fi
if [[ ! -x $node || ! -d $root/infra/deploy/node_modules || $root/pnpm-lock.yaml -nt $root/node_modules/.modules.yaml ]]; then
  echo 'Installing what the deployment needs, once...' >&2
  (cd "$root" && npx --yes pnpm@12 install --frozen-lockfile) >&2
fi
exec "$node" "$root/infra/deploy/src/main.ts" "$@"
