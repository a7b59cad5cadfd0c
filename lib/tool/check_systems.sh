#!/bin/sh
# check_systems.sh [TARGET...] - compiles the library and most of the program for FreeBSD, macOS and musl,
# links nothing, with Zig's compiler, which comes with their headers: pip install ziglang.
#
# $PYTHON has ziglang. The headers of libraries are this machine's. `serve` and `load` need Linux's epoll,
# and are left out. Prints TAP.
. cli/test/tap.inc

PYTHON=${PYTHON:-python3}
multiarch=$(${CC:-cc} -print-multiarch)
include=$TMP/include
mkdir "$include"
for header in png.h pngconf.h pnglibconf.h zlib.h jpeglib.h jmorecfg.h jerror.h libdeflate.h protobuf-c archive.h \
	archive_entry.h webp tiffio.h tiff.h tiffvers.h; do
	cp -RL "/usr/include/$header" "$include" 2>/dev/null || cp -RL "/usr/include/$multiarch/$header" "$include"
done
for header in zconf.h jconfig.h tiffconf.h openblas-pthread/cblas.h openblas-pthread/openblas_config.h; do
	cp -L "/usr/include/$multiarch/$header" "$include" 2>/dev/null || cp -L "/usr/include/$header" "$include"
done
sed -i '/define OPENBLAS_OS_LINUX/d' "$include/openblas_config.h" # as if it had been made there
if ! $PYTHON -m ziglang version >/dev/null 2>&1; then
	skip 'other systems' "$PYTHON has no ziglang"
	finish
fi

sources=$(find lib cli -name '*.c' | grep -vE '^(lib/(test|fuzz|bench)|cli/(test|serve|load))/' |
	sed "s,\(.*\)\.c,$TMP/objects/\1.o," | sort)
compiled()
{
	MAKEFLAGS= make -s -k -j"${JOBS:-2}" BUILD="$TMP/objects" CC="$PYTHON -m ziglang cc -target $1" STRICT=1 \
		CFLAGS='-O0 -fsyntax-only -Wno-unused-command-line-argument' PACKAGE_CFLAGS="-I$include" $sources
}
for target in ${*:-x86_64-freebsd aarch64-macos x86_64-linux-musl}; do
	check "$target: everything compiles" compiled "$target"
	rm -rf "$TMP/objects"
done
finish
