#!/bin/sh
# scans.sh - TIFF files of several pages in place of image files, by every way in, and libraries that
# are not installed.
. cli/test/tap.inc

scans=testdata/scans
run() { "$EMNIST" classify "$@" 2>"$TMP/stderr"; }

# ------------------------------------------------------------------------- pages

# What each page shows, by testdata/generate_scans.py.
wanted='1:2 2:7 3:e 4:e'
pages() { sed 's/.*!\([0-9]*\): \(.\) .*/\1:\2/' | paste -sd' ' -; }
for name in pages pages-big-endian pages-bigtiff; do
	is "$name.tif: its pages" "$wanted" "$(run $scans/$name.tif | pages)"
done
is 'the paths of pages' "$scans/pages.tif!1" "$(run -f tsv $scans/pages.tif | sed -n '2s/	.*//p')"
is 'on standard input' "$wanted" "$(run - <$scans/pages.tif | pages)"
is 'through a pipe' "$wanted" "$(cat $scans/pages.tif | run - | pages)"

mkdir "$TMP/folder"
cp $scans/pages.tif $scans/gray8.tif "$TMP/folder"
cp $scans/pages.tif "$TMP/folder/scan.png"
run "$TMP/folder" >"$TMP/out"
is 'in a folder, whatever their names are' \
	"0 gray8.tif pages.tif!1 pages.tif!2 pages.tif!3 pages.tif!4 scan.png!1 scan.png!2 scan.png!3 scan.png!4" \
	"$? $(sed 's,.*/folder/\(.*\): .*,\1,' "$TMP/out" | paste -sd' ' -)"
tar -cf "$TMP/folder.tar" -C "$TMP" folder/gray8.tif folder/pages.tif
is 'in an archive' "folder/gray8.tif folder/pages.tif!1 folder/pages.tif!2 folder/pages.tif!3 folder/pages.tif!4" \
	"$(run "$TMP/folder.tar" | sed 's,.*folder.tar!\(.*\): .*,\1,' | paste -sd' ' -)"
gzip -c $scans/pages.tif >"$TMP/pages.tif.gz"
is 'compressed' "$wanted" "$(run "$TMP/pages.tif.gz" | pages)"
is 'with one thread and with four' "$(run -j 1 "$TMP/folder" $scans/pages.tif | cksum)" \
	"$(run -j 4 "$TMP/folder" $scans/pages.tif | cksum)"

run $scans/pages-damaged.tif >"$TMP/out"
is 'damaged pages: the others are classified' '1 1 4' \
	"$? $(sed 's/.*!\([0-9]\): .*/\1/' "$TMP/out" | paste -sd' ' -)"
is 'damaged pages: are named' "emnist: '$scans/pages-damaged.tif!2': not a valid TIFF: the file is cut short
emnist: '$scans/pages-damaged.tif!3': not a valid TIFF: a page does not record where its pixels are" \
	"$(cat "$TMP/stderr")"
is 'of a list, a file must be one image' "2 emnist: '$TMP/list.csv': none of its images can be read" \
	"$(printf '%s,A\n' "$PWD/$scans/pages.tif" >"$TMP/list.csv"
	"$EMNIST" eval "$TMP/list.csv" >"$TMP/out" 2>"$TMP/stderr"
	printf '%s ' $?; tail -n 1 "$TMP/stderr")"

# What the libraries have to say goes into our messages, and nowhere else.
run $scans/malformed/*.tif $scans/malformed/*.webp $scans/*.tif $scans/*.webp >"$TMP/out"
is 'the libraries print nothing themselves' '' "$(grep -v "^emnist: '$scans/" "$TMP/stderr")"

# ---------------------------------------------------------------------- datasets

mkdir -p "$TMP/classes/4" "$TMP/classes/A"
cp $scans/gray8.tif "$TMP/classes/4/one.tif"
cp $scans/bilevel-g4.tif "$TMP/classes/4/two.TIFF"
cp $scans/lossy.webp "$TMP/classes/4/three.webp"
cp testdata/samples/capital-a-chalk.jpg "$TMP/classes/A"
is 'in a folder for each class they are images' '"images":4 0' \
	"$("$EMNIST" eval -f json "$TMP/classes" 2>"$TMP/stderr" | grep -o '"images":[0-9]*' | head -n 1) $(
	grep -vc 'taken as' "$TMP/stderr")"
is 'and are imported' 0 "$("$EMNIST" dataset import -o "$TMP/imported" "$TMP/classes" >"$TMP/out" 2>&1
	echo $?)"

# --------------------------------------------------------------------- libraries

# A library of that name that cannot be loaded hides the one that is installed: so does none.
if [ -z "$SANITIZE" ]; then
	mkdir "$TMP/none"
	for library in libtiff.so.6 libwebp.so.7; do
		: >"$TMP/none/$library"
	done
	LD_LIBRARY_PATH=$TMP/none run $scans/gray8.tif >"$TMP/out"
	is 'a library that cannot be loaded is named' "1 emnist: '$scans/gray8.tif': cannot load libtiff.so.6" \
		"$? $(sed 's/\(libtiff.so.6\):.*/\1/' "$TMP/stderr")"
	LD_LIBRARY_PATH=$TMP/none run $scans/lossless.webp testdata/samples/digit-2-scan.png >"$TMP/out"
	is 'and hinders nothing else' "1 testdata/samples/digit-2-scan.png: 2" \
		"$? $(sed 's/ [0-9.]*$//' "$TMP/out")"
fi
finish
