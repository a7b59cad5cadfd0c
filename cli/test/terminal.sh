#!/bin/sh
# terminal.sh - on a terminal progress is shown, and nothing of it is left behind.
. cli/test/tap.inc

if ! command -v script >/dev/null; then
	skip 'a terminal' 'no script(1)'
	finish
fi
if ! script -q -c true /dev/null >/dev/null 2>&1 </dev/null; then
	skip 'a terminal' 'no pseudo-terminal can be made here'
	finish
fi
return=$(printf '\r')
clear=$(printf '\r\033[K')

columns=80 line="images, .* a second"

# Work for some seconds: the same few images over and over.
seq 1 2000000 | sed 's/.*/0/' >"$TMP/indices"
seq 1 2000000 | sed 's|.*|testdata/samples/capital-g-emnist.png|' >"$TMP/list"

# Interrupts the program when it has drawn a line, or after five minutes without one: a machine may be slow.
interrupt()
{
	n=0
	until grep -q " images" "$TMP/screen.raw" 2>/dev/null || [ $n -ge 1500 ]; do
		sleep 0.2
		n=$((n + 1))
	done
	kill -INT "$(cat "$TMP/pid")"
}

# interrupted NAME ARGUMENT...: draws a line, and takes it along when it is interrupted. Whoever runs
# the tests may have SIGINT ignored, which is inherited.
interrupted()
{
	name=$1
	shift
	rm -f "$TMP/screen.raw"
	interrupt &
	script -q -e -f -c "stty cols $columns; echo \$\$ >'$TMP/pid'; TERM=xterm exec env --default-signal=INT '$EMNIST' $*" "$TMP/screen.raw" \
		>/dev/null </dev/null
	status=$?
	wait
	sed '/^Script /d' "$TMP/screen.raw" | tr -d '\n' >"$TMP/screen"
	check "$name: shows progress" grep -q "${return}[0-9,]*.* $line" "$TMP/screen"
	is "$name: ends by the signal" 130 $status
	is "$name: takes the line along" "$clear" "$(tail -c 4 "$TMP/screen")"
}

# widest: the longest line that was drawn.
widest()
{
	tr "$return" '\n' <"$TMP/screen" | sed 's/\x1b\[K.*//' |
		awk '/images/ { n = length($0) > n ? length($0) : n } END { print n }'
}

interrupted classify classify -j 1 -o "$TMP/out" --files-from "$TMP/list"
interrupted eval eval -j 1 -o "$TMP/out" --indices "$TMP/indices" \
	testdata/idx/strokes-byclass-test-images-idx3-ubyte
columns=30 line=images
interrupted 'a narrow terminal' eval -j 1 -o "$TMP/out" --indices "$TMP/indices" \
	testdata/idx/strokes-byclass-test-images-idx3-ubyte
is 'a line ends before the last column' 29 "$(widest)"
finish
