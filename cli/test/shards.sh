#!/bin/sh
# shards.sh - tar archives of images with their labels, as webdataset has them: written and read.
. cli/test/tap.inc

idx=testdata/idx

# What eval says of a dataset, but for its name and the time.
figures()
{
	"$EMNIST" eval -q -f json --per-class "$@" >"$TMP/json" 2>"$TMP/stderr" ||
		echo "failed: $*: $(cat "$TMP/stderr")"
	sed 's/"dataset":"[^"]*","datasets":[^]]*],//; s/,"seconds".*//' "$TMP/json"
}
export_()
{
	"$EMNIST" dataset export -q "$@" 2>"$TMP/stderr"
}

# ------------------------------------------------------------------------ written

for name in strokes-byclass-test strokes-letters strokes-digits-test; do
	export_ $idx/$name "$TMP/$name.tar"
	is "$name: the same figures" "$(figures $idx/$name)" "$(figures "$TMP/$name.tar")"
done
whole=$TMP/strokes-byclass-test.tar
n=$("$EMNIST" eval -q -f json "$whole" | sed 's/.*"images":\([0-9]*\),.*/\1/')
check 'tar reads it' tar tf "$whole"
is 'three files an image' "$((3 * n))" "$(tar tf "$whole" | wc -l)"
is 'the first image' '000000.png 000000.cls 000000.json' "$(tar tf "$whole" | head -n 3 | paste -sd' ' -)"
export_ -j 1 $idx/strokes-byclass-test "$TMP/one.tar"
export_ -j 3 $idx/strokes-byclass-test "$TMP/three.tar"
check 'the number of threads does not matter' cmp "$TMP/one.tar" "$TMP/three.tar"
export_ $idx/strokes-byclass-test "$TMP/one.tar"
is 'an existing archive is not replaced' 2 $?
export_ -f csv --shard-size 1M $idx/strokes-byclass-test "$TMP/x.csv"
is '--shard-size: for tar alone' 2 $?

mkdir "$TMP/s"
export_ --shard-size 32k $idx/strokes-byclass-test "$TMP/s/a.tar"
is 'shards: exit status' 0 $?
is 'shards: none is larger' '' "$(find "$TMP/s" -size +32k)"
check 'shards: there are several' test -e "$TMP/s/a-000002.tar"
check 'shards: not under the name itself' test ! -e "$TMP/s/a.tar"
is 'shards: all images once' "$(tar tf "$whole" | sort)" "$(for i in "$TMP"/s/*; do tar tf "$i"; done | sort)"
cat "$TMP"/s/a-*.tar >"$TMP/all.tar"
is 'shards in a row: the same figures' "$(figures "$whole")" "$(figures "$TMP/all.tar")"
is 'shards through a pipe' "$n" "$(cat "$TMP"/s/a-*.tar | "$EMNIST" classify -q - | wc -l)"
export_ --shard-size 32k $idx/strokes-byclass-test "$TMP/s/a.tar"
is 'shards: existing ones are not replaced' 2 $?
awk 'BEGIN { for (i = 0; i < 600; i++) { printf "%d", i % 10
	for (k = 0; k < 784; k++) printf ",%d", (k * 7 + i) % 256
	print "" } }' >"$TMP/600.csv"
export_ --shard-size 1 "$TMP/600.csv" "$TMP/s/b.tar"
is 'too many shards: refused, and none is left' "2 " \
	"$? $(find "$TMP/s" -name 'b*')"

# ---------------------------------------------------------------------------- read

# in_folder NAME: extracts the whole archive again.
in_folder()
{
	rm -rf "$TMP/d"
	mkdir "$TMP/d"
	tar xf "$whole" -C "$TMP/d"
}
wanted=$(figures "$whole")
in_folder
tar czf "$TMP/packed.tgz" -C "$TMP" d
is 'in gzip, in a folder, in any order' "$wanted" "$(figures "$TMP/packed.tgz")"
rm "$TMP"/d/*.cls
for i in "$TMP"/d/*.json; do
	sed 's/.*:"\(.*\)"}/\1/' "$i" >"${i%.json}.txt"
	rm "$i"
done
tar cf "$TMP/text.tar" --sort=name -C "$TMP/d" .
is 'labels in .txt' "$wanted" "$(figures "$TMP/text.tar")"
for i in "$TMP"/d/*.txt; do
	mv "$i" "${i%.txt}.cls"
done
tar cf "$TMP/class.tar" --sort=name -C "$TMP/d" .
is 'labels in .cls' "$wanted" "$(figures "$TMP/class.tar")"

# refused NAME MESSAGE FILE
refused()
{
	"$EMNIST" eval -q "$3" >"$TMP/out" 2>"$TMP/stderr"
	is "$1: refused" 2 $?
	check "$1: reported" grep -Fq "$2" "$TMP/stderr"
}
cat "$TMP/class.tar" "$TMP/class.tar" >"$TMP/twice.tar"
refused 'the same names twice' 'two files in the archive are called' "$TMP/twice.tar"
rm "$TMP/d/000000.cls"
: >"$TMP/d/000001.cls"
echo '{"label":[1]}' >"$TMP/d/000002.json"
echo '{"label":' >"$TMP/d/000003.json"
tar cf "$TMP/faulty.tar" --sort=name -C "$TMP/d" .
"$EMNIST" eval -f json "$TMP/faulty.tar" >"$TMP/json" 2>"$TMP/stderr"
is 'images without a label: left out' "1 $((n - 4)) 4" \
	"$? $(sed 's/.*"images":\([0-9]*\),.*/\1/' "$TMP/json") $(grep -c "faulty.tar!" "$TMP/stderr")"
for message in "000000.png': no label" "000001.cls': the label is empty" "000002.json': no member" \
	"000003.json': "; do
	check "images without a label: $message" grep -Fq "$message" "$TMP/stderr"
done
"$EMNIST" eval -q --fail-fast "$TMP/faulty.tar" >/dev/null 2>&1
is 'images without a label: --fail-fast' 2 $?

mkdir "$TMP/t"
cp $idx/strokes-byclass-test-* $idx/strokes-byclass-mapping.txt "$TMP/t"
tar cf "$TMP/idx.tar" -C "$TMP" t
is 'idx files in tar' "$(figures $idx/strokes-byclass-test)" "$(figures "$TMP/idx.tar")"

# ------------------------------------------------------------- several, and through pipes

is 'shards as one dataset' "$(figures "$whole")" "$(figures "$TMP"/s/a-*.tar)"
is 'shards through a pipe, as one' "$(figures "$whole")" "$(cat "$TMP"/s/a-*.tar | figures -)"
is 'in gzip' "$(figures "$whole")" "$(gzip -c "$TMP"/s/a-*.tar | figures -)"
mkfifo "$TMP/fifo"
cat "$TMP/s/a-000000.tar" >"$TMP/fifo" &
is 'a FIFO among files' "$(figures "$whole")" "$(figures "$TMP/fifo" "$TMP"/s/a-*[1-9].tar)"
head -c 20000 "$TMP/s/a-000001.tar" | "$EMNIST" eval -q "$TMP/s/a-000000.tar" - >"$TMP/out" 2>"$TMP/stderr"
is 'a pipe that is cut short' "2 emnist: '-': damaged tar archive: the file ends after 20000 bytes" "$? $(sed 's/ (.*//' "$TMP/stderr")"
export_ "$TMP"/s/a-*.tar "$TMP/joined.tar"
check 'exported, they are the whole again' cmp "$whole" "$TMP/joined.tar"

# Mistakes are named by the shard and its member, also behind an image that cannot be read.
rm -rf "$TMP/d"
mkdir "$TMP/d"
tar xf "$TMP/s/a-000001.tar" -C "$TMP/d"
first=$(tar tf "$TMP/s/a-000001.tar" | head -n 1)
cp "$TMP/s/a-000001.tar" "$TMP/good.tar"
echo damaged >"$TMP/d/$first"
tar cf "$TMP/s/a-000001.tar" --sort=name -C "$TMP/d" .
nearest="-m $idx/nearest.onnx --preprocess raw --engine kernels"
# shellcheck disable=SC2086
"$EMNIST" eval $nearest --errors "$TMP/errors" "$TMP"/s/a-*.tar >"$TMP/out" 2>"$TMP/stderr"
is 'an image that cannot be read: left out' "1 emnist: '$TMP/s/a-000001.tar!./$first'" \
	"$? $(cut -d : -f 1,2 "$TMP/stderr")"
# shellcheck disable=SC2086
"$EMNIST" eval $nearest --errors "$TMP/all" "$whole" >"$TMP/out" 2>"$TMP/stderr"
is 'mistakes: their images' "$(grep -v "!$first" "$TMP/all" | sed 's/,[^,]*!.*//')" \
	"$(sed 's/,[^,]*!.*//' "$TMP/errors")"
check 'mistakes: there is one behind it' grep -q 'a-000002.tar' "$TMP/errors"
is 'mistakes: the members' '' "$(sed 1d "$TMP/errors" | awk -F, '{
	name = $7; sub(/.*!(\.\/)?/, "", name); sub(/\.png/, "", name); if (name + 0 != $1) print }')"
is 'mistakes: classify answers the same' "$(sed 1d "$TMP/errors" | cut -d , -f 7,3 | sort)" \
	"$(sed 1d "$TMP/errors" | cut -d , -f 7 | "$EMNIST" classify -q $nearest -f csv --files-from=- |
		sed 1d | awk -F, '{ print $2 "," $1 }' | sort)"
mv "$TMP/good.tar" "$TMP/s/a-000001.tar"

"$EMNIST" train -q --batch 32 --epochs 1 -o "$TMP/m.onnx" "$whole" 2>"$TMP/stderr"
report 'trains'
"$EMNIST" train -q --batch 32 --epochs 1 --labels $idx/strokes-byclass-mapping.txt -o "$TMP/m.onnx" \
	"$TMP"/s/a-*.tar 2>"$TMP/stderr"
report 'trains on shards'
# Of the classes of all of them, as on the whole.
classes() { "$EMNIST" model show "$1" | sed -n 's/^classes *//p'; }
"$EMNIST" train -q --batch 32 --epochs 1 -o "$TMP/whole.onnx" "$whole" 2>"$TMP/stderr"
"$EMNIST" train -q --batch 32 --epochs 1 -o "$TMP/n.onnx" "$TMP"/s/a-*.tar 2>"$TMP/stderr"
report 'trains on shards of which none has all classes'
is 'and the model has them' "$(classes "$TMP/whole.onnx")" "$(classes "$TMP/n.onnx")"
export_ --classes letters $idx/strokes-byclass-test "$TMP/letters.tar"
"$EMNIST" train -q --batch 32 --epochs 1 -o "$TMP/n.onnx" $idx/strokes-letters "$TMP/letters.tar" 2>"$TMP/stderr"
report 'trains on classes that are part of others'
is 'and they are no further classes' 26 "$("$EMNIST" model show -f json "$TMP/n.onnx" | grep -o '"classes":[0-9]*' | cut -d: -f2)"
export_ --classes digits $idx/strokes-byclass-test "$TMP/digits.tar"
"$EMNIST" train -q --batch 32 --epochs 1 -o "$TMP/n.onnx" $idx/strokes-letters "$TMP/letters.tar" "$TMP/digits.tar" 2>"$TMP/stderr"
is 'classes in part, and others: refused' '2 1' "$? $(grep -c 'the model has no class' "$TMP/stderr")"
check 'counts' "$EMNIST" dataset stats "$whole"
finish
