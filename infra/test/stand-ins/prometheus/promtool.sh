#!/bin/sh
# Debian's promtool does not know `check healthy` yet.
if [ "$1 $2" = 'check healthy' ]; then exec wget --quiet --spider http://127.0.0.1:9090/-/healthy; fi
exec /usr/bin/promtool "$@"
