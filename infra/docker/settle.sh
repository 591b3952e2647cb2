#!/bin/sh
# What a deployment holds beside files of ours and of our dependencies: the time at which it was made. Without it the
# same commit gives the same names, modes and bytes.
set -eu
cd "$1"
rm -f pnpm-lock.yaml pnpm-workspace.yaml node_modules/.modules.yaml node_modules/.pnpm-workspace-state-v1.json node_modules/.pnpm/lock.yaml
chmod -R u=rwX,go=rX .
