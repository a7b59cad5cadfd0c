#!/bin/sh
# people.sh [MODEL] - how often a model is right on characters of other people, none of which it learned:
# a line for each set, with 95 % intervals (Wilson). Run as `make bench-people`, with MODEL=FILE for
# another model than the built-in one. The first run makes the sets, see lib/builtin/sources.sh.
#
#	EMNIST             images that the recipe holds out: clean, and in photographs
#	pen strokes        of donors who judge: drawn with a usual pen, and in photographs
#	linked letters     the small letters of these donors, linked to neighbors
#	foreign-62         photographs of handwriting, of the second half of the people
#	fonts              that judge: drawn, and in photographs
#	drawings           testdata/drawings
set -eu
. lib/builtin/sources.sh

model=${1:-${MODEL:-}}
make_judges >&2

# row NAME IMAGES RIGHT RIGHT-IGNORING-CASE TOP3 ECE
row()
{
	awk -v name="$1" -v n="$2" -v right="$3" -v folded="$4" -v top3="$5" -v ece="$6" '
		function interval(p, z, middle, half) {
			z = 1.959964
			middle = (p + z * z / (2 * n)) / (1 + z * z / n)
			half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
			return sprintf("%6.2f (%5.2f to %5.2f)", 100 * p, 100 * (middle - half), 100 * (middle + half))
		}
		BEGIN {
			printf "%-28s %6d  %s  %s  %6s  %6s\n", name, n, interval(right), interval(folded),
				top3 == "" ? "" : sprintf("%.2f", 100 * top3), ece == "" ? "" : sprintf("%.2f", 100 * ece)
		}'
}

# field NAME: a number in the first line of the JSON on standard input.
field()
{
	sed "s/.*\"$1\":\([0-9.]*\).*/\1/;q"
}

# judge NAME DATASET [OPTION]...
judge()
{
	name=$1
	shift
	"$emnist" eval ${model:+-m "$model"} -q -f json "$@" >"$work/judge.json"
	row "$name" "$(field images <"$work/judge.json")" "$(field accuracy <"$work/judge.json")" \
		"$(field case_insensitive <"$work/judge.json")" "$(field top3 <"$work/judge.json")" \
		"$(field ece <"$work/judge.json")"
}

# Each image held out clean, and in four photographs, of which the interval makes one.
photographs()
{
	"$build/bench/distort" ${model:+-m "$model"} -j "${JOBS:-1}" -n 800 -d '3 to 5' --json "$part1" |
		tail -n 1 >"$work/judge.json"
	row 'EMNIST held out' 800 "$(field clean <"$work/judge.json")" \
		"$(field clean_case_insensitive <"$work/judge.json")" '' ''
	row 'EMNIST photographs' 800 "$(field accuracy <"$work/judge.json")" \
		"$(field case_insensitive <"$work/judge.json")" '' ''
}

printf '%-28s %6s  %-23s  %-23s  %6s  %6s\n' set images 'right %' 'ignoring case %' 'top 3' ECE
photographs
judge 'pen strokes' --donors $judges "$strokes"
judge 'pen strokes, photographs' "$work/judge-strokes"
judge '  --merge-case' --merge-case "$work/judge-strokes"
judge '  --classes digits' --classes digits "$work/judge-strokes"
judge '  --classes upper' --classes upper "$work/judge-strokes"
judge '  --classes letters, merged' --classes letters --merge-case "$work/judge-strokes"
judge 'linked letters' "$work/judge-linked.jsonl.gz"
judge 'foreign-62' --indices "$work/judge-foreign.txt" "$foreign"
judge 'fonts' "$work/judge-fonts"
judge 'fonts, photographs' "$work/judge-font-photographs"
judge 'drawings' "$work/judge-drawings.tsv"
