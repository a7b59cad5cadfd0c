#!/bin/sh
# zipped.sh - datasets in zip archives, as NIST ships them, are the datasets that they are unpacked.
. cli/test/tap.inc

idx=testdata/idx
archives=testdata/archives

# What eval says of a dataset, but for its name and the time: different where it fails.
figures()
{
	"$EMNIST" eval -q -f json --per-class "$@" >"$TMP/json" 2>"$TMP/stderr" ||
		echo "failed: $*: $(cat "$TMP/stderr")"
	sed 's/"dataset":"[^"]*","datasets":[^]]*],//; s/,"seconds".*//' "$TMP/json"
}

wanted=$(figures $idx/strokes-byclass-test)
check 'there are figures' [ -n "$wanted" ]
for name in gzip.zip gzip-stream.zip; do
	is "$name: the same figures" "$wanted" "$(figures $archives/$name --split byclass-test)"
	is "$name: labels behind the images" "$(figures $idx/strokes-letters)" \
		"$(figures $archives/$name --split letters)"
	is "$name: --indices" "$(echo 7 | figures --indices - $idx/strokes-byclass-test)" \
		"$(echo 7 | figures --indices - $archives/$name --split byclass-test)"
done
is 'MNIST'"'"'s names: upright' "$(figures $idx/t10k)" "$(figures $archives/upright.zip)"
is '"images" twice in the name' "$(figures $idx/strokes-digits-test)" \
	"$(figures $archives/images-twice.zip)"
is '--idx-labels' "$wanted" "$(figures $archives/no-labels.zip --split byclass-test \
	--idx-labels $idx/strokes-byclass-test-labels-idx1-ubyte.gz)"
is 'CSV, with its mapping' "$(figures $idx/strokes-balanced-train)" "$(figures $archives/csv.zip)"
for split in train test; do
	is "MATLAB: $split" "$(figures testdata/formats/strokes.mat --split $split)" \
		"$(figures $archives/matlab.zip --split byclass-$split)"
done
cp $archives/gzip.zip "$TMP/data.idx"
is 'the name does not matter' "$wanted" "$(figures "$TMP/data.idx" --split byclass-test)"

# refused NAME MESSAGE ARGUMENT...
refused()
{
	refused_name=$1 refused_message=$2
	shift 2
	"$EMNIST" eval -q "$@" >"$TMP/out" 2>"$TMP/stderr"
	is "$refused_name" "2 emnist: $refused_message" "$? $(cat "$TMP/stderr")"
}

refused 'several splits are listed' \
	"'$archives/gzip.zip': choose a split: byclass-test, letters" $archives/gzip.zip
refused 'several splits of MATLAB files are listed' \
	"'$archives/matlab.zip': choose a split: balanced-test, balanced-train, byclass-test, byclass-train" \
	$archives/matlab.zip
refused 'a split that is not there' \
	"'$archives/gzip.zip': no split 'digits': only byclass-test, letters" \
	--split digits $archives/gzip.zip
refused 'no labels' \
	"'$archives/no-labels.zip': no labels file 'gzip/strokes-byclass-test-labels-idx1-ubyte.gz' in the archive" \
	$archives/no-labels.zip
refused 'images alone' "'$archives/names.zip': an archive without a dataset: neither idx, MATLAB, NumPy, pen strokes, CSV or TSV files nor a folder of images for each class" \
	$archives/names.zip
refused 'nothing at all' "'$archives/empty.zip': damaged zip archive: no directory at its end: it is cut short or empty" \
	$archives/empty.zip
head -c 5000 $archives/gzip.zip >"$TMP/cut.zip"
refused 'cut short' "'$TMP/cut.zip': damaged zip archive: no directory at its end: it is cut short or empty" \
	"$TMP/cut.zip"

# A list names members of the archive, from its own folder on, and nothing else.
mkdir "$TMP/scans" "$TMP/scans/letters"
cp testdata/samples/digit-7-bilevel.png "$TMP/scans/7.png"
cp testdata/samples/digit-8-small.gif "$TMP/scans/8.gif"
cp testdata/samples/small-e-tiny.png "$TMP/scans/letters/e.png"
printf '%s\n' path,label 7.png,7 ./letters/e.png,e 8.gif,8 7.png,7 >"$TMP/scans/labels.csv"
unpacked=$(figures "$TMP/scans/labels.csv")
check 'a list: there are figures' [ "${unpacked#*\"images\":4}" != "$unpacked" ]
for threads in 1 3; do
	is "a list of image files: the same figures, -j $threads" "$unpacked" \
		"$(figures -j $threads $archives/list.zip)"
done
is 'a list: --indices' "$(echo 2 | figures --indices - "$TMP/scans/labels.csv")" \
	"$(echo 2 | figures --indices - $archives/list.zip)"
"$EMNIST" eval -f json $archives/list-partly.zip >"$TMP/out" 2>"$TMP/stderr"
is 'a list: what is not in the archive, and damage' "1 emnist: '$archives/list-partly.zip!rubbish.png': unknown format (supported: PNG, JPEG, TIFF, WebP, BMP, PNM, GIF, TGA)
emnist: '$archives/list-partly.zip!/dev/null': not in the archive
emnist: '$archives/list-partly.zip!testdata/samples/digit-8-small.gif': not in the archive" \
	"$? $(cat "$TMP/stderr")"
check 'a list: the others' grep -q '"images":1,' "$TMP/out"
# A byte of one image is another: that image alone is left out.
at=$(LC_ALL=C grep -abo 'scans/letters/e.png' $archives/list.zip | head -n 1 | cut -d: -f1)
{
	head -c $((at + 60)) $archives/list.zip
	printf '\125\252'
	tail -c +$((at + 63)) $archives/list.zip
} >"$TMP/list.zip"
"$EMNIST" eval -f json "$TMP/list.zip" >"$TMP/out" 2>"$TMP/stderr"
is 'a list: a damaged file' "1 1" \
	"$? $(grep -c "^emnist: '$TMP/list.zip!scans/./letters/e.png': damaged zip" "$TMP/stderr")"
check 'a list: the files behind it' grep -q '"images":3,' "$TMP/out"
refused 'a list of files outside' \
	"'$archives/list-outside.zip': 'labels.csv': no image file of this list is in the archive" \
	$archives/list-outside.zip
refused 'an archive in an archive' \
	"'$archives/wrapped.zip': 'a.csv': neither MATLAB, CSV, pen strokes, nor a list of image files" \
	$archives/wrapped.zip

# The same list as TSV; beside one as CSV it is that.
is 'a list as TSV: the same figures' "$unpacked" "$(figures $archives/list-tsv.zip)"
is 'a list as TSV beside the same as CSV' 7 "$("$EMNIST" eval -q -f csv $archives/list-twice.zip 2>&1 |
	sed -n '2s/,.*//p')"

# Folders of classes are what they are on the disk, image by image, whatever the archive's order.
mkdir -p "$TMP/letters/G" "$TMP/letters/7/1" "$TMP/letters/e" "$TMP/letters/.thumbnails/7"
cp testdata/samples/digit-8-small.gif "$TMP/letters/G/9.gif"
cp testdata/samples/capital-g-emnist.png "$TMP/letters/G/10"
cp testdata/samples/digit-7-bilevel.png "$TMP/letters/7/1-b.png"
cp testdata/samples/digit-8-small.gif "$TMP/letters/7/1/a.gif"
cp testdata/samples/small-e-tiny.png "$TMP/letters/e/tiny.png"
cp testdata/samples/small-e-tiny.png "$TMP/letters/.thumbnails/7/a.png"
echo 'not an image' >"$TMP/letters/G/notes.txt"
for dataset in "$TMP/letters" $archives/folders.zip; do
	rm -f "$TMP"/exported*
	"$EMNIST" dataset export -q "$dataset" "$TMP/exported.csv" 2>"$TMP/stderr"
	cat "$TMP/stderr" "$TMP"/exported*
done >"$TMP/exports"
is 'folders: five images' 10 "$(grep -c '^[0-9]*,0' "$TMP/exports")"
n_lines=$(wc -l <"$TMP/exports")
is 'folders: the images and classes of the folders on the disk' \
	"$(head -n $((n_lines / 2)) "$TMP/exports")" "$(tail -n $((n_lines / 2)) "$TMP/exports")"
unpacked=$(figures "$TMP/letters")
for threads in 1 3; do
	is "folders: the same figures, -j $threads" "$unpacked" \
		"$(figures -j $threads $archives/folders.zip)"
done
"$EMNIST" eval -q -v $archives/folders.zip >"$TMP/out" 2>"$TMP/stderr"
check 'folders: what they are' grep -q \
	'5 images, 3 classes, image files in folders named by characters, 1 other file skipped;' \
	"$TMP/stderr"
is 'folders: --indices' "$(echo 3 | figures --indices - "$TMP/letters")" \
	"$(echo 3 | figures --indices - $archives/folders.zip)"
is 'folders: --errors names files of the archive' "0 $archives/folders.zip!letters/7/1/a.gif" \
	"$("$EMNIST" eval -q --errors "$TMP/errors.csv" $archives/folders.zip >"$TMP/out"; echo $?) $(
		sed -n '2s/.*,//p' "$TMP/errors.csv")"
printf '0 55 56\n1 71\n2 101\n' >"$TMP/mapping.txt"
is 'folders: --mapping' "$(figures --mapping "$TMP/mapping.txt" "$TMP/letters")" \
	"$(figures --mapping "$TMP/mapping.txt" $archives/folders.zip)"
for split in train test; do
	is "folders of splits: $split" "$split 0 $([ $split = train ] && echo 2 || echo 1)" \
		"$split $("$EMNIST" eval -q -f json --split $split $archives/folders-splits.zip \
			>"$TMP/json" 2>&1; echo $?) $(sed 's/.*"images":\([0-9]*\).*/\1/' "$TMP/json")"
done
refused 'folders of splits are listed' "'$archives/folders-splits.zip': choose a split: test, train" \
	$archives/folders-splits.zip
refused 'folders of splits: another' \
	"'$archives/folders-splits.zip': no split 'val': only test, train" \
	--split val $archives/folders-splits.zip
refused 'folders of splits, in one that is asked for' \
	"'$archives/folders-splits.zip': choose a split: test, train" \
	--split mine $archives/folders-splits.zip
is 'a single folder' '7 2' "$("$EMNIST" eval -q -f csv $archives/folders-one.zip 2>&1 |
	sed -n '2s/\([^,]*\),\([^,]*\),.*/\1 \2/p')"
refused 'folders that are no splits' \
	"'$archives/folders.zip': no split 'test': only 7, G, e" --split test $archives/folders.zip
refused 'folders that are no classes' "'$archives/deflated.zip': 'digits' is not a class: \
names must all be characters (A, A_caps, U+0041), hexadecimal codes (41) or class numbers" \
	$archives/deflated.zip
refused 'folders that lie too deep' "'$archives/folders-deep.zip': folders are nested more than 16 deep" \
	$archives/folders-deep.zip

mkfifo "$TMP/pipe"
cat $archives/gzip.zip >"$TMP/pipe" &
is 'a named pipe' "$wanted" "$(figures --split byclass-test "$TMP/pipe")"
is 'a pipe' "$wanted" "$(cat $archives/gzip.zip | figures --split byclass-test -)"
is 'a file as standard input' "$wanted" "$(figures --split byclass-test /dev/stdin <$archives/gzip.zip)"

# A byte of the images is another: the checksums notice, and nothing is printed.
at=$(LC_ALL=C grep -abo 'gzip/strokes-byclass-test-images' $archives/gzip.zip | head -n 1 | cut -d: -f1)
{
	head -c $((at + 3000)) $archives/gzip.zip
	printf '\125\252\125\252'
	tail -c +$((at + 3005)) $archives/gzip.zip
} >"$TMP/flipped.zip"
"$EMNIST" eval -q --split byclass-test "$TMP/flipped.zip" >"$TMP/out" 2>"$TMP/stderr"
is 'damage within a file' '2 0' "$? $(wc -c <"$TMP/out")"
check 'damage within a file: which' grep -q \
	"flipped.zip': 'strokes-byclass-test-images-idx3-ubyte.gz': damaged" "$TMP/stderr"

# Of what is not asked for nothing is unpacked: it may be damaged.
is 'damage in another file' "$(figures $idx/strokes-letters)" \
	"$(figures --split letters "$TMP/flipped.zip")"

# Training takes it as well.
"$EMNIST" train -q --no-checkpoint --epochs 1 --batch 32 --split byclass-test -o "$TMP/model.onnx" \
	$archives/gzip.zip >"$TMP/out" 2>"$TMP/stderr"
report 'train'
finish
