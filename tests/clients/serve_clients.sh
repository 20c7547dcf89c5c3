#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Real clients against hipsserve: Aladin Lite in Chromium, Aladin Desktop,
# Hipsgen LINT of each HiPS and HipsLint of the list. Run by hand: takes some
# minutes, and makes a synthetic HiPS of 1 GB when none is given.
#
#   serve_clients.sh HIPSSERVE [FOLDER]
#
# FOLDER  as lab/server/make_test_hips.py makes it
# Needs   HIPS_LAB (default ../shared/lab beside the checkout), chromium, Node,
#         aladin, xvfb, and LAB_NODE_MODULES: a folder whose node_modules has
#         aladin-lite (npm install aladin-lite). Loopback only.
# Exit    0: every client is content
set -u
program=${1:?hipsserve}
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
lab=${HIPS_LAB:-$source_dir/../shared/lab}/server
jar=/usr/share/java/aladin.jar
work=$(mktemp -d)
server=
finish() {
  [ -n "$server" ] && kill -TERM "$server" && wait "$server"
  rm -rf "$work"
}
trap finish EXIT

folder=${2:-$work/hips}
[ -d "$folder" ] || /usr/bin/python3 "$lab/make_test_hips.py" "$folder" || exit 3
"$program" "$folder" --listen 127.0.0.1:0 > "$work/out" 2> "$work/err" &
server=$!
for _ in $(seq 50); do
  url=$(sed -n 's|^hipsserve: .* at \(http://[^/]*\)/$|\1|p' "$work/out")
  [ -n "$url" ] && break
  sleep 0.1
done
[ -n "$url" ] || { cat "$work/err"; exit 3; }

failed=0
report() {  # name, exit status
  if [ "$2" = 0 ]; then echo "PASS $1"; else echo "FAIL $1"; failed=1; fi
}
lite() {  # name, arguments
  local name=$1; shift
  node "$lab/aladin_lite_check.mjs" "$url/TEST/P/$name" "$work/$name.png" "$@" \
    > "$work/log" 2>&1
  local status=$?
  report "Aladin Lite, $name $*" $status
  [ $status = 0 ] || cat "$work/log"
}
lint() {  # name, java arguments: no ERROR, and the verdict is there
  local name=$1; shift
  java -Djava.awt.headless=true "$@" > "$work/log" 2>&1
  grep -q "IVOA HiPS 1.0 compatible" "$work/log" && ! grep "ERROR" "$work/log"
  report "$name" $?
}

lite png --expect coded --zoom 60,12,3 --strict
lite fits --format fits --strict
lite jpg --expect coded --strict
lite webp --expect coded --strict
lite partial
for name in png jpg fits; do
  "$lab/aladin_desktop_check.sh" "$url/TEST/P/$name" "$work/$name.png" \
    > "$work/log" 2>&1
  report "Aladin Desktop, $name" $?
done
for name in png jpg fits partial; do
  lint "LINT, $name" -jar "$jar" -hipsgen "out=$url/TEST/P/$name" LINT
done
# HipsLint's last line says "is not" of every list it can read: the verdict of
# its comparison is inverted. Its ERROR lines are right.
lint "HipsLint of the list" -cp "$jar" cds.allsky.HipsLint "$url/hipslist"
exit $failed
