#!/bin/sh
# archives.sh - archives of images, and idx files, in place of image files. Runs under
# ThreadSanitizer too.
. cli/test/tap.inc

archives=testdata/archives
run() { "$EMNIST" classify "$@" 2>"$TMP/stderr"; }

# What the very files are classified as, by the name that they have in the archives.
mkdir -p "$TMP/letters" "$TMP/digits"
cp testdata/samples/small-e-tiny.png "$TMP/letters/e.png"
cp testdata/samples/digit-7-bilevel.png "$TMP/digits/7.png"
cp testdata/samples/digit-8-small.gif "$TMP/digits/8.gif"
(cd "$TMP" && "$EMNIST" classify -f tsv --probabilities letters/e.png digits/7.png digits/8.gif) |
	tail -n +2 >"$TMP/wanted"

# ------------------------------------------------------------ all kinds, all ways

mkfifo "$TMP/fifo"
for name in deflated.zip stored.zip bzip2.zip lzma.zip stream.zip stream-stored.zip zip64.zip \
	comment.zip ustar.tar plain.tar.gz plain.tar.zst plain.tar.xz; do
	run -f tsv --probabilities $archives/$name | tail -n +2 | sed "s,^$archives/$name!,," \
		>"$TMP/out"
	check "$name: as its files" diff "$TMP/wanted" "$TMP/out"
	run -f tsv --probabilities - <$archives/$name | tail -n +2 | sed 's,^-!,,' >"$TMP/out"
	check "$name on standard input" diff "$TMP/wanted" "$TMP/out"
	cat $archives/$name | run -f tsv --probabilities - | tail -n +2 | sed 's,^-!,,' >"$TMP/out"
	check "$name through a pipe" diff "$TMP/wanted" "$TMP/out"
	cat $archives/$name | run -f tsv --probabilities /dev/stdin | tail -n +2 |
		sed 's,^/dev/stdin!,,' >"$TMP/out"
	check "$name through a pipe with a name" diff "$TMP/wanted" "$TMP/out"
	cat $archives/$name >"$TMP/fifo" &
	echo "$TMP/fifo" | run -f tsv --probabilities --files-from=- | tail -n +2 |
		sed "s,^$TMP/fifo!,," >"$TMP/out"
	check "$name through a FIFO" diff "$TMP/wanted" "$TMP/out"
done

# Content tells: an archive that is called an image, and an image that is called an archive.
cp testdata/samples/small-e-tiny.png "$TMP/image.zip"
is 'the name does not matter' "$archives/zip-called.png!letters/e.png $TMP/image.zip" \
	"$(run -f tsv $archives/zip-called.png "$TMP/image.zip" | tail -n +2 | cut -f1 | paste -sd' ' -)"
for name in begins-as-bmp begins-as-pnm; do
	is "$name.tar: not taken for an image" 1 "$(run $archives/$name.tar | wc -l)"
done

is 'what macOS adds is passed over' 'letters/e.png letters/8.gif ' \
	"$(run $archives/macos.zip | sed 's/.*!\(.*\):.*/\1/' | tr '\n' ' ')"
is 'directories, links and devices are passed over' './a.png ./c.png ' \
	"$(run $archives/others.tar | sed 's/.*!\(.*\):.*/\1/' | tr '\n' ' ')"
run $archives/empty.zip >"$TMP/out"
is 'an archive without files is a failure: nothing was classified' '1 0 1' \
	"$? $(wc -l <"$TMP/out") $(wc -l <"$TMP/stderr")"

# ------------------------------------------------------------------------ names

run $archives/names.zip >"$TMP/out"
check 'names are shown on one line' grep -Fq 'names.zip!line\nend.png: e ' "$TMP/out"
check 'escape sequences do not reach a terminal' grep -Fq '\x1b[31mred.png: 8 ' "$TMP/out"
check 'names in UTF-8' grep -Fq 'names.zip!grüße 日本.png: G ' "$TMP/out"
is 'a name in Latin-1: shown' '\xdf' "$(run $archives/latin-1.zip | grep -o '\\xdf')"
is 'a name in Latin-1: its bytes' 1 \
	"$(run -f csv $archives/latin-1.zip | LC_ALL=C grep -c "$(printf 'gru\337e.png,e')")"
check 'a name in Latin-1: base64' grep -q '"path_base64":' <<END
$(run -f jsonl $archives/latin-1.zip)
END
run -q --dump-preprocessed "$TMP/seen" testdata/samples/digit-2-scan.png $archives/deflated.zip \
	testdata/samples/digit-2-scan.png >"$TMP/out"
is '--dump-preprocessed counts on' '000001-testdata_samples_digit-2-scan.png
000002-testdata_archives_deflated.zip!letters_e.png
000003-testdata_archives_deflated.zip!digits_7.png
000004-testdata_archives_deflated.zip!digits_8.png
000005-testdata_samples_digit-2-scan.png' "$(ls "$TMP/seen")"

# Without a UTF-8 locale, as in a container that has the program alone.
run -f csv $archives/names.zip >"$TMP/wanted"
LOCPATH="$TMP" run -f csv $archives/names.zip >"$TMP/out"
check 'names in UTF-8 where no locale has it' cmp "$TMP/wanted" "$TMP/out"

run -f tsv --name s3://bucket/1.tar - <$archives/ustar.tar | tail -n +2 | cut -f1 >"$TMP/out"
is '--name: of an archive' 's3://bucket/1.tar!letters/e.png' "$(head -n 1 "$TMP/out")"
is '--name: of an image' 'a!b: e' \
	"$(run --name 'a!b' - <testdata/samples/small-e-tiny.png | cut -d' ' -f1,2)"
run --name x - <Makefile
is '--name: of what fails' 1 "$(grep -c "^emnist: 'x': " "$TMP/stderr")"
run --name x $archives/ustar.tar >"$TMP/out"
is '--name: without standard input' '2 0' "$? $(wc -l <"$TMP/out")"

# ------------------------------------------------------- names of files in archives

# fed NAME: that the records of an archive are the same when their names are given.
fed()
{
	run -f csv "$1" >"$TMP/wanted"
	run -f tsv "$1" | tail -n +2 | cut -f1 | run -f csv --files-from=- >"$TMP/out"
	check "$1: printed names can be given" cmp "$TMP/wanted" "$TMP/out"
}
for name in deflated.zip ustar.tar plain.tar.xz folders-deep.zip; do
	fed $archives/$name
done
cp testdata/idx/t10k-images-idx3-ubyte.gz "$TMP/t10k-images.gz"
fed "$TMP/t10k-images.gz"
mkdir "$TMP/loud"
cp $archives/names.zip "$TMP/loud/a!b.zip"
fed_again=$TMP/loud/a!b.zip
is "names with a '!' in either" "$fed_again!a!b.png: 7" \
	"$(run "$fed_again!a!b.png" | cut -d' ' -f1,2)"
cp testdata/samples/small-e-tiny.png "$TMP/loud/c.zip!a.png"
is 'a file that is called so comes first' "$TMP/loud/c.zip!a.png: e" \
	"$(run "$TMP/loud/c.zip!a.png" | cut -d' ' -f1,2)"
run -f csv $archives/deflated.zip!nowhere.png $archives/deflated.zip!digits/7.png \
	Makefile!x $archives/deflated.zip! >"$TMP/out"
is 'names that are not there: each is an input that failed' '1 5 3' \
	"$? $(wc -l <"$TMP/out") $(wc -l <"$TMP/stderr")"
check 'names that are not there: reported' grep -Fq \
	"'$archives/deflated.zip!nowhere.png': no such file in the archive" "$TMP/stderr"
"$EMNIST" eval -q --errors "$TMP/errors.csv" $archives/folders.zip >/dev/null 2>&1
cut -d, -f7,3 "$TMP/errors.csv" | tail -n +2 | sed 's/\(.*\),\(.*\)/\2: \1/' >"$TMP/wanted"
tail -n +2 "$TMP/errors.csv" | cut -d, -f7 | run --files-from=- | cut -d' ' -f1,2 >"$TMP/out"
check 'the mistakes of eval can be given' diff "$TMP/wanted" "$TMP/out"

# Names in a row are read in as few passes as possible, which changes no answer.
"$EMNIST" dataset export -q testdata/idx/strokes-byclass-test "$TMP/many.tar"
run "$TMP/many.tar" >"$TMP/wanted"
cut -d: -f1 "$TMP/wanted" >"$TMP/names"
sort -r "$TMP/wanted" | sed p >"$TMP/mixed"
cut -d: -f1 "$TMP/mixed" >"$TMP/mixed_names"
for j in 1 2 7; do
	run -j $j --files-from="$TMP/mixed_names" >"$TMP/out"
	check "names in any order, -j $j" cmp "$TMP/mixed" "$TMP/out"
done
# bytes_read COMMAND...: a process counts what its children have read.
bytes_read()
{
	sh -c '"$@" >/dev/null; sed -n "s/^rchar: //p" /proc/$$/io' sh "$@"
}
for i in 1 2 3 4 5 6 7 8; do
	cp "$TMP/many.tar" "$TMP/many$i.tar"
done
if [ -r /proc/self/io ]; then
	check 'names in the order of the archive: it is read once' test \
		"$(bytes_read "$EMNIST" classify -q --files-from="$TMP/names")" -lt \
		$(($(bytes_read "$EMNIST" classify -q "$TMP/many.tar") + $(wc -c <"$TMP/many.tar")))
	sed 'h; s/many/many1/p; g; s/many/many2/p; g; s/many/many8/' "$TMP/names" >"$TMP/in_turn"
	check 'names of some archives in turn: each is read once' test \
		"$(bytes_read "$EMNIST" classify -q --files-from="$TMP/in_turn")" -lt \
		$((3 * $(bytes_read "$EMNIST" classify -q "$TMP/many.tar") + $(wc -c <"$TMP/many.tar")))
else
	skip 'names in the order of the archive: it is read once' 'no /proc/self/io'
	skip 'names of some archives in turn: each is read once' 'no /proc/self/io'
fi
# More archives than stay open.
while read -r record; do
	for i in 1 2 1 3 4 5 6 7 8 ''; do
		echo "$record" | sed "s/many/many$i/"
	done
done <"$TMP/wanted" >"$TMP/mixed"
cut -d: -f1 "$TMP/mixed" | run --files-from=- >"$TMP/out"
check 'names of many archives in turn' cmp "$TMP/mixed" "$TMP/out"
# Of two files of a name, it is the first, wherever the archive is being read.
mkdir "$TMP/old" "$TMP/new"
cp testdata/samples/small-e-tiny.png "$TMP/old/a.png"
cp testdata/samples/digit-7-bilevel.png "$TMP/old/b.png"
cp testdata/samples/digit-7-bilevel.png "$TMP/new/a.png"
tar cf "$TMP/double.tar" -C "$TMP/old" a.png b.png -C "$TMP/new" a.png
for names in 'a b a' 'b a' 'b c a b'; do
	for name in $names; do
		printf '%s/double.tar!%s.png\n' "$TMP" "$name"
	done >"$TMP/names"
	is "two files of a name: $names" "$(echo "$names" | sed 's/a/e/g; s/b/7/g; s/c/-/g')" \
		"$(run -f tsv --files-from="$TMP/names" | tail -n +2 | cut -f 2 | sed 's/^$/-/' | paste -sd' ' -)"
done
# Of a damaged archive, what comes before the damage.
head -c 60000 "$TMP/many.tar" >"$TMP/cut.tar"
run "$TMP/cut.tar" >"$TMP/before"
cut -d: -f1 "$TMP/wanted" | sed 's/many/cut/' | run --files-from=- >"$TMP/out"
is 'a damaged archive: names behind the damage failed' "1 40" "$? $(($(wc -l <"$TMP/out") + $(wc -l <"$TMP/stderr")))"
check 'a damaged archive: what comes before' cmp "$TMP/before" "$TMP/out"

# ------------------------------------------------------------ several in a row

for name in ustar.tar plain.tar.gz plain.tar.zst plain.tar.xz; do
	cat $archives/$name $archives/$name $archives/$name >"$TMP/three"
	for i in 1 2 3; do
		run -f tsv $archives/$name | tail -n +2 | sed 's,.*!,,'
	done >"$TMP/wanted"
	run -f tsv "$TMP/three" | tail -n +2 | sed 's,.*!,,' >"$TMP/out"
	check "$name: three in a row" cmp "$TMP/wanted" "$TMP/out"
	cat "$TMP/three" | run -f tsv - | tail -n +2 | sed 's,.*!,,' >"$TMP/out"
	check "$name: three in a row through a pipe" cmp "$TMP/wanted" "$TMP/out"
done
cat $archives/ustar.tar $archives/plain.tar.gz | run - >"$TMP/out"
is 'a compressed tar archive after a plain one: not passed over silently' '1 3 1' \
	"$? $(wc -l <"$TMP/out") $(wc -l <"$TMP/stderr")"
for name in deflated.zip zip64.zip stream.zip; do
	cat $archives/$name $archives/deflated.zip >"$TMP/pair.zip"
	run "$TMP/pair.zip" >"$TMP/out"
	is "$name: two in a row are an error" '1 3 1' \
		"$? $(wc -l <"$TMP/out") $(grep -c 'several zip archives' "$TMP/stderr")"
done

# -------------------------------------------------------- among others, in order

i=0
while [ $i -lt 12 ]; do
	for file in testdata/samples/digit-2-scan.png $archives/deflated.zip nowhere.png \
		$archives/malformed/zip-bad-crc.zip $archives/plain.tar.xz Makefile \
		$archives/malformed/tar-cut-in-file.tar testdata/idx/t10k-images-idx3-ubyte.gz; do
		echo $file
	done
	i=$((i + 1))
done >"$TMP/list"
# By kernels: by BLAS, the last digit of an answer depends on the batch.
"$EMNIST" classify --engine kernels -f csv -j 1 --files-from="$TMP/list" >"$TMP/wanted" 2>"$TMP/wanted.stderr"
is 'archives in a list: the status' 1 $?
is 'archives in a list: a record for each file' $((1 + 12 * (1 + 3 + 1 + 3 + 3 + 1 + 2 + 10))) \
	"$(wc -l <"$TMP/wanted")"
for threads in 2 5; do
	for batch in 1 2 128; do
		"$EMNIST" classify --engine kernels -f csv -j $threads --batch $batch --files-from="$TMP/list" \
			>"$TMP/out" 2>"$TMP/stderr"
		check "-j $threads --batch $batch: the same, stdout" cmp "$TMP/wanted" "$TMP/out"
		check "-j $threads --batch $batch: the same, stderr" \
			cmp "$TMP/wanted.stderr" "$TMP/stderr"
	done
done

run -f csv --fail-fast testdata/samples/digit-2-scan.png $archives/malformed/zip-bad-crc.zip \
	testdata/samples/digit-2-scan.png >"$TMP/out"
is '--fail-fast ends in an archive' "1 3 $archives/malformed/zip-bad-crc.zip!letters/e.png" \
	"$? $(wc -l <"$TMP/out") $(tail -n 1 "$TMP/out" | cut -d, -f1)"
run -f csv --fail-fast -j 3 $archives/deflated.zip $archives/malformed/gzip-cut.tar.gz Makefile \
	>"$TMP/out"
is '--fail-fast ends with an archive' "1 8 $archives/malformed/gzip-cut.tar.gz" \
	"$? $(wc -l <"$TMP/out") $(tail -n 1 "$TMP/out" | cut -d, -f1)"

idx=testdata/idx/strokes-byclass-test-images-idx3-ubyte
# In a directory an archive is no input, and fails nothing, but is named.
mkdir "$TMP/d"
cp $archives/deflated.zip testdata/samples/small-e-tiny.png "$TMP/d"
skipped='skipped; archives are not opened inside a directory or archive'
is 'an archive in a directory' "0 emnist: '$TMP/d/deflated.zip': $skipped" \
	"$(run "$TMP/d" >/dev/null; echo $? "$(cat "$TMP/stderr")")"
is 'an archive in a directory: -q' '' "$(run -q "$TMP/d" >/dev/null; cat "$TMP/stderr")"
mkdir "$TMP/two"
cp $archives/deflated.zip "$TMP/two/1.zip"
cp $idx "$TMP/two/images-idx3-ubyte"
is 'nothing but archives in a directory' "1 emnist: '$TMP/two/1.zip' and 1 more: $skipped
emnist: no image: 2 files passed over" "$(run "$TMP/two"; echo $? "$(cat "$TMP/stderr")")"
tar cf "$TMP/nested.tar" -C "$TMP/d" deflated.zip small-e-tiny.png
is 'an archive in an archive' \
	"emnist: '$TMP/nested.tar!deflated.zip': $skipped" \
	"$(run "$TMP/nested.tar" >"$TMP/out"; cat "$TMP/stderr")"
is 'an archive in an archive: the rest' 1 "$(wc -l <"$TMP/out")"

# --max-file-size is of the files in an archive.
run -q --max-file-size 300 -f csv $archives/deflated.zip >"$TMP/out"
is '--max-file-size' "1 2" "$? $(grep -c 'file is larger than the limit of 300 bytes (--max-file-size)' "$TMP/out")"

# -------------------------------------------------------------------- idx files

mkdir "$TMP/pgm"
run --engine kernels -f csv -q --probabilities $idx | tail -n +2 | sed "s,^$idx!,," >"$TMP/wanted"
is 'an idx file: numbered from 0' "0 39" \
	"$(cut -d, -f1 "$TMP/wanted" | sed -n '1p;$p' | paste -sd' ' -)"
gzip -c $idx | run --engine kernels -f csv -q --probabilities - | tail -n +2 | sed 's,^-!,,' >"$TMP/out"
check 'idx.gz through a pipe' cmp "$TMP/wanted" "$TMP/out"
gzip -c $idx >"$TMP/fifo" &
run --engine kernels -f csv -q --probabilities "$TMP/fifo" | tail -n +2 | sed "s,^$TMP/fifo!,," >"$TMP/out"
check 'idx.gz through a FIFO' cmp "$TMP/wanted" "$TMP/out"
# Upright already: exchanged once more, it is another.
run -f csv -q --transpose no $idx | tail -n +2 >"$TMP/out"
check '--transpose no' test "$(cut -d, -f2 "$TMP/out")" != "$(cut -d, -f2 "$TMP/wanted")"
is '--transpose auto: MNIST'"'"'s names' "$(run --transpose no testdata/idx/t10k-images-idx3-ubyte.gz)" \
	"$(run testdata/idx/t10k-images-idx3-ubyte.gz)"

# ------------------------------------------------------------------- large pages

# little_endian NBYTES NUMBER
little_endian()
{
	le_i=0 le_rest=$2
	while [ $le_i -lt $1 ]; do
		printf "\\$(printf %03o $((le_rest & 255)))"
		le_i=$((le_i + 1)) le_rest=$((le_rest >> 8))
	done
}
# page NEXT: the directory of a page of a TIFF file, whose pixels are at 212, TAG:VALUE.
page()
{
	little_endian 2 8
	for entry in 256:2000 257:2500 258:8 259:1 262:1 273:212 278:2500 279:5000000; do
		little_endian 2 ${entry%:*}
		little_endian 2 4
		little_endian 4 1
		little_endian 4 ${entry#*:}
	done
	little_endian 4 $1
}
# More bytes than a reader keeps between two images.
{
	printf 'II*\0\010\0\0\0'
	page 110
	page 0
	head -c 5000000 /dev/zero
} >"$TMP/pages.tif"
if run "$TMP/pages.tif" >"$TMP/wanted" && [ "$(wc -l <"$TMP/wanted")" -eq 2 ]; then
	cat "$TMP/pages.tif" | run - | sed "s,^-,$TMP/pages.tif," >"$TMP/out"
	check 'large pages through a pipe' cmp "$TMP/wanted" "$TMP/out"
else
	skip 'large pages through a pipe' "$(cat "$TMP/stderr")"
fi

# ---------------------------------------------------------------- what stops early

# A reader that leaves is no failure, and what is left of a pipe is not waited for.
mkfifo "$TMP/pipe"
"$EMNIST" classify -q --fail-fast - <"$TMP/pipe" >"$TMP/out" &
program=$!
exec 3>"$TMP/pipe"
head -c 2560 $archives/malformed/tar-hard-link.tar >&3
head -c 512 $archives/ustar.tar >&3
(sleep 20 && kill -9 $program) 2>/dev/null &
watch=$!
wait $program
is '--fail-fast with the pipe still open' '1 1' "$? $(wc -l <"$TMP/out")"
kill $watch 2>/dev/null
exec 3>&-

# ------------------------------------------------------------------------ memory

if [ -n "$SANITIZE" ]; then
	skip 'memory does not grow' "not with -fsanitize=$SANITIZE"
elif [ -n "$EMULATED" ]; then
	skip 'memory does not grow' 'QEMU does not limit data segments'
elif ! command -v bash >/dev/null; then
	skip 'memory does not grow' 'no bash, whose ulimit counts'
else
	# 100 MB of pictures in a data segment of 128 MiB, which holds the program too.
	{
		printf 'P5 1000 1000 255\n'
		head -c 1000000 /dev/zero
	} >"$TMP/big.pgm"
	i=0
	while [ $i -lt 100 ]; do
		ln "$TMP/big.pgm" "$TMP/d/big-$i.pgm"
		i=$((i + 1))
	done
	tar c --hard-dereference -C "$TMP/d" . |
		bash -c 'ulimit -d 131072 && exec "$0" classify -q -f csv -j 2 -' "$EMNIST" \
			>"$TMP/out" 2>"$TMP/stderr"
	is 'memory does not grow' '0 102 0' \
		"$? $(wc -l <"$TMP/out") $(grep -c '!./deflated.zip,,,' "$TMP/out")"
fi
finish
