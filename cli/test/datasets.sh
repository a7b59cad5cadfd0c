#!/bin/sh
# datasets.sh - the same images in every format: the same figures from each, and the same model; and
# what is said of images that cannot be read.
. cli/test/tap.inc

formats=testdata/formats
nearest=testdata/idx/nearest.onnx

# figures ARGUMENT...: what eval prints, as far as it does not depend on time or names.
figures()
{
	"$EMNIST" eval -m $nearest -f json --per-class "$@" 2>"$TMP/stderr" |
		sed 's/"dataset":[^,]*,"datasets":[^]]*],//; s/"seconds":[^,]*,//; s/"images_per_second":[^,}]*//'
}

wanted=$(figures testdata/idx/strokes-byclass-test)
check 'there are figures' test -n "$wanted"

# ----------------------------------------------------------- a folder for each class

# class_folders DIR STYLE: the images of the list in folders that are called so.
class_folders()
{
	while IFS="$(printf '\t')" read -r path label; do
		code=$(printf '%d' "'$label")
		case $2,$label in
		caps,[A-Z]) name=${label}_caps ;;
		caps,[a-z]) name=${label}_small ;;
		hexadecimal,*) name=$(printf '%x/hsf_1' "$code") ;;
		numbers,[0-9]) name=$label ;;
		numbers,[A-Z]) name=$((code - 55)) ;;
		numbers,[a-z]) name=$((code - 61)) ;;
		*) name=$label ;;
		esac
		mkdir -p "$TMP/$1/$name" && cp "$formats/$path" "$TMP/$1/$name"
	done <$formats/list.tsv
}

# Files come in another order, which moves sums in their last digits.
rounded()
{
	sed 's/\(0\.[0-9]\{5\}\)[0-9]*/\1/g; s/"nll":\([0-9.]\{6\}\)[0-9]*/"nll":\1/'
}

for style in plain caps hexadecimal numbers; do
	class_folders $style $style
	is "folders named by $style" "$(echo "$wanted" | rounded)" \
		"$(figures "$TMP/$style" | rounded)"
done
"$EMNIST" eval -v -m $nearest "$TMP/hexadecimal" >/dev/null 2>"$TMP/stderr"
check '-v tells the rule' grep -q ', image files in folders named by ASCII codes in hexadecimal; ' \
	"$TMP/stderr"

# ------------------------------------------------------------------------- other files

for name in strokes-byclass.csv strokes-byclass header.csv.gz list.csv list.tsv numbers.csv; do
	is "$name" "$wanted" "$(figures $formats/$name)"
done
for name in strokes.mat plain.mat swapped.mat doubles.mat; do
	is "$name" "$wanted" "$(figures --split test $formats/$name)"
done
for name in npz npy; do
	"$EMNIST" dataset export -q testdata/idx/strokes-byclass-test "$TMP/arrays.$name"
	is "arrays that export wrote: $name" "$wanted" "$(figures "$TMP/arrays.$name")"
done
is 'an .npy file by the start of its name' "$wanted" "$(
	rm "$TMP/arrays.npz"; figures "$TMP/arrays")"
is 'an .npy file through a pipe' "$wanted" "$(gzip -c "$TMP/arrays.npy" | figures --mapping \
	"$TMP/arrays-mapping.txt" --idx-labels "$TMP/arrays-labels.npy" /dev/stdin)"
is "Keras' names, --split" "$wanted" "$(figures --mapping "$TMP/arrays-mapping.txt" --split test \
	$formats/numpy/keras.npz)"
is 'a folder of arrays, --split' "$wanted" "$(figures --mapping "$TMP/arrays-mapping.txt" --split \
	test $formats/numpy/folder)"
"$EMNIST" eval $formats/numpy/keras.npz >"$TMP/out" 2>"$TMP/stderr"
is 'an .npz file of two splits' "2 emnist: '$formats/numpy/keras.npz': choose a split: test, train" \
	"$? $(cat "$TMP/stderr")"
"$EMNIST" eval $formats/numpy/objects.npz >"$TMP/out" 2>"$TMP/stderr"
is 'Python objects' "2 emnist: '$formats/numpy/objects.npz': 'y.npy': an array of Python objects\
 (pickled) is not supported" "$? $(cat "$TMP/stderr")"
"$EMNIST" eval $formats/strokes.mat >"$TMP/out" 2>"$TMP/stderr"
is 'a MATLAB file of two splits: exit status' 2 $?
is 'a MATLAB file of two splits' "emnist: '$formats/strokes.mat': choose a split: train, test" \
	"$(cat "$TMP/stderr")"
sed "s,^,$formats/," $formats/list.tsv >"$TMP/from_root.tsv"
is 'a list on standard input' "$wanted" "$(figures /dev/stdin <"$TMP/from_root.tsv")"
is 'a list through a pipe' "$wanted" "$(gzip -c "$TMP/from_root.tsv" | figures /dev/stdin)"
mkdir "$TMP/flat"
cp $formats/images/*.png "$TMP/flat"
sed 's,images/,,' $formats/list.tsv >"$TMP/flat/labels.tsv"
is 'a folder with labels.tsv' "$wanted" "$(figures "$TMP/flat")"

# ---------------------------------------------------------------------- CSV of others

tables=$formats/tables
for name in index unnamed index-no-header numbers label-last last-no-header; do
	is "$name.csv.gz" "$wanted" "$(figures $tables/$name.csv.gz)"
done
is '--label-column' "$wanted" "$(figures --label-column y $tables/other-name.csv.gz)"
is '--label-column of a list' "$wanted" "$(figures --label-column Label $formats/list.csv)"
"$EMNIST" dataset stats $tables/other-name.csv.gz >"$TMP/out" 2>"$TMP/stderr"
is 'a header without a label column: exit status' 2 $?
is 'a header without a label column' "emnist: '$tables/other-name.csv.gz': choose a label column:\
 the header on line 1 has none called label, labels, class, target or character, but 'y', '1x1' to\
 '28x28'" "$(cat "$TMP/stderr")"
"$EMNIST" dataset stats $tables/data-as-header.csv.gz >"$TMP/out" 2>"$TMP/stderr"
is 'what is assumed is said' "emnist: '$tables/data-as-header.csv.gz': assuming transposed images,\
 since the built-in model is more confident that way; --transpose overrides it
emnist: '$tables/data-as-header.csv.gz': line 1 is left out: a program took this image for column\
 names" "$(cat "$TMP/stderr")"
sed '1s/,[0-9]*,/,-1,/' $formats/strokes-byclass.csv >"$TMP/damaged.csv"
"$EMNIST" eval "$TMP/damaged.csv" >"$TMP/out" 2>"$TMP/stderr"
is 'a bad value in the first line: exit status' 2 $?
is 'a bad value in the first line' "emnist: '$TMP/damaged.csv': line 1, column 2: '-1' is not a whole\
 number from 0 to 255" "$(cat "$TMP/stderr")"

# --------------------------------------------------------------------- bad images

echo 'no image' >"$TMP/flat/bad.png"
{ cat "$TMP/flat/labels.tsv"; printf 'bad.png\tA\nnone.png\tB\n'; } >"$TMP/flat/more.tsv"
"$EMNIST" eval -m $nearest -f json "$TMP/flat/more.tsv" >"$TMP/out" 2>"$TMP/stderr"
is 'bad images: exit status' 1 $?
is 'bad images: they are named' "emnist: '$TMP/flat/bad.png': unknown format (supported: PNG, JPEG, TIFF, WebP, BMP, PNM, GIF, TGA)
emnist: '$TMP/flat/none.png': No such file or directory" "$(cat "$TMP/stderr")"
is 'bad images: all others count' '"images":40' "$(grep -o '"images":[0-9]*' "$TMP/out")"
"$EMNIST" eval -m $nearest --fail-fast "$TMP/flat/more.tsv" >"$TMP/out" 2>"$TMP/stderr"
is '--fail-fast: exit status' 2 $?
is '--fail-fast: the file is named' "emnist: '$TMP/flat/more.tsv': '$TMP/flat/bad.png': unknown\
 format (supported: PNG, JPEG, TIFF, WebP, BMP, PNM, GIF, TGA)" "$(cat "$TMP/stderr")"
is '--fail-fast: no figures' '' "$(cat "$TMP/out")"

# What classify prints is a list, whose labels are its answers.
"$EMNIST" classify -q -m $nearest -f csv "$TMP/flat"/*.png >"$TMP/answers.csv"
"$EMNIST" eval -m $nearest -f json "$TMP/answers.csv" >"$TMP/out" 2>"$TMP/stderr"
is 'a list without some labels: exit status' 1 $?
is 'a list without some labels: they are named' \
	"emnist: '$TMP/flat/bad.png': line 42: the label is empty" "$(cat "$TMP/stderr")"
is 'a list without some labels: all others count, and are right' '"images":40 "correct":40' \
	"$(grep -oE '"(images|correct)":[0-9]*' "$TMP/out" | head -n 2 | xargs -d '\n')"
"$EMNIST" eval -m $nearest --fail-fast "$TMP/answers.csv" >"$TMP/out" 2>"$TMP/stderr"
is 'a list without some labels, --fail-fast' \
	"2 emnist: '$TMP/answers.csv': line 42: the label is empty" "$? $(cat "$TMP/stderr")"

printf 'none.png,A\n' >"$TMP/none.csv"
"$EMNIST" eval "$TMP/none.csv" >"$TMP/out" 2>"$TMP/stderr"
is 'no image can be read: exit status' 2 $?
is 'no image can be read' "emnist: '$TMP/none.csv': none of its images can be read" \
	"$(tail -n 1 "$TMP/stderr")"

# ------------------------------------------------------------------------ preprocessing

mkdir -p "$TMP/scans/2" "$TMP/scans/3"
cp testdata/samples/digit-2-scan.png "$TMP/scans/2"
cp testdata/samples/digit-3-photo.jpg "$TMP/scans/3"
is 'scans are normalized' '"correct":2' \
	"$("$EMNIST" eval -f json "$TMP/scans" | grep -o '"correct":[0-9]*')"
is '--preprocess raw leaves them' '"correct":0' \
	"$("$EMNIST" eval -f json --preprocess raw "$TMP/scans" | grep -o '"correct":[0-9]*')"

# ------------------------------------------------------------------------- pen strokes

strokes=$formats/pen-strokes.jsonl
wanted=$(figures $strokes)
check 'pen strokes: there are figures' test -n "$wanted"
mkdir "$TMP/pen" "$TMP/packed"
cp $strokes "$TMP/pen"
gzip -c $strokes >"$TMP/packed/pen-strokes.jsonl.gz"
for dataset in "$TMP/pen" "$TMP/packed" "$TMP/pen/pen-strokes" "$TMP/packed/pen-strokes"; do
	is "the same from ${dataset#"$TMP/"}" "$wanted" "$(figures "$dataset")"
done
# shellcheck disable=SC2002
is 'the same from a pipe' "$wanted" "$(cat $strokes | figures /dev/stdin)"
if command -v zip >/dev/null; then
	(cd "$TMP" && zip -q pen.zip pen/pen-strokes.jsonl)
	is 'the same from a zip archive' "$wanted" "$(figures "$TMP/pen.zip")"
else
	skip 'the same from a zip archive' 'no zip'
fi
is '--donors' '"images":4' "$("$EMNIST" eval -f json --donors ann,cy $strokes | grep -o '"images":[0-9]*')"
is '--without-donors' '"images":4' \
	"$("$EMNIST" eval -f json --without-donors ann,cy $strokes | grep -o '"images":[0-9]*')"
"$EMNIST" eval --donors ann,dan $strokes >"$TMP/out" 2>"$TMP/stderr"
is 'no such donor' "2 emnist: '$strokes': no donor 'dan'" "$? $(cat "$TMP/stderr")"
is '--donors does not matter to others' "$(figures testdata/idx/strokes-byclass-test)" \
	"$(figures --donors ann testdata/idx/strokes-byclass-test)"

# ------------------------------------------------------------------------------ training

train()
{
	"$EMNIST" train -q --epochs 1 --batch 32 --hidden 8 -j 1 --no-checkpoint -o "$@" 2>"$TMP/stderr"
}

train "$TMP/idx.onnx" testdata/idx/strokes-byclass-test
report 'training on idx'
for dataset in $formats/strokes-byclass.csv $formats/numbers.csv "$TMP/arrays.npy"; do
	name=$(basename "$dataset")
	train "$TMP/other.onnx" "$dataset"
	report "training on $name"
	is "a model from $name says the same" \
		"$(figures -m "$TMP/idx.onnx" $formats/list.tsv | sed 's/"model":[^,]*//')" \
		"$(figures -m "$TMP/other.onnx" $formats/list.tsv | sed 's/"model":[^,]*//')"
done
train "$TMP/other.onnx" "$TMP/caps"
report 'training on folders'
train "$TMP/other.onnx" "$TMP/flat/more.tsv"
is 'training without bad images: exit status' 1 $?
check 'training without bad images: there is a model' test -s "$TMP/other.onnx"
"$EMNIST" train -q -o "$TMP/x.onnx" --idx-labels a b c 2>"$TMP/stderr"
is '--idx-labels is of one dataset' 'emnist: --idx-labels: takes one dataset, but 2 are given' \
	"$(cat "$TMP/stderr")"
# What lies beside images and has no ending shows only when it is read.
mkdir -p "$TMP/beside/2" "$TMP/beside/3"
cp testdata/samples/digit-2-scan.png "$TMP/beside/2"
cp testdata/samples/digit-3-photo.jpg "$TMP/beside/3"
echo none | tee "$TMP/beside/README" "$TMP/beside/2/README" >"$TMP/beside/2/notes.txt"
is 'README in a folder of images' '0 2 ' \
	"$("$EMNIST" eval -f json "$TMP/beside" >"$TMP/out" 2>"$TMP/stderr"; echo $?) $(
		sed 's/.*"correct":\([0-9]*\).*/\1/' "$TMP/out") $(cat "$TMP/stderr")"
printf '%s\n' "$TMP/beside/2/README,2" "$TMP/beside/2/digit-2-scan.png,2" >"$TMP/beside.csv"
"$EMNIST" eval -q "$TMP/beside.csv" >"$TMP/out" 2>"$TMP/stderr"
is 'in a list it is meant' 1 $?
finish
