#!/usr/bin/env bash
# Builds the image of the service and prints what it weighs and how soon it serves: image.sh [VERSION].
set -euo pipefail
cd "$(dirname "$0")/../.."

npx --yes pnpm@12 install --frozen-lockfile
npx --yes pnpm@12 build:images --version "${1:-0.1.0}" api
