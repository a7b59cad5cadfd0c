#!/bin/sh
# deps.sh PACKAGE... - installs the Debian packages that are missing, when this may be done here.
#
# Does nothing where all are there. Where packages are missing and there is no apt, or no right to
# use it, prints the command to run and fails.
set -u

missing=
for package in "$@"; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' ||
		missing="$missing $package"
done
[ -n "$missing" ] || exit 0

command="apt-get install -y --no-install-recommends$missing"
if ! command -v apt-get >/dev/null 2>&1; then
	echo "deps: not a Debian system; install what these packages hold:$missing" >&2
	# Elsewhere the build itself finds out what is missing.
	exit 0
fi
if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif sudo -n true 2>/dev/null; then
	as_root='sudo -n'
else
	echo "deps: missing:$missing" >&2
	echo "deps: run as root: $command" >&2
	exit 1
fi
echo "deps: missing, and installed by apt-get now:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q >/dev/null && $as_root $command >/dev/null || {
	echo "deps: failed: $command" >&2
	exit 1
}
