#!/bin/sh
# check_flags.sh [NAME...] - builds with the compilers and flags that people use and distributions set,
# and holds the answers against those of the default build: labels and probabilities to the last digit
# printed. Two folders and two times give the same bytes. Prints TAP; runs from the top: `make check-flags`.
#
# Each build is a folder of $BUILD/flags, which stays for the next time. clang 19 is skipped where it is not
# installed.
set -u

BUILD=${BUILD:-build}
CC=${CC:-cc}
wanted=${*:-O0 O3-native lto c17 fortify clang clang-19 clang-lto reproducible}
n=0
failed=0

# says STATUS NAME
says()
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
	fi
}

# answers EMNIST: everything that it computes, on pictures and a dataset.
answers()
{
	"$1" classify -r -f jsonl --probabilities testdata/samples testdata/drawings/chalk testdata/formats &&
		"$1" eval -f json testdata/idx/strokes-byclass-test |
			sed 's/"\(seconds\|images_per_second\)":[^,}]*//g'
}

# A program that uses the static library, linked by the plain compiler.
links_archive()
{
	echo '#include <emnist.h>
	int main(void) { struct emnist_model *m; return emnist_model_default(&m, 0) || !emnist_version(); }' \
		>"$1/uses.c"
	$CC -Ilib -o "$1/uses" "$1/uses.c" "$1/libemnist.a" \
		$(pkg-config --libs libpng libjpeg zlib libdeflate libprotobuf-c) -lm -lpthread && "$1/uses"
}

# built NAME ARGUMENT...: builds with these variables, and compares.
built()
{
	name=$1
	folder=$BUILD/flags/$name
	shift
	mkdir -p "$folder"
	MAKEFLAGS= make -j"${JOBS:-2}" all BUILD="$folder" "$@" >"$folder/log" 2>&1
	says $? "$name: builds ($*)"
	! grep -q 'warning:' "$folder/log"
	says $? "$name: without a warning"
	answers "$folder/emnist" >"$folder/answers" 2>"$folder/stderr"
	cmp "$BUILD/flags/answers" "$folder/answers"
	says $? "$name: the same answers"
	links_archive "$folder" >>"$folder/log" 2>&1
	says $? "$name: the static library serves any compiler"
}

# The same bytes from another folder at another time.
reproducible()
{
	for place in one second/place; do
		folder=$BUILD/flags/$place
		rm -rf "$folder"
		mkdir -p "$folder"
		cp -R cli lib man Makefile "$folder"
		(cd "$folder" && env -u BUILD MAKEFLAGS= make -j"${JOBS:-2}" all CC="$CC" >log 2>&1)
		says $? "reproducible: builds in $place"
	done
	for file in emnist libemnist.a libemnist.so emnist.pc; do
		cmp "$BUILD/flags/one/build/$file" "$BUILD/flags/second/place/build/$file"
		says $? "reproducible: $file is the same to the byte"
	done
}

mkdir -p "$BUILD/flags"
answers "$BUILD/emnist" >"$BUILD/flags/answers" 2>"$BUILD/flags/stderr"
for name in $wanted; do
	case $name in
	O0) built O0 CC="$CC" CFLAGS='-O0 -g' ;;
	O3-native) built O3-native CC="$CC" CFLAGS='-O3 -march=native' ;;
	lto) built lto CC="$CC" CFLAGS='-O2 -flto=auto' ;;
	c17) built c17 CC="$CC" CFLAGS='-O2 -std=c17' ;;
	fortify) built fortify CC="$CC" CPPFLAGS='-D_FORTIFY_SOURCE=3' CFLAGS='-O2 -g' ;;
	clang) built clang CC="${CLANG:-clang}" CFLAGS='-O2 -march=native' ;;
	clang-lto) built clang-lto CC="${CLANG:-clang}" CFLAGS='-O2 -flto' LDFLAGS=-fuse-ld=lld ;;
	clang-19)
		if command -v clang-19 >/dev/null; then
			built clang-19 CC=clang-19 CFLAGS=-O3
		else
			n=$((n + 1))
			echo "ok $n - clang-19 # SKIP not installed"
		fi
		;;
	reproducible) reproducible ;;
	*) says 1 "no such build: $name" ;;
	esac
done
echo "1..$n"
exit $failed
