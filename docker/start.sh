#!/bin/sh
# acquaint in the container: `serve` listens to the network, every other command is as it is.
set -eu
main="${ACQUAINT_MAIN:-/app/dist/bundle/main.js}"
if [ "${1:-}" = serve ]; then
  shift
  # exec: signals reach Node, which closes what is open.
  exec node "$main" serve --host 0.0.0.0 "$@"
fi
exec node "$main" "$@"
