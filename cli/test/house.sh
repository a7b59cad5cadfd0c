#!/bin/sh
# house.sh - the rules of the tree that a compiler does not know: who may include what, which names
# are exported, where files lie.
. cli/test/tap.inc

if [ -n "$SANITIZE" ]; then
	skip 'the rules of the tree' 'the same without sanitizers'
	finish
fi

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

# Which folder may include which stands in lib/README.md, one row for each.
cat >"$TMP/arrows.awk" <<'END'
function folder(path) {
	sub(/\/[^\/]*$/, "", path)
	return path
}
# The path of a quoted include, as it is from the top.
function resolved(from, include,   path) {
	path = folder(from) "/" include
	while (sub(/[^\/.]+\/\.\.\//, "", path))
		;
	return path
}
FNR == 1 { table = FILENAME == "lib/README.md" }
table && /^\| (lib|cli)/ {
	split($0, cells, " *\\| *")
	known[cells[2]] = 1
	n = split(cells[4], rooms, " ")
	for (i = 1; i <= n; i++) allowed[cells[2], rooms[i]] = 1
	next
}
FNR == 1 && !table {
	from = folder(FILENAME)
	if (!(from in known)) print FILENAME ": its folder is not in the table of lib/README.md"
}
!table && /^ *# *include *"/ {
	split($0, parts, "\"")
	if (parts[2] ~ /\.pb-c\.h$/) next
	path = resolved(FILENAME, parts[2])
	to = folder(path)
	if (to == from || ((from, to) in allowed) || (to == "lib" && from ~ /^lib\//)) next
	printf "%s includes %s: ", FILENAME, path
	if (from ~ /^cli/ && to == "lib")
		printf "public headers are included as <%s>\n", substr(path, length("lib/") + 1)
	else if (from ~ /^cli/ && to ~ /^lib\//)
		printf "what the command line needs of %s belongs into a public header, if other " \
			"programs want it, too; else into lib/base, lib/io or lib/draw\n", to
	else
		printf "%s may not include %s, see the table of lib/README.md\n", from, to
}
END
wrong_arrows()
{
	grep -vE '^(lib/(test|fuzz|bench|tool)/|cli/test/|lib/[^/]*$)' "$TMP/sources" |
		xargs awk -f "$TMP/arrows.awk" lib/README.md
}
none 'every folder includes what lib/README.md allows it' wrong_arrows

# No two files need each other, directly or by way of others: what both need is a third one's. A file
# is its .c and its .h. `circles` reads pairs, the first of which needs the second, and names those
# that stand in a circle.
circles()
{
	tsort 2>&1 >/dev/null | sed 's/^tsort: //; s/^-: input.*/these files need each other in a circle:/'
}
cat >"$TMP/includes.awk" <<'END'
/^ *# *include *"/ {
	split($0, parts, "\"")
	path = FILENAME
	sub(/[^\/]*$/, parts[2], path)
	while (sub(/[^\/.]+\/\.\.\//, "", path))
		;
	from = FILENAME
	sub(/\.[ch]$/, "", from)
	sub(/\.[ch]$/, "", path)
	print from, path
}
END
include_circles()
{
	xargs awk -f "$TMP/includes.awk" <"$TMP/sources" | circles
}
none 'no two files include each other' include_circles

# The same of functions and variables, which a header may declare for several files.
cat >"$TMP/calls.awk" <<'END'
{ sub(/\.o:$/, "", $1) }
$(NF - 1) == "U" { needs[++n] = $1 " " $NF; next }
{ home[$NF] = $1 }
END {
	for (i = 1; i <= n; i++) {
		split(needs[i], pair)
		if (pair[2] in home) print pair[1], home[pair[2]]
	}
}
END
call_circles()
{
	grep '\.c$' "$TMP/sources" | grep -vE '^(lib/(test|fuzz|bench|tool)|cli/test)/' |
		sed "s,\(.*\)\.c$,$BUILD/\1.o," | xargs nm -A -g | sed "s,^$BUILD/,," |
		awk -f "$TMP/calls.awk" | circles
}
none 'no two files call each other' call_circles

# What cli includes of lib by way of -Ilib is public.
private_of_cli()
{
	grep '^lib/.*/.*\.h$' "$TMP/files" | sed 's,^lib/\(.*\),#include <\1>,' >"$TMP/private"
	grep '^cli/' "$TMP/sources" | xargs grep -nFf "$TMP/private"
}
none 'cli includes <...> of lib only as public headers' private_of_cli

# only HEADER ALLOWED-PATTERN
includers()
{
	xargs grep -l "^ *# *include *[<\"]$1[>\"]" <"$TMP/sources" | grep -vE "$2"
}
none 'png.h: only in lib/image/png.c' includers png.h '^lib/image/png\.c$'
none 'libdeflate.h: only in lib/image/plain_png.c' includers libdeflate.h '^lib/image/plain_png\.c$'
none 'jpeglib.h: only in lib/image/jpeg.c, and where a bench writes photographs' includers jpeglib.h \
	'^lib/(image/jpeg|bench/time_photographs)\.c$'
none 'tiffio.h: only in lib/image/libtiff.h' includers tiffio.h '^lib/image/libtiff\.h$'
none 'webp/decode.h: only in lib/image/webp.c' includers 'webp/decode.h' '^lib/image/webp\.c$'
none 'cblas.h: only in lib/network/blas.c' includers cblas.h '^lib/network/blas\.c$'
none 'archive.h: only by way of libarchive.h, or our own beside it' includers archive.h \
	'^lib/io/(libarchive\.h|archive\.c|feed\.h)$'
none 'archive_entry.h: only in lib/io/libarchive.h' includers archive_entry.h \
	'^lib/io/libarchive\.h$'
none 'onnx.pb-c.h: only in the ONNX reader and writer' includers 'onnx.pb-c.h' \
	'^lib/format/onnx[a-z_]*\.[ch]$'
none 'tensorflow.pb-c.h: only in the TensorFlow reader and writer, and their test' includers 'tensorflow.pb-c.h' \
	'^lib/(format/tensorflow[a-z_]*\.[ch]|test/test_save\.c)$'
check 'and those do include them' test "$(includers '\(png\|jpeglib\|cblas\).h' \
	'^$' | grep -c '^lib/\(image\|network\)/')" -eq 3

# The library does not print, exit, or look around.
looks_around()
{
	calls='(v?printf|puts|putchar|perror|_?exit|abort|getenv|setlocale|localeconv) *\('
	grep -E '^lib/[^/]*/.*\.c$' "$TMP/sources" | grep -vE '^lib/(test|fuzz|bench|tool)/' |
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
# Every function that the headers declare is there, and no other.
sh lib/tool/functions.sh >"$TMP/declared"
nm -D --defined-only "$BUILD/libemnist.so" | sed 's/.* //' | grep '^emnist_' | sort >"$TMP/exported"
check 'what is declared is exported, and the other way round' \
	diff -u "$TMP/declared" "$TMP/exported"
sed -n 's/^struct emnist_\([a-z_]*\) {$/\1/p' lib/emnist*.h | sort >"$TMP/structures"
sed -n 's/.*{SIZE(\(.*\))},$/\1/p' lib/base/struct_sizes.c >"$TMP/sized"
check 'emnist_struct_nbytes() has every structure' diff -u "$TMP/structures" "$TMP/sized"
# Programs are built against them: see "Versions" in emnist.h.
sh lib/tool/interface.sh >"$TMP/interface"
check 'no declaration changes but on purpose, by make symbols' \
	diff -u lib/test/symbols.txt "$TMP/interface"

# ------------------------------------------------------------------ the headers

header_compiles() { # HEADER COMPILER LANGUAGE STANDARD
	printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' "$1" "$1" \
		>"$TMP/header.$3"
	$2 -std=$4 -Wall -Wextra -Wpedantic -Werror -Ilib -fsyntax-only "$TMP/header.$3"
}
CC=${CC:-cc}
for header in lib/emnist*.h; do
	header=${header#lib/}
	check "$header alone is C11" header_compiles "$header" "$CC" c c11
	if command -v g++ >/dev/null; then
		check "$header alone is C++11" header_compiles "$header" g++ cc c++11
	else
		skip "$header alone is C++11" 'no g++'
	fi
done

check 'emnist.h is read in one sitting: at most 450 lines' test "$(wc -l <lib/emnist.h)" -le 450

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
