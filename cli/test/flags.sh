#!/bin/sh
# flags.sh - the flags that the Makefile gives and takes: warnings are errors only where that is asked
# for, what would change answers is refused, and objects are the same from any folder. `make check-flags`
# builds the whole with many flags, and compares answers.
. cli/test/tap.inc

# Those of the make that runs this are not for the ones that it runs.
unset MAKEFLAGS CFLAGS CPPFLAGS LDFLAGS SANITIZE STRICT CROSS
command_with() { ${MAKE:-make} -n -B V=1 BUILD="$TMP/build" "$@" "$TMP/build/lib/base/arena.o" 2>&1; }
has() { command_with $2 | grep -qE -e "$1"; }
lacks() { ! has "$@"; }

check 'warnings are not errors by default' lacks -Werror ''
check 'they are with STRICT=1' has -Werror STRICT=1
check 'and where a change is checked before it lands' grep -q '^export STRICT=1' .ci/run
check "the user's flags come last" has ' -O0 -c -o' CFLAGS=-O0
check "the user's standard comes behind ours" has '-std=c11 .*-std=c17' CFLAGS=-std=c17
for flag in -ffast-math -Ofast -funsafe-math-optimizations -freciprocal-math -ffp-contract=fast; do
	check "$flag is refused" has 'would change its answers; use -O3' CFLAGS=$flag
done

CC=${CC:-cc}
refuses() { ! $CC -std=c11 "$@" -fsyntax-only -x c lib/base/float_mode.h; }
if $CC -dumpmachine | grep -q ^x86_64; then
	check 'the code itself takes other flags' $CC -std=c11 -O3 -march=native -fsyntax-only -x c lib/base/float_mode.h
	check 'and refuses -ffast-math' refuses -ffast-math
	check 'and -Ofast' refuses -Ofast
	check 'and sums that are more than float' refuses -mfpmath=387 -D__FLT_EVAL_METHOD__=2
fi

# object FOLDER: compiles one file there; prints its sum.
object()
{
	mkdir -p "$TMP/$1/lib"
	cp -R lib/base lib/format lib/*.h "$TMP/$1/lib"
	cp Makefile "$TMP/$1"
	(cd "$TMP/$1" && env -u BUILD ${MAKE:-make} CC="$CC" CFLAGS='-O2 -g' build/lib/base/arena.o >"$TMP/check.log" 2>&1 &&
		cksum <build/lib/base/arena.o)
}
one=$(object one)
check 'an object is compiled' [ -n "$one" ]
is 'and has the same bytes from elsewhere' "$one" "$(object some/where/else)"
finish
