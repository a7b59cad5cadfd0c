#!/bin/sh
# dataset.sh - emnist dataset: on the small datasets of testdata and, where EMNIST_DATA is set, on
# EMNIST's test split. What is expected of the former was computed with NumPy by
# testdata/generate_statistics.py.
. cli/test/tap.inc
command=dataset
. cli/test/subcommand.inc

idx=testdata/idx
made=testdata/statistics

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
# Nothing of a pipe is lost, whatever the format; folders are not mistaken for files beside them.
for name in strokes-byclass.csv header.csv.gz doubles.mat; do
	is "stats: $name through a pipe" 'images 40' "$(cat testdata/formats/$name |
		"$EMNIST" dataset stats /dev/stdin 2>&1 | grep '^images' | tr -s ' ')"
done
mkdir -p "$TMP/beside/A"
cp testdata/formats/strokes-byclass.csv "$TMP/beside.csv"
cp testdata/samples/capital-g-emnist.png "$TMP/beside/A"
is 'stats: a folder, and a file beside it that begins so' 'images 1 40' \
	"$("$EMNIST" dataset stats "$TMP/beside" "$TMP/beside.csv" 2>&1 | grep '^images' | tr -s ' ')"

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
check 'stats: a chart in PNG' runs 0 stats --chart "$TMP/chart.png" $made/first-byclass $idx/strokes-sets-test
check 'stats: which is an image that emnist reads' "$EMNIST" classify "$TMP/chart.png"
is 'stats: of two panels' '00000790 00000470' "$(od -An -tx1 -j16 -N4 "$TMP/chart.png" | tr -d ' ') $(
	od -An -tx1 -j20 -N4 "$TMP/chart.png" | tr -d ' ')"
fails 'stats: a chart in PNG on a full disk' "'$TMP/none/x.png': cannot write: No such file or directory" \
	stats --chart "$TMP/none/x.png" $made/first-byclass
cp $made/first-byclass-images-idx3-ubyte "$TMP/<&>-images-idx3-ubyte"
cp $made/first-byclass-labels-idx1-ubyte "$TMP/<&>-labels-idx1-ubyte"
runs 0 stats --chart "$TMP/chart.svg" "$TMP/<&>"
check 'stats: a chart of a dataset with an odd name' grep -q '>&lt;&amp;&gt;: 48 images<' "$TMP/chart.svg"
printf '\000\000\010\003\000\000\000\000\000\000\000\034\000\000\000\034' >"$TMP/none-images-idx3-ubyte"
printf '\000\000\010\001\000\000\000\000' >"$TMP/none-labels-idx1-ubyte"
check 'stats: of no images' runs 0 stats --chart "$TMP/chart.svg" "$TMP/none"
check 'stats: of no images as JSON' runs 0 stats -f json "$TMP/none" $made/first-byclass
check 'stats: what is 0/0 is null' grep -q '"mean":null.*"share":null' "$TMP/out"

fails 'stats: no dataset' "missing DATASET; see 'emnist dataset stats --help'" stats
fails 'stats: a dataset that is not there' \
	"'$TMP/x': no such file, folder or dataset" \
	stats "$TMP/x"
fails 'stats: chart to stdout' '--chart: needs a file; standard output is for the figures' \
	stats --chart - $made/first-byclass
fails 'stats: a full disk' "'/dev/full': cannot write: No space left on device" stats -o /dev/full $made/first-byclass
fails 'stats: a chart on a full disk' "'/dev/full': cannot write: No space left on device" \
	stats --chart /dev/full $made/first-byclass
fails 'stats: an unknown option' "unknown option '--chat'; did you mean '--chart'?" stats --chat
fails 'stats: an option like none' "unknown option '--xyz'; see 'emnist dataset stats --help'" stats --xyz
awk 'BEGIN { for (i = 0; i < 2000; i++) print i, 300 + i }' >"$TMP/long.txt"
fails 'stats: more classes than a chart can show' \
	"--chart: '$made/first-byclass' has 2000 classes; the limit is 1000" \
	stats --mapping "$TMP/long.txt" --chart "$TMP/chart.svg" $made/first-byclass
while IFS="$(printf '\t')" read -r stem _ message; do
	[ "$stem" = '# stem' ] || fails "stats: $stem" "'$idx/malformed/$stem': $message" \
		stats $idx/malformed/"$stem"
done <$idx/malformed/expected.tsv

# ----------------------------------------------------------------------- export

byclass=$idx/strokes-byclass-test
plain=$byclass-images-idx3-ubyte
gzip -dc $byclass-labels-idx1-ubyte.gz >"$TMP/labels"
tr -d '\r' <$idx/strokes-byclass-mapping.txt >"$TMP/mapping"

check 'export: idx' runs 0 export $byclass "$TMP/a-images-idx3-ubyte"
check 'export: idx: the images that there were' cmp "$TMP/a-images-idx3-ubyte" $plain
check 'export: idx: their labels' cmp "$TMP/a-labels-idx1-ubyte" "$TMP/labels"
check 'export: idx: their mapping' cmp "$TMP/a-mapping.txt" "$TMP/mapping"
check 'export: idx.gz' runs 0 export $byclass "$TMP/b-images-idx3-ubyte.gz"
gzip -dc "$TMP/b-images-idx3-ubyte.gz" >"$TMP/unpacked" 2>"$TMP/stderr"
report 'export: idx.gz: gzip reads it'
check 'export: idx.gz: the images that there were' cmp "$TMP/unpacked" $plain
gzip -dc "$TMP/b-labels-idx1-ubyte.gz" >"$TMP/unpacked" 2>"$TMP/stderr"
check 'export: idx.gz: their labels' cmp "$TMP/unpacked" "$TMP/labels"
check 'export: -f idx, a stem' runs 0 export -f idx $byclass "$TMP/c"
check 'export: -f idx, a stem: the images' cmp "$TMP/c-images-idx3-ubyte" $plain
check "export: MNIST's names" runs 0 export $idx/t10k "$TMP/t10k-images-idx3-ubyte"
gzip -dc $idx/t10k-images-idx3-ubyte.gz >"$TMP/unpacked"
check "export: MNIST's names are of upright images" cmp "$TMP/t10k-images-idx3-ubyte" "$TMP/unpacked"
check 'export: packed, and read again' runs 0 export "$TMP/b" "$TMP/d-images-idx3-ubyte"
check 'export: the same again' cmp "$TMP/d-images-idx3-ubyte" $plain
is 'export: a file holds what one of no images would hold' 1 "$("$EMNIST" dataset export --range 99.. \
	$byclass "$TMP/z-images-idx3-ubyte" 2>&1 | grep -c ": no images to write$")"
check 'export: nothing to write, nothing there' [ ! -e "$TMP/z-images-idx3-ubyte" ]

for form in csv npz npy; do
	check "export: $form" runs 0 export $byclass "$TMP/e.$form"
done
check 'export: CSV: a line an image, of a label and 784 values' awk -F , \
	'NF != 785 { exit 1 } END { exit NR != 40 }' "$TMP/e.csv"
is 'export: CSV: the first label and its pixels' "$(od -An -v -tu1 -j16 -N784 $plain | tr -s ' \n' ',,')" \
	"$(head -n 1 "$TMP/e.csv" | sed 's/^[^,]*//')",
check 'export: CSV: mapping' cmp "$TMP/e-mapping.txt" "$TMP/mapping"
if command -v unzip >/dev/null; then
	check 'export: npz is a zip file' unzip -tqq "$TMP/e.npz"
fi
if python3 -c 'import numpy' 2>"$TMP/stderr"; then
	check 'export: what NumPy reads' python3 lib/test/peers_export.py "$TMP/e" $plain "$TMP/labels"
else
	skip 'export: what NumPy reads' 'no NumPy'
fi

check 'export: folders' runs 0 export -j 3 $byclass "$TMP/folders"
is 'export: folders: a class each' "40 40 0/000000-0.png,0 A_caps/000010-A_caps.png,A a_small/000025-a_small.png,a" \
	"$(find "$TMP/folders" -name '*.png' | wc -l) $(find "$TMP/folders" -mindepth 1 -type d | wc -l) $(
		grep '^\(0\|A_caps\|a_small\)/' "$TMP/folders/labels.csv" | tr '\n' ' ' | sed 's/ $//')"
is 'export: no two folders are alike but for case' '' \
	"$(find "$TMP/folders" -mindepth 1 -type d | tr a-z A-Z | sort | uniq -d)"
tail -n +2 "$TMP/folders/labels.csv" | cut -d , -f 1 | sort >"$TMP/wanted"
(cd "$TMP/folders" && find . -name '*.png' | sed 's,^\./,,' | sort) >"$TMP/got"
check 'export: labels.csv lists the files' diff "$TMP/wanted" "$TMP/got"
check 'export: flat' runs 0 export -f flat $idx/strokes-sets-test "$TMP/flat"
is 'export: flat: names and labels of sets' 'path,label
000000-U+0030_U+004F_U+00D8.png,0OØ
000001-U+0031_U+006C_U+0049_U+007C.png,1lI|
000002-U+20AC_U+1F600.png,€😀' "$(cat "$TMP/flat/labels.csv")"
for name in sets.npz sets.npy; do
	runs 0 export $idx/strokes-sets-test "$TMP/$name"
	runs 0 export -f flat "$TMP/$name" "$TMP/flat-of-$name"
	check "export: $name is read again, and what its labels mean" \
		diff -r "$TMP/flat" "$TMP/flat-of-$name"
done
printf '3 44 34\n5 34 44\n9 97\n' >"$TMP/odd.txt"
runs 0 export -f flat --mapping "$TMP/odd.txt" $idx/strokes-sets-test "$TMP/quoted"
is 'export: labels are quoted' '000000-U+002C_U+0022.png,","""' "$(sed -n 2p "$TMP/quoted/labels.csv")"
# An image of a folder goes through the network as that of the dataset does.
"$EMNIST" classify -m $idx/nearest.onnx -f csv -r "$TMP/folders/A_caps" >"$TMP/out" 2>"$TMP/stderr"
printf '10\n' | "$EMNIST" dataset export -f flat --indices - $byclass "$TMP/one" 2>"$TMP/stderr"
check 'export: --indices' [ -e "$TMP/one/000000-A_caps.png" ]
check 'export: the same image' cmp "$TMP/one/000000-A_caps.png" "$TMP/folders/A_caps/000010-A_caps.png"
for j in 1 2 7; do
	runs 0 export -j $j $byclass "$TMP/folders-$j"
	check "export: -j $j writes what -j 3 wrote" diff -r "$TMP/folders" "$TMP/folders-$j"
done
# In the order of their paths, images of folders are not where they were.
for what in e.csv e.npz e.npy folders/labels.csv flat-of-all/labels.csv; do
	[ "$what" != flat-of-all/labels.csv ] || runs 0 export -f flat $byclass "$TMP/flat-of-all"
	check "export: $what is read again" runs 0 export --force "$TMP/$what" "$TMP/again-images-idx3-ubyte"
	check "export: $what: the images that there were" cmp "$TMP/again-images-idx3-ubyte" $plain
	check "export: $what: their labels" cmp "$TMP/again-labels-idx1-ubyte" "$TMP/labels"
done
check 'export: folders are read again' runs 0 stats -f json "$TMP/folders"
sed 's/"dataset":"[^"]*"//;s/,{"label":"[^}]*"images":0,"share":0.000000000}//g;s/"classes":[0-9]*//g' "$TMP/out" \
	>"$TMP/got"
runs 0 stats -f json $byclass
sed 's/"dataset":"[^"]*"//;s/,{"label":"[^}]*"images":0,"share":0.000000000}//g;s/"classes":[0-9]*//g' "$TMP/out" \
	>"$TMP/wanted"
check 'export: folders: the same figures' diff "$TMP/wanted" "$TMP/got"

fails 'export: into a folder that has something in it' "'$TMP/folders': the folder is not empty" \
	export $byclass "$TMP/folders"
check 'export: --force' runs 0 export --force $byclass "$TMP/folders"
fails 'export: what is there stays' "'$TMP/e.csv': already exists; use --force to replace it" \
	export $byclass "$TMP/e.csv"
fails 'export: what a stem is of stays' \
	"'$TMP/c-images-idx3-ubyte': already exists; use --force to replace it" \
	export -f idx $byclass "$TMP/c"
check 'export: --force replaces it' runs 0 export --force -f idx $byclass "$TMP/c"
check 'export: what -o names is replaced' runs 0 import -o "$TMP/c" $byclass
fails 'export: no destination' "missing DATASET or DEST; see 'emnist dataset export --help'" \
	export $byclass
fails 'export: an unknown form' "--format: 'mat' is not one of idx, csv, npy, npz, folders, flat, tar" \
	export -f mat $byclass "$TMP/x"
fails 'export: a full disk' "'/dev/full': cannot write: No space left on device" \
	export -f csv $byclass /dev/full
fails 'export: no such folder' "'$TMP/none/x.csv': cannot write: No such file or directory" \
	export $byclass "$TMP/none/x.csv"
fails 'export: into a file' "'$TMP/e.csv': cannot make the folder: Not a directory" \
	export -f flat $byclass "$TMP/e.csv"
check 'export: nothing half is left' [ -z "$(find "$TMP" . -name '.emnist-*' -not -path './build/*')" ]
cp "$TMP/e.csv" "$TMP/kept.csv"
runs 2 export --force $idx/malformed/gzip-crc "$TMP/kept.csv"
check 'export: what was there stays where a dataset fails' cmp "$TMP/e.csv" "$TMP/kept.csv"
mkdir "$TMP/odd
name"
runs 0 export -v $byclass "$TMP/odd
name/x.npy"
check 'export: names are shown as text' grep -q "odd\\\\nname/x.npy': 40 images$" "$TMP/stderr"

# ----------------------------------------------------------------------- choice

# chosen OPTION...: the labels that are chosen of the 40 images.
chosen()
{
	rm -rf "$TMP/chosen"
	runs 0 export -f flat "$@" $byclass "$TMP/chosen"
	sed -n 's/^0*\([0-9][0-9]*\)-.*/\1/p' "$TMP/chosen/labels.csv" | tr '\n' ' '
}

is '--range: both ends' '3 4 5 ' "$(chosen --range 3..5)"
is '--range: an open end' '38 39 ' "$(chosen --range 38..)"
is '--range: an open beginning' '0 1 ' "$(chosen --range ..1)"
is '--range: a dataset that ends before it' '38 39 ' "$(chosen --range 38..99)"
is '--classes' '10 11 25 ' "$(chosen --classes ABa)"
runs 0 export --classes ABa $byclass "$TMP/classes-images-idx3-ubyte"
is '--classes: the mapping has no others' '10 65,11 66,36 97' "$(paste -sd , "$TMP/classes-mapping.txt")"
runs 0 export --force --classes c $idx/strokes-balanced-train "$TMP/classes-images-idx3-ubyte"
is '--classes: they keep all their characters' '12 67 99' "$(cat "$TMP/classes-mapping.txt")"
is '--class is enough of --classes' '1 2 ' "$(chosen --class 12)"
# python3 -c 'M=2**64-1
# def key(seed, i):
#     x = (seed + (i + 1) * 0x9e3779b97f4a7c15) & M
#     x = ((x ^ x >> 30) * 0xbf58476d1ce4e5b9) & M
#     x = ((x ^ x >> 27) * 0x94d049bb133111eb) & M
#     return x ^ x >> 31
# for s, n, c in (1, 5, range(40)), (1, 8, range(40)), (7, 5, range(40)), (1, 3, range(10)):
#     print(*sorted(sorted(c, key=lambda i: key(s, i))[:n]))'
is '--sample: what Python draws' '20 21 23 25 28 ' "$(chosen --sample 5)"
is '--sample: more' '8 15 20 21 23 25 28 34 ' "$(chosen --sample 8)"
is '--sample: another seed' '1 10 26 31 36 ' "$(chosen --sample 5 --seed 7)"
is '--sample of --classes' '3 4 8 ' "$(chosen --sample 3 --classes digits)"
for bad in 5..3 x 1 1..x .. 1.. '' 0..99999999999999999999xyz 0..18446744073709551616 \
	18446744073709551616..; do
	case $bad in 1..) continue ;; esac
	fails "--range '$bad'" "--range: '$bad' is not a range of images, such as 0..99" \
		export --range "$bad" $byclass "$TMP/x.csv"
done
is '--range: the largest number' '38 39 ' "$(chosen --range 38..18446744073709551615)"
fails '--sample of too few' "'$byclass': --sample: 41 of 40 images" export --sample 41 $byclass "$TMP/x.csv"
fails '--classes that are not there' "--classes: no class for 'é'" \
	export --classes é $byclass "$TMP/x.csv"

# ---------------------------------------------------------------------- montage

runs 0 montage -o "$TMP/sheet.png" --numbers $idx/t10k
is 'montage: a PNG file of so many pixels' '89504e47 0000013c000000ba' \
	"$(od -An -tx1 -N4 "$TMP/sheet.png" | tr -d ' ') $(od -An -tx1 -j16 -N8 "$TMP/sheet.png" | tr -d ' ')"
check 'montage: of several, some, dark' runs 0 montage -o "$TMP/dark.png" --dark --columns 4 --scale 3 \
	--sample 3 $idx/t10k $byclass
check 'montage: a sheet is an image that emnist reads' "$EMNIST" classify "$TMP/dark.png"
"$EMNIST" dataset montage --numbers -o - $idx/t10k >"$TMP/out" 2>"$TMP/stderr"
check 'montage: to standard output' cmp "$TMP/sheet.png" "$TMP/out"
fails 'montage: nothing to draw' "'$TMP/x.png': no images to draw" \
	montage -o "$TMP/x.png" --range 50.. $byclass
fails 'montage: to nowhere' "missing -o FILE.png; see 'emnist dataset montage --help'" montage $byclass
fails 'montage: a full disk' "'/dev/full': cannot write: No space left on device" \
	montage -o /dev/full $byclass

# ----------------------------------------------------------------------- import

check 'import: several datasets' runs 0 import -o "$TMP/two" $idx/strokes-letters $byclass
is 'import: classes of both' '88 0 48 1 49' "$(wc -l <"$TMP/two-mapping.txt") $(head -n 2 "$TMP/two-mapping.txt" | tr '\n' ' ' | sed 's/ $//')"
runs 0 stats "$TMP/two"
is 'import: images of both' 70 "$(sed -n 's/^images  *//p' "$TMP/out")"
is 'import: Aa and A are two classes' 'A 1 Aa 2 ' "$(sed -n 's/^\(A\|Aa\)  *\([0-9]*\) .*/\1 \2/p' "$TMP/out" | tr '\n' ' ')"
check 'import: of one, as it is' runs 0 import -o "$TMP/one.gz" $byclass
gzip -dc "$TMP/one-labels-idx1-ubyte.gz" >"$TMP/unpacked"
check 'import: its labels' cmp "$TMP/unpacked" "$TMP/labels"
mkdir "$TMP/scans" "$TMP/scans/2" "$TMP/scans/B_caps" "$TMP/scans/d_small"
cp testdata/samples/digit-2-scan.png "$TMP/scans/2/b.png"
cp testdata/samples/capital-b-marker.png "$TMP/scans/B_caps/a.png"
cp testdata/samples/small-d-phone.jpg "$TMP/scans/d_small/a.jpg"
echo 'a shopping list' >"$TMP/scans/2/a.png"
check 'import: a bad image among good ones' runs 1 import -o "$TMP/mine" "$TMP/scans"
is 'import: is said' "emnist: '$TMP/scans/2/a.png': unknown format (supported: PNG, JPEG, TIFF, WebP, BMP, PNM, GIF, TGA)" \
	"$(cat "$TMP/stderr")"
is 'import: is left out' '00000003 020b27' "$(od -An -tx1 -j4 -N4 "$TMP/mine-labels-idx1-ubyte" | tr -d ' ') $(
	od -An -tx1 -j8 "$TMP/mine-labels-idx1-ubyte" | tr -d ' ')"
is 'import: indices are those of ByClass' '2 50 11 66 39 100' "$(tr '\n' ' ' <"$TMP/mine-mapping.txt" | sed 's/ $//')"
"$EMNIST" classify --dump-preprocessed "$TMP/seen" "$TMP/scans/2/b.png" "$TMP/scans/B_caps/a.png" \
	"$TMP/scans/d_small/a.jpg" >"$TMP/check.log"
for number in 1 2 3; do
	printf '%s\n' $((number - 1)) >"$TMP/indices"
	runs 0 export -f flat --indices "$TMP/indices" "$TMP/mine" "$TMP/pixels-$number"
	check "import: image $number is what the network sees" \
		cmp "$TMP/pixels-$number"/000000-*.png "$TMP/seen"/00000$number-*.png
done
printf 'path,label\nscans/B_caps/a.png,B\nscans/2/a.png,2\nscans/2/b.png,2\n' >"$TMP/list.csv"
check 'import: a list' runs 1 import --preprocess raw -o "$TMP/listed" "$TMP/list.csv"
is 'import: a list: its labels' '0b02' "$(od -An -tx1 -j8 "$TMP/listed-labels-idx1-ubyte" | tr -d ' ')"
runs 2 import --fail-fast -o "$TMP/never" "$TMP/scans"
check 'import: --fail-fast writes nothing' [ -z "$(find "$TMP" -name 'never*')" ]
# Enough files for several threads to be about at once.
mkdir "$TMP/many"
for class in 2 B_caps d_small; do
	mkdir "$TMP/many/$class"
	for number in 1 2 3 4 5 6 7 8 9; do
		for tens in 1 2 3 4 5 6; do
			cp "$TMP/scans/$class"/[ab].[pj]* "$TMP/many/$class" 2>/dev/null
			ln "$TMP/many/$class"/[ab].[pj]* "$TMP/many/$class/$tens$number.png" 2>/dev/null ||
				ln "$TMP/many/$class/b.png" "$TMP/many/$class/$tens$number.png"
		done
	done
done
runs 1 import -j 1 -o "$TMP/j1" "$TMP/many"
cp "$TMP/stderr" "$TMP/said"
for j in 2 5; do
	runs 1 import -j $j -o "$TMP/j$j" "$TMP/many"
	check "import: -j $j writes what -j 1 writes" cmp "$TMP/j1-images-idx3-ubyte" "$TMP/j$j-images-idx3-ubyte"
	check "import: -j $j: the labels too" cmp "$TMP/j1-labels-idx1-ubyte" "$TMP/j$j-labels-idx1-ubyte"
	check "import: -j $j says what -j 1 says" diff "$TMP/said" "$TMP/stderr"
done
"$EMNIST" train -q --no-checkpoint --epochs 1 --batch 32 --hidden 8 -o "$TMP/mine.onnx" "$TMP/j1" 2>"$TMP/stderr"
report 'import: what it wrote is trained on'
is 'import: and read by eval' '"images":165' "$("$EMNIST" eval -m "$TMP/mine.onnx" -f json "$TMP/j1" | grep -o '"images":[0-9]*')"

# ----------------------------------------------------------------- interruptions

mkdir "$TMP/slow"
for signal in INT TERM; do
	cp "$TMP/e.csv" "$TMP/slow/e.csv"
	rm -f "$TMP/pipe"
	mkfifo "$TMP/pipe"
	env --default-signal=$signal "$EMNIST" dataset export -f csv "$TMP/pipe" "$TMP/slow/e.csv" \
		2>"$TMP/stderr" &
	pid=$!
	exec 9>"$TMP/pipe"
	kill -$signal $pid
	exec 9>&-
	wait $pid 2>/dev/null
	check "SIG$signal leaves what was there, and nothing else" \
		sh -c "cmp $TMP/e.csv $TMP/slow/e.csv && [ \"\$(ls $TMP/slow)\" = e.csv ]"
done

fails 'import: to nowhere' "missing -o STEM; see 'emnist dataset import --help'" import $byclass
fails 'import: to standard output' \
	'--output: needs a name; standard output cannot hold several files' import -o - $byclass
fails 'export: to standard output' 'DEST: needs a name; standard output cannot hold several files' \
	export $byclass -
fails 'export: a choice that is none makes no folder' "--range: '5..1' is not a range of images, such as 0..99" \
	export --range 5..1 $byclass "$TMP/unmade"
check 'export: as it is said' [ ! -e "$TMP/unmade" ]
fails 'import: nothing' "missing IMAGES; see 'emnist dataset import --help'" import -o "$TMP/x"
fails 'import: a stem that is none' "'$TMP/': a folder; a file name is needed" import -o "$TMP/" $byclass

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
