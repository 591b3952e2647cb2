#!/usr/bin/env bash
# Publishes the libraries whose version is not on the registry yet, with provenance. --dry-run only packs them.
set -euo pipefail
cd "$(dirname "$0")/../.."

npx --yes pnpm@12 install --frozen-lockfile
npx --yes pnpm@12 build
# pnpm leaves out what is private and what is published already.
npx --yes pnpm@12 --recursive --filter './packages/*' publish --access public --no-git-checks --provenance "$@"
