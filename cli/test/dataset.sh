#!/bin/sh
# dataset.sh - emnist dataset: on the small datasets of testdata and, where EMNIST_DATA is set, on
# EMNIST's test split. What is expected of the former was computed with NumPy by
# testdata/generate_statistics.py.
. cli/test/tap.inc

idx=testdata/idx
made=testdata/statistics

# runs STATUS ARGUMENT...: emnist dataset ends with this status; its output is in $TMP/out and
# $TMP/stderr.
runs()
{
	wanted=$1
	shift
	"$EMNIST" dataset "$@" >"$TMP/out" 2>"$TMP/stderr" </dev/null
	status=$?
	[ $status -eq "$wanted" ] || echo "dataset $*: status $status, not $wanted" >>"$TMP/stderr"
	[ $status -eq "$wanted" ]
}

# fails NAME MESSAGE ARGUMENT...: status 2, this one line, and no output.
fails()
{
	fails_name=$1 message=$2
	shift 2
	runs 2 "$@"
	is "$fails_name" "2 emnist: $message" "$status $(cat "$TMP/stderr" "$TMP/out")"
}

# ------------------------------------------------------------------ the command

fails 'an unknown subcommand' "dataset: unknown command 'stat'; did you mean 'stats'?" stat
fails 'an unknown option' "dataset: unknown option '--xyz'; see 'emnist dataset --help'" --xyz
runs 2
is 'no subcommand: usage on stderr' 'Usage: emnist dataset COMMAND [OPTION]... [ARGUMENT]...' \
	"$(head -n 1 "$TMP/stderr")"
"$EMNIST" help dataset stats >"$TMP/out"
is 'emnist help dataset stats' 'Usage: emnist dataset stats [OPTION]... DATASET...' \
	"$(head -n 1 "$TMP/out")"

# ------------------------------------------------------------------------ stats

check 'stats ends with 0' runs 0 stats -f json $made/first-byclass $made/second-letters
check 'stats: the figures of NumPy' diff $made/expected.json "$TMP/out"
if command -v python3 >/dev/null; then
	check 'stats: JSON that others read' python3 -m json.tool "$TMP/out"
fi
runs 0 stats $made/first-byclass $made/second-letters
check 'stats: text' diff - "$TMP/out" <<END
1                              $made/first-byclass
2                              $made/second-letters

                                      1                     2
images                               48                    12
classes                              62                    26
mean                             0.1458                0.1638
standard deviation               0.2874                0.3024
pixels above 0 %                  35.17                 38.58
pixels of ink %                   14.42                 16.57
repeated images                       6                     2
  labelled differently                2                     1

in both
1 and 2: 10 different images, 2 labelled differently; 11 of 1, 12 of 2

group                            images        %       images        %
digits                               16    33.33            0     0.00
upper                                17    35.42            0     0.00
lower                                15    31.25            0     0.00
both cases                            0     0.00           12   100.00
$(sed -n '/^$/h;//!H;$!d;x;p' "$TMP/out")
END
is 'stats: a row a class of each dataset' 88 "$(sed '1,/^label/d' "$TMP/out" | wc -l)"
runs 0 stats -f json $made/first-byclass-labels-idx1-ubyte
sed 's/,{"dataset".*//; s/"mean".*"repeated_conflicting":[0-9]*/PIXELS/; s/,"common".*//
	s/-labels[^"]*//; s/\]}\]*$//' "$made/expected.json" >"$TMP/wanted"
sed 's/"mean":null,"deviation":null,"not_zero":null,"ink":null,"repeated":null,"repeated_conflicting":null/PIXELS/
	s/,{"dataset".*//; s/,"common".*//; s/-labels[^"]*//; s/\]}\]*$//' "$TMP/out" >"$TMP/got"
check 'stats: of labels alone, the same counts' diff "$TMP/wanted" "$TMP/got"
runs 0 stats $idx/strokes-letters-labels-idx1-ubyte.gz
is 'stats: what labels alone mean is found by their name' 'Aa' "$(sed -n '/^label/{n;s/ .*//p;}' "$TMP/out")"
runs 0 stats -o "$TMP/written" --chart "$TMP/chart.svg" $made/first-byclass
check 'stats: -o writes the figures' grep -q '^repeated images' "$TMP/written"
check 'stats: -o leaves stdout alone' [ ! -s "$TMP/out" ]
is 'stats: a bar a class' 62 "$(grep -c '^<rect class="g[012]".*<title>.*</text>$' "$TMP/chart.svg")"
if command -v python3 >/dev/null; then
	check 'stats: the chart is XML' python3 -c \
		'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$TMP/chart.svg"
fi
cp $made/first-byclass-images-idx3-ubyte "$TMP/<&>-images-idx3-ubyte"
cp $made/first-byclass-labels-idx1-ubyte "$TMP/<&>-labels-idx1-ubyte"
runs 0 stats --chart "$TMP/chart.svg" "$TMP/<&>"
check 'stats: a chart of a dataset with an odd name' grep -q '>&lt;&amp;&gt;: 48 images<' "$TMP/chart.svg"
printf '\000\000\010\003\000\000\000\000\000\000\000\034\000\000\000\034' >"$TMP/none-images-idx3-ubyte"
printf '\000\000\010\001\000\000\000\000' >"$TMP/none-labels-idx1-ubyte"
check 'stats: of no images' runs 0 stats --chart "$TMP/chart.svg" "$TMP/none"
check 'stats: of no images as JSON' runs 0 stats -f json "$TMP/none" $made/first-byclass
check 'stats: what is 0/0 is null' grep -q '"mean":null.*"share":null' "$TMP/out"

fails 'stats: no dataset' "no DATASET is given; see 'emnist dataset stats --help'" stats
fails 'stats: a dataset that is not there' \
	"'$TMP/x': neither an images file nor the start of one's name: No such file or directory" \
	stats "$TMP/x"
fails 'stats: chart to stdout' '--chart: needs a file; standard output is for the figures' \
	stats --chart - $made/first-byclass
fails 'stats: a full disk' "'/dev/full': No space left on device" stats -o /dev/full $made/first-byclass
fails 'stats: a chart on a full disk' "'/dev/full': cannot write: No space left on device" \
	stats --chart /dev/full $made/first-byclass
fails 'stats: an unknown option' "unknown option '--chat'; did you mean '--chart'?" stats --chat
fails 'stats: an option like none' "unknown option '--xyz'; see 'emnist dataset stats --help'" stats --xyz
awk 'BEGIN { for (i = 0; i < 2000; i++) print i, 300 + i }' >"$TMP/long.txt"
fails 'stats: more classes than a chart can show' \
	"--chart: '$made/first-byclass' has 2000 classes: the limit is 1000" \
	stats --mapping "$TMP/long.txt" --chart "$TMP/chart.svg" $made/first-byclass
while IFS="$(printf '\t')" read -r stem _ message; do
	[ "$stem" = '# stem' ] || fails "stats: $stem" "'$idx/malformed/$stem': $message" \
		stats $idx/malformed/"$stem"
done <$idx/malformed/expected.tsv

if [ -n "${EMNIST_DATA-}" ]; then
	runs 0 stats "$EMNIST_DATA/emnist/emnist-byclass-test"
	is 'stats: of the test split' '116,323 0.1736 0.3317 0' "$(
		sed -n 's/^images  *//p;s/^mean *//p;s/^standard deviation *//p;s/^repeated images *//p' \
			"$TMP/out" | tr '\n' ' ' | sed 's/ $//')"
	runs 0 stats "$EMNIST_DATA/emnist/emnist-byclass-train-labels-idx1-ubyte.gz"
	is 'stats: of the training labels' '697,932 345,035 188,958 163,939' "$(
		sed -n 's/^images  *//p;s/^\(digits\|upper\|lower\) *\([0-9,]*\) .*/\2/p' "$TMP/out" |
			tr '\n' ' ' | sed 's/ $//')"
else
	skip 'stats: of the test split' 'EMNIST_DATA is not set'
fi
finish
