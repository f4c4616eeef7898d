#!/bin/sh
# Installs the real servers that the adapters are tested against, once; a second run is immediate.
#   tests/servers/install.sh          install what is missing
#   tests/servers/install.sh NAME...  only these: plc, pds, synapse, nostr
#   tests/servers/install.sh --where  print the folder and install nothing
# The versions are pinned in each server's package-lock.json or requirements.txt. mastodon_mock and
# aiosmtpd come with the development dependencies of pyproject.toml, WordPress with system.sh.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${CMCTL_TEST_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/cmctl-tests}
[ "${1:-}" = --where ] && { echo "$cache"; exit 0; }

python=${PYTHON:-python3}

missing() {
  echo "tests/servers: $1 is missing: the adapters' tests run against real servers." >&2
  echo "Install it: $2" >&2
  exit 1
}

# What an installation was made from; another one is made where it differs.
lock() { # name
  case $1 in
    synapse | nostr) cat "$here/$1/requirements.txt"; $python --version ;;
    *) cat "$here/$1/package.json" "$here/$1/package-lock.json"; node --version ;;
  esac
}

install() { # name
  if [ -f "$cache/$1/.installed" ] && lock "$1" | cmp -s - "$cache/$1/.installed"; then return; fi
  rm -rf "${cache:?}/$1"
  mkdir -p "$cache/$1"
  echo "tests/servers: installing $1 into $cache/$1 (once, some minutes) ..." >&2
  case $1 in
    synapse | nostr) # an environment of its own: what it needs is none of ours
      $python -m venv "$cache/$1" >&2
      "$cache/$1/bin/python" -m pip install --quiet --disable-pip-version-check \
        --require-hashes --only-binary :all: -r "$here/$1/requirements.txt" >&2 ;;
    *)
      cp "$here/$1/package.json" "$here/$1/package-lock.json" "$cache/$1/"
      (cd "$cache/$1" && npm ci --no-audit --no-fund --loglevel=error) >&2 ;;
  esac
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

# All at once: some wait for the network while others compile.
started=""
for name in ${*:-plc pds synapse nostr}; do
  install "$name" &
  started="$started $!"
done
for process in $started; do
  wait "$process"
done
