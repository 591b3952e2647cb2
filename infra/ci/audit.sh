#!/usr/bin/env bash
# Known weaknesses and licences of what is shipped.
set -euo pipefail
cd "$(dirname "$0")/../.."

npx --yes pnpm@12 install --frozen-lockfile
npx --yes pnpm@12 audit --prod --audit-level high
npx --yes pnpm@12 licenses list --prod --json | node infra/ci/licenses.ts
