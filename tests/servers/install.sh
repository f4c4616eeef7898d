#!/bin/sh
# Installs the real servers that the adapters are tested against, once; a second run is immediate.
#   tests/servers/install.sh          install what is missing
#   tests/servers/install.sh --where  print the folder and install nothing
# The versions are pinned in pds/package-lock.json and plc/package-lock.json. mastodon_mock comes
# with the development dependencies of pyproject.toml.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${CMCTL_TEST_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/cmctl-tests}
[ "${1:-}" = --where ] && { echo "$cache"; exit 0; }

missing() {
  echo "tests/servers: $1 is missing: the Bluesky tests run against a real server." >&2
  echo "Install it: $2" >&2
  exit 1
}

lock() { cat "$here/$1/package.json" "$here/$1/package-lock.json"; node --version; }

install() {
  if [ -f "$cache/$1/.installed" ] && lock "$1" | cmp -s - "$cache/$1/.installed"; then return; fi
  rm -rf "${cache:?}/$1"
  mkdir -p "$cache/$1"
  cp "$here/$1/package.json" "$here/$1/package-lock.json" "$cache/$1/"
  echo "tests/servers: installing $1 into $cache/$1 (once, some minutes) ..." >&2
  (cd "$cache/$1" && npm ci --no-audit --no-fund --loglevel=error) >&2
  lock "$1" >"$cache/$1/.installed"
}

command -v node >/dev/null || missing node "Node 20 or newer, apt-get install nodejs, or https://nodejs.org"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || missing "Node 20 or newer" "https://nodejs.org"
command -v npm >/dev/null || missing npm "apt-get install npm, or with Node from https://nodejs.org"

# The PDS compiles its SQLite: the compiler, and Node's headers where they are on this machine.
if [ ! -f "$cache/pds/.installed" ]; then
  for tool in make c++ python3; do
    command -v "$tool" >/dev/null || missing "$tool" "apt-get install build-essential python3"
  done
fi
prefix=$(dirname "$(dirname "$(command -v node)")")
if [ -z "${npm_config_nodedir:-}" ] && [ -f "$prefix/include/node/node.h" ]; then
  export npm_config_nodedir="$prefix"
fi

mkdir -p "$cache"
exec 9>"$cache/.lock"
if command -v flock >/dev/null; then flock 9; fi # two test runs at once install once
install plc
install pds
