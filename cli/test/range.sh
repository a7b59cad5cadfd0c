#!/bin/sh
# range.sh - pictures that use a small part of their range are read as those that NumPy stretched, and
# empty pages are reported (testdata/generate_range.py made both, and the table).
. cli/test/tap.inc

tab=$(printf '\t')
range=$PWD/testdata/range
blank=$range/page-3.png

# answer FILE: label, probability and error.
answer()
{
	"$EMNIST" classify -f tsv "$1" 2>"$TMP/stderr" | sed -n '2s/^[^\t]*\t//p'
}

grep -v '^#' "$range/expected.tsv" >"$TMP/expected"
while IFS=$tab read -r name control; do
	if [ "$control" = blank ]; then
		expected=$tab${tab}blank
	else
		expected=$(answer "$range/$control")
	fi
	is "$name is $control" "$expected" "$(answer "$range/$name")"
done <"$TMP/expected"

is "the exit status is 0, text says blank" "x.png: - blank 0" \
	"$(cd "$TMP" && cp "$blank" x.png && "$EMNIST" classify x.png | tr '\n' ' ' && echo 0)"
is "jsonl" '{"path":"-","label":null,"probability":null,"error":"blank","rejected":null,"top":[]}' \
	"$("$EMNIST" classify -f jsonl --min-probability 0.5 --top 2 - <"$blank")"
{ printf 'P5\n28 28\n255\n' && head -c 784 /dev/zero; } >"$TMP/zeros.pgm"
is "--blank answer: as for a vector of zeros" "$("$EMNIST" classify --preprocess raw --blank answer - <"$TMP/zeros.pgm")" \
	"$("$EMNIST" classify --blank answer - <"$blank" | grep -v blank)"
"$EMNIST" classify -v "$blank" 2>&1 >"$TMP/out" | grep -q ', 0 failed, 1 blank;'
report "-v counts them"

mkdir -p "$TMP/set/2" && cp "$blank" "$range/mask.png" "$range/bits-10.png" "$TMP/set/2"
"$EMNIST" eval "$TMP/set" >"$TMP/out" 2>"$TMP/stderr" &&
	grep -q '^accuracy  *100.00 %  (2 of 2)$' "$TMP/out" &&
	grep -q '^blank  *33.33 %  (1 of 3)$' "$TMP/out"
report "eval leaves them out, and counts them"
is "eval, JSON" '"images":2 "blank":1' \
	"$("$EMNIST" eval -f json "$TMP/set" | grep -o '"images":2,\|"blank":[0-9]*' | tr -d ',' | paste -s -d ' ')"
is "eval --blank answer" '"images":3 "blank":0' \
	"$("$EMNIST" eval -f json --blank answer "$TMP/set" | grep -o '"images":3,\|"blank":[0-9]*' |
		tr -d ',' | paste -s -d ' ')"
rm "$TMP/set/2/mask.png" "$TMP/set/2/bits-10.png"
"$EMNIST" eval "$TMP/set" 2>"$TMP/stderr" >"$TMP/out"
is "eval of empty pages alone" "2 emnist: '$TMP/set': all of its images are blank" \
	"$? $(cat "$TMP/stderr")"

# Of a dataset, one range for all of its images: awk makes pixels of 0 to MOST, and stretches these.
"$EMNIST" dataset export -f csv testdata/idx/strokes-byclass-test "$TMP/full.csv" >"$TMP/out" 2>&1
mv "$TMP/full-mapping.txt" "$TMP/mapping.txt"

# dim FILE MOST BACK: the pixels as 0 to MOST, the first image at half of it; stretched to BACK.
dim()
{
	awk -F , -v most="$2" -v back="$3" '{
		printf "%s", $1
		for (i = 2; i <= NF; i++)
			printf ",%d", int($i * most / (NR == 1 ? 510 : 255) + 0.5) * back / most + 0.5
		print ""
	}' "$1"
}

# figures NAME: of an evaluation, without times.
figures()
{
	"$EMNIST" eval -q -f json --transpose yes --mapping "$TMP/mapping.txt" "$1" 2>"$TMP/stderr" |
		grep -o '"images":.*"nll":[^,]*'
}

for most in 1 2 16 100; do
	dim "$TMP/full.csv" $most $most >"$TMP/dim.csv"
	dim "$TMP/full.csv" $most 255 >"$TMP/stretched.csv"
	is "CSV of 0 to $most" "$(figures "$TMP/stretched.csv")" "$(figures "$TMP/dim.csv")"
	for name in dim stretched; do
		"$EMNIST" dataset export -q --transpose yes --mapping "$TMP/mapping.txt" "$TMP/$name.csv" \
			"$TMP/$name-images-idx3-ubyte" >"$TMP/out" 2>&1
	done
	check "idx of 0 to $most is exported in full" cmp "$TMP/dim-images-idx3-ubyte" \
		"$TMP/stretched-images-idx3-ubyte"
done
"$EMNIST" eval -v --mapping "$TMP/mapping.txt" "$TMP/dim.csv" 2>&1 >"$TMP/out" |
	grep -q 'CSV, transposed, pixels of 0 to 100 stretched to 255;'
report "-v says what was assumed"
for name in savetxt savetxt-fractions; do
	gzip -dc "testdata/formats/tables/$name.csv.gz" >"$TMP/$name.csv"
done
is "CSV of fractions" "$(figures "$TMP/savetxt.csv")" "$(figures "$TMP/savetxt-fractions.csv")"
"$EMNIST" eval -v "$TMP/savetxt-fractions.csv" 2>&1 >"$TMP/out" |
	grep -q 'CSV, fractions of 0 to 1 times 255, transposed;'
report "-v says that they are"

finish
