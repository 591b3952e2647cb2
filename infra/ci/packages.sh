#!/usr/bin/env bash
# The libraries packed, in an empty project, on the Node that is on PATH: packages.sh MAJOR. The consumer's tests assert the version.
set -euo pipefail
cd "$(dirname "$0")/../.."

npx --yes pnpm@12 install --frozen-lockfile
node scripts/test-package.ts "${1:?packages.sh MAJOR}"
