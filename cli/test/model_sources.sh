#!/bin/sh
# model_sources.sh - lib/builtin/sources.py, which makes datasets of the built-in model: the case
# that is known, strokes that are left out, originals that are images.
# Needs a python3 with NumPy.
. cli/test/tap.inc

sources=lib/builtin/sources.py
if ! python3 -c 'import numpy' 2>/dev/null; then
	skip 'sources of the built-in model' 'no python3 with NumPy'
	finish
fi

# ------------------------------------------------------------------------ case

letters=testdata/idx/strokes-letters
gzip -dc $letters-labels-idx1-ubyte.gz | tail -c +9 | od -An -v -tu1 -w1 | tr -d ' ' >"$TMP/values"
first=$(head -n 1 "$TMP/values")
printf 'image,label\n0,%d\n' $((first - 1 + 36)) >"$TMP/known.csv"
python3 $sources case $letters-images-idx3-ubyte.gz $letters-labels-idx1-ubyte.gz "$TMP/known.csv" "$TMP/case"
report 'case: a dataset'
# texts PREFIX: the classes that occur, with their numbers of images.
texts()
{
	"$EMNIST" dataset stats -f json "$1" | grep -o '{"label":"[^}]*' | sed 's/,"share.*//' | grep -v '"images":0'
}
letter=$(printf "\\$(printf %o $((first + 96)))")
is 'case: the one that is known has its case' "$letter" \
	"$(texts "$TMP/case" | sed 's/.*"label":"\([^"]*\)".*/\1/' | grep '^.$')"
is 'case: all others are of either' $(($(wc -l <"$TMP/values") - 1)) \
	"$(texts "$TMP/case" | grep '"label":"..",' | sed 's/.*"images"://' | awk '{ n += $1 } END { print n }')"
printf 'image,label\n0,%d\n' $((first % 26 + 36)) >"$TMP/known.csv"
python3 $sources case $letters-images-idx3-ubyte.gz $letters-labels-idx1-ubyte.gz "$TMP/known.csv" \
	"$TMP/wrong" 2>"$TMP/stderr"
is 'case: of another letter' 1 $?
is 'case: nothing is left behind' '' "$(find "$TMP" -name 'wrong*')"

# ----------------------------------------------------------------------- clean

# Two donors, and a third who is in no file of answers. Of ann's A the model thinks that it is a 4.
cat >"$TMP/strokes.jsonl" <<'END'
{"label":"A","donor":"ann","strokes":[[0,0,1,1]]}
{"label":"B","donor":"bob","strokes":[[0,0,1,1]]}
{"label":"A","donor":"ann","strokes":[[0,0,2,1]]}
{"label":"A","donor":"cy","strokes":[[0,0,1,1]]}
{"label":"b","donor":"bob","strokes":[[0,0,2,1]]}
END
gzip "$TMP/strokes.jsonl"
printf 'path,label,probability,error,p_4,p_A,p_a\n0,4,0.9,,0.999,0.0005,0.0004\n1,4,0.9,,0.99,0.001,0.0049\n' \
	>"$TMP/ann.csv"
printf 'path,label,probability,error,p_4,p_B,p_b\n0,B,0.9,,0,0.9,0.1\n1,B,0.9,,0.1,0.9,0.0001\n' >"$TMP/bob.csv"
python3 $sources clean "$TMP/strokes.jsonl.gz" "ann=$TMP/ann.csv" "bob=$TMP/bob.csv" -o "$TMP/clean.jsonl.gz" \
	>"$TMP/stdout"
is 'clean: how many are left out' '0 ann: 1 of 2 left out bob: 0 of 2 left out' "$? $(paste -sd ' ' "$TMP/stdout")"
is 'clean: which' 'bob B ann A bob b' "$(gzip -dc "$TMP/clean.jsonl.gz" |
	sed 's/.*"label":"\(.\)","donor":"\([a-z]*\)".*/\2 \1/' | paste -sd ' ' -)"
python3 $sources clean "$TMP/strokes.jsonl.gz" "ann,bob=$TMP/ann.csv" -o "$TMP/wrong.gz" 2>"$TMP/stderr"
is 'clean: answers to other strokes' "1 sources.py: '$TMP/ann.csv': 2 answers for 4 characters" \
	"$? $(cat "$TMP/stderr")"

# ------------------------------------------------------------------- originals

python3 - "$TMP" <<'END'
import sys
import numpy as np
sys.path.insert(0, "lib/builtin")
import sources
bits = np.zeros((3, 128, 16), np.uint8)
for i in range(3):
    bits[i, 30 : 60 + 9 * i, 4 : 9 + i] = 255
sources.write_idx(sys.argv[1] + "/bits", bits)
sources.write_idx(sys.argv[1] + "/labels", np.array([1, 2, 3], np.uint8))
END
"$BUILD/bench/export_originals" --plain "$TMP/bits" "$TMP/labels" "$TMP/plain"
{
	head -c 4 "$TMP/plain-images-idx3-ubyte" && printf '\0\0\0\2' &&
		tail -c +9 "$TMP/plain-images-idx3-ubyte" | head -c $((8 + 784))
	tail -c 784 "$TMP/plain-images-idx3-ubyte"
} >"$TMP/images"
python3 $sources originals "$TMP/bits" "$TMP/labels" "$TMP/plain-images-idx3-ubyte" "$TMP/images" "$TMP/chosen" \
	>"$TMP/stdout"
is 'originals: those that are images' '0 2 of 3 originals 1 3' \
	"$? $(cat "$TMP/stdout") $(tail -c 2 "$TMP/chosen-labels-idx1-ubyte" | od -An -tu1 | xargs)"
finish
