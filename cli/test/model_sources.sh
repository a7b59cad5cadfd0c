#!/bin/sh
# model_sources.sh - lib/builtin/sources.py, which makes datasets of the built-in model: the case
# that is known, strokes that are left out, letters that are linked, originals that are images; and the mean
# of two models.
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

# ------------------------------------------------------------------------ link

# An n of two strokes, ten times; an A, and the n of another donor.
n='{"label":"n","donor":"ann","strokes":[[0,0,100,1000],[100,500,400,0,800,200,900,1000]]}'
{
	for i in 1 2 3 4 5 6 7 8 9 10; do echo "$n"; done
	echo "$n" | sed 's/"n"/"A"/'
	echo "$n" | sed 's/ann/bob/'
} | gzip >"$TMP/plain.jsonl.gz"
python3 $sources link "$TMP/plain.jsonl.gz" -o "$TMP/linked.jsonl.gz" --donors ann
is 'link: the characters of a donor' '0 11' "$? $(gzip -dc "$TMP/linked.jsonl.gz" | grep -c ann)"
check 'link: a capital is not' sh -c 'gzip -dc "$1" | grep -Fqx "$2"' sh "$TMP/linked.jsonl.gz" \
	"$(echo "$n" | sed 's/"n"/"A"/')"
links_are_right()
{
	gzip -dc "$TMP/linked.jsonl.gz" | grep -v '"A"' | python3 -c '
import json, sys
kinds = set()
for line in sys.stdin:
    letter = json.loads(line)
    first, arch = [list(zip(stroke[::2], stroke[1::2])) for stroke in letter["strokes"]]
    points = first + arch
    assert letter["label"] == "n" and letter["donor"] == "ann"
    assert min(x for x, _ in points) == 0 and min(y for _, y in points) == 0
    assert max(max(point) for point in points) == 1000
    before, behind = arch[0][0] < first[1][0], arch[-1][1] < max(y for _, y in points) - 100
    assert before or behind
    assert len(arch) == 4 + 6 * (before + behind) and len(first) == 2
    kinds.add((before, behind))
assert len(kinds) == 3
' 2>"$TMP/stderr"
}
links_are_right
report 'link: a stroke before, behind or on both sides, in the same square'

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

# ------------------------------------------------------------------------ mean

# As in lib/builtin/default.sh: one is converted, the other trained on from it.
data=testdata/idx/strokes-balanced-train
small='-q --batch 32 --epochs 1 --no-batch-norm'
"$EMNIST" train $small --hidden 8 -o "$TMP/first.onnx" $data
"$EMNIST" model convert "$TMP/first.onnx" "$TMP/first.safetensors"
"$EMNIST" train $small --init "$TMP/first.onnx" -o "$TMP/second.safetensors" $data
python3 $sources mean "$TMP/first.safetensors" "$TMP/second.safetensors" "$TMP/mean.safetensors"
n_weights=$((784 * 8 + 8 + 8 * 47 + 47))
for model in first second mean; do
	tail -c $((4 * n_weights)) "$TMP/$model.safetensors" | od -An -v -tf4 -w4 >"$TMP/$model.txt"
done
is 'mean: of each weight, between two that differ' "$n_weights yes" "$(paste "$TMP/first.txt" "$TMP/second.txt" "$TMP/mean.txt" |
	awk '{ d = ($1 + $2) / 2 - $3 } d < 1e-6 && d > -1e-6 { n++ } $1 != $2 { differ = "yes" } END { print n, differ }')"
is 'mean: is a model' "0 $("$EMNIST" model show -f json "$TMP/first.onnx" | grep -o '"weights":[0-9]*')" \
	"$("$EMNIST" model show -f json "$TMP/mean.safetensors" >"$TMP/shown"; echo $?) $(grep -o '"weights":[0-9]*' "$TMP/shown")"
finish
