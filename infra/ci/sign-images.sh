#!/usr/bin/env bash
# Signs images by digest, keyless, and holds each signature against who made it: sign-images.sh IDENTITY IMAGE@DIGEST...
set -euo pipefail

identity=${1:?sign-images.sh IDENTITY IMAGE@DIGEST...}
shift
for image in "$@"; do
  if [[ $image != *@sha256:* ]]; then
    echo "sign-images.sh: $image must be named by digest, because a tag may mean another image by now." >&2
    exit 1
  fi
  cosign sign --yes "$image"
  cosign verify --certificate-identity "$identity" \
    --certificate-oidc-issuer https://token.actions.githubusercontent.com "$image" >/dev/null
  echo "signed $image"
done
