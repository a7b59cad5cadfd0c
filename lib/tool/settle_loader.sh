#!/bin/sh
# settle_loader.sh LIBDIR - after `make install`: has the loader find libemnist.so in LIBDIR, where
# it looks there, and says what to do where it does not. The program itself needs nothing of it.
set -u

libdir=$1
PATH=$PATH:/usr/sbin:/sbin
export PATH

if ! command -v ldconfig >/dev/null; then
	exit 0
fi
if ! ldconfig -N -X -v 2>/dev/null | grep -qF "$libdir: (from "; then
	echo "install: the loader does not look for libemnist.so in $libdir. Programs that use it find it with"
	echo "	LD_LIBRARY_PATH=$libdir"
	echo "or, for all users, after these commands as root:"
	echo "	echo $libdir >/etc/ld.so.conf.d/emnist.conf && ldconfig"
elif ! ldconfig 2>/dev/null; then
	echo "install: run ldconfig as root, so that the loader finds libemnist.so in $libdir"
fi
