#!/bin/sh
# plain.sh - the library builds with one line of cc, as README.md gives it, but unoptimized, which
# takes a third of the time.
. cli/test/tap.inc

if [ -n "$SANITIZE" ]; then
	skip 'one line of cc' 'takes no sanitizer'
	finish
fi
mkdir "$TMP/tree"
cp -R lib "$TMP/tree"
sed -n '/^```sh$/,/^```$/p' README.md | sed '/^```/d; s/^cc -O2 /cc -O0 /' >"$TMP/lines"
built() { (cd "$TMP/tree" && sh -eu "$TMP/lines"); }
check 'README.md has the line' grep -q '^cc ' "$TMP/lines"
check 'the library builds' built
names() { nm -D --defined-only "$1" | sed 's/.* //' | sort; }
is 'it exports what the other does' "$(names "$BUILD/libemnist.so")" \
	"$(names "$TMP/tree/build/plain/libemnist.so")"
finish
