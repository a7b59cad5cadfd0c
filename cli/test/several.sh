#!/bin/sh
# several.sh - a picture with several characters side by side: a warning with -v, a field in JSON Lines.
. cli/test/tap.inc

# bars N: a picture of N letters L, 30 pixels high and 20 apart.
bars()
{
	awk -v n="$1" 'BEGIN {
		print "P2", 40 * n, 50, 255
		for (y = 0; y < 50; y++)
			for (x = 0; x < 40 * n; x++) {
				at = x % 40
				ink = y >= 10 && y < 40 && at >= 10 && (at < 14 || (at < 30 && y >= 36))
				print ink ? 0 : 255
			}
	}'
}

bars 1 >"$TMP/one.pgm"
bars 3 >"$TMP/three.pgm"
cd "$TMP" || exit 1
"$EMNIST" classify -v one.pgm three.pgm >out 2>err
is "-v warns" "emnist: 'three.pgm': warning: 3 characters side by side; only one is expected" \
	"$(grep warning: err)"
is "nothing without -v" "" "$("$EMNIST" classify three.pgm 2>&1 >out)"
is "jsonl" '- "characters":3' "$("$EMNIST" classify -f jsonl one.pgm three.pgm |
	sed 's/.*\("characters":[0-9]*\).*/\1/; /path/s/.*/-/' | paste -s -d ' ')"
"$EMNIST" classify -f csv one.pgm three.pgm | head -n 1 >out
is "csv has no column more" "path,label,probability,error" "$(cat out)"
finish
