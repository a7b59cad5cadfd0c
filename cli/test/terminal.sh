#!/bin/sh
# terminal.sh - on a terminal progress is shown, and nothing of it is left behind.
. cli/test/tap.inc

if ! command -v script >/dev/null || ! command -v timeout >/dev/null; then
	skip 'a terminal' 'no script(1) or timeout(1)'
	finish
fi
return=$(printf '\r')
clear=$(printf '\r\033[K')

# Work for some seconds: the same few images over and over.
seq 1 2000000 | sed 's/.*/0/' >"$TMP/indices"
seq 1 2000000 | sed 's|.*|testdata/samples/capital-g-emnist.png|' >"$TMP/list"

# interrupted NAME ARGUMENT...: draws a line, and takes it along when it is interrupted.
interrupted()
{
	name=$1
	shift
	script -q -e -c "TERM=xterm timeout --preserve-status -s INT 2 '$EMNIST' $*" "$TMP/screen.raw" \
		>/dev/null </dev/null
	status=$?
	sed '/^Script /d' "$TMP/screen.raw" | tr -d '\n' >"$TMP/screen"
	check "$name: shows progress" grep -q "${return}[0-9,]*.* images, .* a second" "$TMP/screen"
	is "$name: ends by the signal" 130 $status
	is "$name: takes the line along" "$clear" "$(tail -c 4 "$TMP/screen")"
}

interrupted classify classify -j 1 -o "$TMP/out" --files-from "$TMP/list"
interrupted eval eval -j 1 -o "$TMP/out" --indices "$TMP/indices" \
	testdata/idx/strokes-byclass-test-images-idx3-ubyte
finish
