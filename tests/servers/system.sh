#!/bin/sh
# Looks for the programs that the tests call and that Python packages do not bring; installs what is
# missing where this user may (root on Debian or Ubuntu), and says exactly what is missing otherwise.
set -eu

wanted=""
want() { # program, Debian package
  command -v "$1" >/dev/null 2>&1 || wanted="$wanted $2"
}
want node nodejs
want npm npm
want make make
want c++ g++
want systemd-analyze systemd
php -r 'exit(array_diff(["mysqli", "dom", "mbstring", "curl", "gd", "intl"], get_loaded_extensions()) ? 1 : 0);' \
  2>/dev/null || wanted="$wanted php-cli php-mysql php-xml php-mbstring php-curl php-gd php-intl"
[ -x /usr/sbin/mariadbd ] || wanted="$wanted mariadb-server"
[ -f /usr/share/wordpress/wp-load.php ] || wanted="$wanted wordpress"
# Debian keeps the server's programs out of the path.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || want initdb postgresql
[ -z "$wanted" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing$wanted ..." >&2
  apt-get update -qq
  # shellcheck disable=SC2086 - a list of words
  # RUNLEVEL=1: the tests start servers of their own, no package shall.
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $wanted >&2
  exit 0
fi
echo "The tests need these packages, and this user may not install them:$wanted" >&2
echo "On Debian or Ubuntu: sudo apt-get install$wanted" >&2
exit 1
