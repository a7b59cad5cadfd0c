#!/bin/sh
# hardened.sh - what is built has the guards that the Makefile asks for.
. cli/test/tap.inc

# ------------------------------------------------------------------- as it was built

# What the linker noted: kind of file, stack, relocations.
noted() { readelf -hldW "$1"; }
bound_at_start() { noted "$1" | grep -qE '\((FLAGS|FLAGS_1)\).*NOW'; }
relocations_read_only() { noted "$1" | grep -q GNU_RELRO; }
stack_not_executable()
{
	noted "$1" | grep GNU_STACK >"$TMP/stack" && ! grep -q 'RWE' "$TMP/stack"
}
imports() { nm -D --undefined-only "$1" | grep -qE "U $2"; }

# The command that compiles a file in this very build.
command_of_build() { ${MAKE:-make} -n -B V=1 BUILD="$1" "$1/lib/base/arena.o" 2>/dev/null; }
is_checked() { command_of_build "$BUILD" | grep -q D_FORTIFY_SOURCE; }

check 'the program lies anywhere' sh -c "readelf -dW '$EMNIST' | grep -q 'Flags:.*PIE'"
for file in emnist libemnist.so; do
	check "$file: relocations are read-only" relocations_read_only "$BUILD/$file"
	check "$file: and made at the start" bound_at_start "$BUILD/$file"
	check "$file: the stack is not executed" stack_not_executable "$BUILD/$file"
	check "$file: stacks are guarded" imports "$BUILD/$file" __stack_chk_fail
	if is_checked; then
		check "$file: copies are checked" imports "$BUILD/$file" '__[a-z]*_chk'
	else
		skip "$file: copies are checked" 'not in this build'
	fi
done

# ------------------------------------------------------------------- as it is asked for

# levels VARIABLE...: the levels of _FORTIFY_SOURCE that a compiler is given.
levels()
{
	env -u MAKEFLAGS -u CFLAGS -u CPPFLAGS -u SANITIZE ${MAKE:-make} -n -B V=1 \
		BUILD="$TMP/build" "$@" "$TMP/build/lib/base/arena.o" 2>/dev/null |
		grep -o -e '-D_FORTIFY_SOURCE=[0-9]' | tr '\n' ' '
}

is 'checked copies by default' '-D_FORTIFY_SOURCE=2 ' "$(levels)"
is 'and with other optimization' '-D_FORTIFY_SOURCE=2 ' "$(levels CFLAGS='-g -O3')"
is 'not without' '' "$(levels CFLAGS=-g)"
is 'nor where it is turned off' '' "$(levels CFLAGS='-O2 -O0')"
is 'nor with sanitizers' '' "$(levels SANITIZE=address)"
is "a level of the user's own stands alone" '-D_FORTIFY_SOURCE=3 ' \
	"$(levels CPPFLAGS=-D_FORTIFY_SOURCE=3)"
is 'in CFLAGS too' '-D_FORTIFY_SOURCE=1 ' "$(levels CFLAGS='-O2 -D_FORTIFY_SOURCE=1')"
finish
