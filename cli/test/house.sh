#!/bin/sh
# house.sh - the rules of the tree that a compiler does not know: who may include what, which names
# are exported, where files lie.
. cli/test/tap.inc

# none NAME COMMAND...: passes when the command prints nothing.
none()
{
	none_name=$1
	shift
	is "$none_name" '' "$("$@" 2>&1)"
}

if git ls-files >"$TMP/files" 2>/dev/null && [ -s "$TMP/files" ]; then
	:
else
	find . -path ./build -prune -o -path ./.git -prune -o -type f -print |
		sed 's,^\./,,' >"$TMP/files"
fi
grep '\.[ch]$' "$TMP/files" >"$TMP/sources"

# ------------------------------------------------------------------- the wall

# Quoted includes of cli stay in their folder, and of lib there is emnist.h alone.
outside_of_cli()
{
	grep '^cli/[^/]*$' "$TMP/sources" | xargs grep -n '^ *# *include' |
		grep -v '<[a-z0-9_/]*\.h>' | grep -v '"[a-z0-9_]*\.h"'
	for header in $(grep '^lib/.*\.h$' "$TMP/files" | grep -v '^lib/emnist.h$'); do
		grep '^cli/' "$TMP/sources" |
			xargs grep -n "^ *# *include *[<\"].*\b$(basename "$header")[>\"]"
	done
	grep '^cli/' "$TMP/sources" | xargs grep -n '^ *# *include *"emnist\.h"'
}
none 'cli includes of lib only emnist.h' outside_of_cli

# only HEADER ALLOWED-PATTERN
includers()
{
	xargs grep -l "^ *# *include *[<\"]$1[>\"]" <"$TMP/sources" | grep -vE "$2"
}
none 'png.h: only in lib/image/png.c' includers png.h '^lib/image/png\.c$'
none 'jpeglib.h: only in lib/image/jpeg.c, and where a bench writes photographs' includers jpeglib.h \
	'^lib/(image/jpeg|bench/time_photographs)\.c$'
none 'tiffio.h: only in lib/image/libtiff.h' includers tiffio.h '^lib/image/libtiff\.h$'
none 'webp/decode.h: only in lib/image/webp.c' includers 'webp/decode.h' '^lib/image/webp\.c$'
none 'cblas.h: only in lib/model/blas.c' includers cblas.h '^lib/model/blas\.c$'
none 'archive.h: only by way of libarchive.h, or our own beside it' includers archive.h \
	'^lib/base/(libarchive\.h|archive\.c|feed\.h)$'
none 'archive_entry.h: only in lib/base/libarchive.h' includers archive_entry.h \
	'^lib/base/libarchive\.h$'
none 'onnx.pb-c.h: only in the ONNX reader and writer' includers 'onnx.pb-c.h' \
	'^lib/model/onnx[a-z_]*\.[ch]$'
none 'tensorflow.pb-c.h: only in the TensorFlow reader and writer, and their test' includers 'tensorflow.pb-c.h' \
	'^lib/(model/tensorflow[a-z_]*\.[ch]|test/test_save\.c)$'
check 'and those do include them' test "$(includers '\(png\|jpeglib\|cblas\).h' \
	'^$' | grep -c '^lib/\(image\|model\)/')" -eq 3

# The library does not print, exit, or look around.
looks_around()
{
	calls='(v?printf|puts|putchar|perror|_?exit|abort|getenv|setlocale|localeconv) *\('
	grep -E '^lib/(base|image|model|dataset|train|eval)/.*\.c$' "$TMP/sources" |
		xargs grep -nE "\b($calls|(stdout|stderr|environ)\b)" | grep -vE ':[[:space:]]*(/?\*|//)'
}
none 'lib never prints, exits, or reads the environment' looks_around

# ------------------------------------------------------------ exported symbols

none 'libemnist.so exports only emnist_*' sh -c \
	"nm -D --defined-only '$BUILD/libemnist.so' | sed 's/.* //' |
	grep -v '^emnist_' | grep -Ev '^_(init|fini|edata|end)$|^__(bss_start|asan|ubsan|odr_asan)'"
none 'libemnist.a exports only emnist_*' sh -c \
	"nm -g --defined-only '$BUILD/libemnist.a' 2>/dev/null | grep -E ' [A-Z] ' | sed 's/.* //' |
	grep -v '^emnist_' | grep -Ev '^__(asan|ubsan|odr_asan)'"
# Every function that the header declares is there, and no other.
sed -n '/^EMNIST_API/,/;/p' lib/emnist.h | tr '\n' ' ' | grep -o 'emnist_[a-z0-9_]*(' | tr -d '(' |
	sort -u >"$TMP/declared"
nm -D --defined-only "$BUILD/libemnist.so" | sed 's/.* //' | grep '^emnist_' | sort >"$TMP/exported"
check 'what is declared is exported, and the other way round' \
	diff -u "$TMP/declared" "$TMP/exported"

# ------------------------------------------------------------------- the header

header_compiles() { # COMPILER LANGUAGE STANDARD
	printf '#include <emnist.h>\n#include <emnist.h>\nint main() { return 0; }\n' >"$TMP/header.$2"
	sed -i 's/main()/main(void)/' "$TMP/header.$2"
	$1 -std=$3 -Wall -Wextra -Wpedantic -Werror -Ilib -fsyntax-only "$TMP/header.$2"
}
CC=${CC:-cc}
check 'emnist.h is C11' header_compiles "$CC" c c11
if command -v g++ >/dev/null; then
	check 'emnist.h is C++' header_compiles g++ cc c++11
else
	skip 'emnist.h is C++' 'no g++'
fi

# --------------------------------------------------------------------- the tree

none 'the top level is as settled' sh -c "cut -d/ -f1 '$TMP/files' | sort -u |
	grep -vxE 'cli|lib|testdata|man|Makefile|README\.md|LICENSE|CHANGELOG\.md|\..*'"
# In testdata the folder says what a table is about.
none 'no file name twice' sh -c "grep -v 'README\.md$' '$TMP/files' |
	grep -vE '^(lib/fuzz/corpus|testdata)/' | sed 's,.*/,,' | sort | uniq -d"
none 'names are lower case' sh -c "grep '[A-Z]' '$TMP/files' |
	grep -vxE '(.*/)?(README\.md|LICENSE|CHANGELOG\.md|Makefile)|.*\.S' |
	grep -v '^lib/fuzz/corpus/'"
none 'no name begins with png_ but libpng'"'"'s' sh -c \
	"grep '^lib/image/.*\.c' '$TMP/sources' | xargs grep -nE '^[a-z].*[ *]png_[a-z_]*\([^)]*\)?$'"
if command -v clang-format >/dev/null; then
	none 'clang-format has nothing to change' sh -c \
		"xargs clang-format --dry-run <'$TMP/sources' 2>&1 | grep 'warning:' | head"
else
	skip 'clang-format has nothing to change' 'no clang-format'
fi
if command -v clang >/dev/null; then
	none 'clang has nothing to say' sh -c "MAKEFLAGS= make -s -k objects CC=clang CFLAGS=-fsyntax-only \
		BUILD='$TMP/clang' 2>&1 | grep -E '(error|warning):|[*]{3}' | head"
else
	skip 'clang has nothing to say' 'no clang'
fi
finish
