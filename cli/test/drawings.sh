#!/bin/sh
# drawings.sh - the built-in model on drawings of all characters in five styles, as photographs and
# scans: all are answered, and as many of each style are right as testdata/drawings/minima.tsv asks.
# Prints what is right and wrong too.
. cli/test/tap.inc

drawings=testdata/drawings
tab=$(printf '\t')

sed 1d $drawings/expected.tsv | cut -f 1 | sort >"$TMP/wanted"
(cd $drawings && find . -mindepth 2 -type f | sed 's,^\./,,' | sort) >"$TMP/there"
check 'the table names the drawings that are there' diff "$TMP/wanted" "$TMP/there"

sed "1d; s,^,$drawings/," $drawings/expected.tsv | cut -f 1 |
	"$EMNIST" classify -f tsv --files-from=- >"$TMP/out" 2>"$TMP/stderr"
is 'all drawings are answered' '0 310' "$? $(sed 1d "$TMP/out" | cut -f 2 | grep -c .)"
is 'and nothing is said about them' '' "$(cat "$TMP/stderr")"

# A line each: style, file, what it shows, the answer, its probability, right, right but for case.
sed 1d $drawings/expected.tsv >"$TMP/rows"
sed 1d "$TMP/out" | cut -f 2,3 | paste "$TMP/rows" - | awk -F "$tab" -v OFS="$tab" '{
	split($1, part, "/")
	print part[1], $1, $2, $3, $4, ($2 "" == $3 ""), (toupper($2) "" == toupper($3) "") }' >"$TMP/answers"
awk -F "$tab" '!$6 { printf "# %s is %s, read as %s (%.2f)\n", $2, $3, $4, $5 }' "$TMP/answers"

while IFS=$tab read -r style exact nocase; do
	case $style in
	'#'*) continue ;;
	esac
	figures=$(awk -F "$tab" -v style="$style" '
		$1 == style { n++; exact += $6; nocase += $7; shown[$3] = 1 }
		END { for (c in shown) kinds++; print n + 0, kinds + 0, exact + 0, nocase + 0 }' "$TMP/answers")
	# shellcheck disable=SC2086
	set -- $figures
	is "$style: each character once" '62 62' "$1 $2"
	check "$style: $3 are right, at least $exact" [ "$3" -ge "$exact" ]
	check "$style: $4 are right but for case, at least $nocase" [ "$4" -ge "$nocase" ]
done <$drawings/minima.tsv
is 'five styles' 5 "$(cut -f 1 "$TMP/answers" | sort -u | wc -l | tr -d ' ')"
finish
