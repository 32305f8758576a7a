#!/bin/bash
# Copies as rsync does; server: and newhost: are folders of this machine. After each copy a fresh client must still be able to
# use what is on the server: that is what the order of an upload is for.
set -eu
delete=
paths=()
for argument in "$@"; do
  case $argument in
    -r) ;;
    --delete) delete=1 ;;
    -*) echo "rsync: $argument is not known here" >&2; exit 1 ;;
    server:* | newhost:*) paths+=("$SERVER${argument#*:}") ;;
    *) paths+=("$argument") ;;
  esac
done
from=${paths[0]}
to=${paths[1]}
case $from in
  */)
    mkdir -p "$to"
    if [ -n "$delete" ]; then
      for file in "$to"*; do
        [ -e "$from${file##*/}" ] || rm -r "$file"
      done
    fi
    cp -R "$from." "$to"
    ;;
  *)
    mkdir -p "$(dirname "$to")"
    cp "$from" "$to"
    ;;
esac
index=$SERVER/var/www/index
if [ -f anchor ]; then anchor=anchor; else anchor=publisher.key.pub; fi
if [ -f "$index/head" ] && [ -z "${ROOT_EXPIRED:-}" ]; then
  caveat verify "$index" --key "$anchor" > /dev/null
fi
