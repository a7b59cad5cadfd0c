#!/bin/sh
# readme.sh - the commands of README.md and of the manual's examples do what is written there.
#
# README.md: the blocks fenced as ```console. Manual: what stands between .EX and .EE under EXAMPLES.
# In them, "$ " begins a command and "> " continues it; other lines are what it prints, stdout and
# stderr together. A line "..." stands for any number of lines; numbers with a decimal point
# are all alike; of a command without such lines only the exit status is looked at.
#
# All examples of a file run one after the other in a directory that has what they name: scan.png, scan.tif,
# scans/ with one image and a photograph that is cut short, letters/ with a folder for each of two classes
# and a list, testdata/, and EMNIST's file names, here, in gzip/ and in $EMNIST_DATA/emnist, behind which are
# a few images of ours, over and over.
. cli/test/tap.inc

if [ -n "$SANITIZE" ]; then
	skip 'README.md and the manual' "trains networks, slow with -fsanitize=$SANITIZE"
	finish
fi
ROOT=$PWD
EMNIST_DATA=$TMP/data
PATH=$BUILD:$PATH
export EMNIST_DATA PATH
short_examples

# repeated FILE HEADER-BYTES N TIMES: an idx file of N items, each so many times.
repeated()
{
	n=$(($3 * $4))
	head -c 4 "$1"
	printf "\\0\\0\\$(printf %03o $((n / 256)))\\$(printf %03o $((n % 256)))"
	head -c "$2" "$1" | tail -c +9
	i=0
	while [ $i -lt "$4" ]; do
		tail -c +$(($2 + 1)) "$1"
		i=$((i + 1))
	done
}

# stand_in NAME OURS N: enough of our N images to be trained on, packed as EMNIST's are.
stand_in()
{
	for part in images-idx3-ubyte:16 labels-idx1-ubyte:8; do
		header=${part#*:}
		part=${part%:*}
		if [ -f "testdata/idx/$2-$part" ]; then
			cp "testdata/idx/$2-$part" "$TMP/ours"
		else
			gzip -dc "testdata/idx/$2-$part.gz" >"$TMP/ours"
		fi
		repeated "$TMP/ours" "$header" "$3" $((320 / $3)) |
			gzip -c >"$TMP/data/emnist/$1-$part.gz"
	done
}

mkdir -p "$TMP/data/emnist"
for set in test train; do
	stand_in emnist-byclass-$set strokes-byclass-test 40
	stand_in emnist-letters-$set strokes-letters 30
	stand_in emnist-digits-$set strokes-digits-test 10
done
cp testdata/idx/strokes-byclass-mapping.txt "$TMP/data/emnist/emnist-byclass-mapping.txt"
cp testdata/idx/strokes-letters-mapping.txt "$TMP/data/emnist/emnist-letters-mapping.txt"

make_place()
{
	rm -rf "$TMP/place"
	mkdir -p "$TMP/place/scans"
	cp testdata/samples/digit-2-scan.png "$TMP/place/scan.png"
	cp testdata/scans/pages.tif "$TMP/place/scan.tif"
	cp testdata/formats/pen-strokes.jsonl "$TMP/place/strokes.jsonl"
	cp testdata/samples/digit-2-scan.png "$TMP/place/scans/a.png"
	head -c 2000 testdata/samples/small-d-phone.jpg >"$TMP/place/scans/b.jpg"
	ln -s "$ROOT/testdata" "$TMP/place/testdata"
	cp "$TMP"/data/emnist/* "$TMP/place"
	ln -s ../data/emnist "$TMP/place/gzip"
	mkdir -p "$TMP/place/letters/2" "$TMP/place/letters/A_caps"
	cp testdata/samples/digit-2-scan.png "$TMP/place/letters/2/a.png"
	cp testdata/samples/capital-a-chalk.jpg "$TMP/place/letters/A_caps"
	printf '%s\n' path,label 2/a.png,2 A_caps/capital-a-chalk.jpg,A >"$TMP/place/letters/labels.csv"
}

# compare WANTED GOT: as the comment at the top says.
cat >"$TMP/compare.awk" <<'END'
function plain(line) { gsub(/[0-9]*\.[0-9]+/, "N", line); return line }
NR == FNR { wanted[++n] = plain($0); next }
{ got[++m] = plain($0) }
END {
	i = j = 1
	while (i <= n) {
		if (wanted[i] == "...") {
			if (++i > n) exit 0
			while (j <= m && got[j] != wanted[i]) j++
		}
		if (j > m || got[j] != wanted[i]) {
			print "wanted: " wanted[i]
			print "got:    " (j > m ? "the end" : got[j])
			exit 1
		}
		i++; j++
	}
	if (j <= m) { print "printed more: " got[j]; exit 1 }
}
END

# Cuts a session into parts: $TMP/part.NNN.sh and what it prints, .txt.
cut_session()
{
	rm -f "$TMP"/part.*
	awk -v out="$TMP/part" '
		/^\$ / { name = sprintf("%s.%03d", out, ++n); print substr($0, 3) > (name ".sh"); next }
		/^> / { print substr($0, 3) > (name ".sh"); next }
		n { print > (name ".txt") }'
}

run_session()
{
	make_place
	for part in "$TMP"/part.*.sh; do
		[ -f "$part" ] || continue
		name="$1: $(head -n 1 "$part" | tr '#' '.')"
		if [ -n "$EMULATED" ] && grep -q 'emnist bench' "$part"; then
			skip "$name" 'its least takes minutes in QEMU'
			continue
		fi
		(cd "$TMP/place" && timeout 120 sh "$part" </dev/null >"$TMP/got" 2>&1)
		status=$?
		if [ -f "${part%.sh}.txt" ]; then
			check "$name" awk -f "$TMP/compare.awk" "${part%.sh}.txt" "$TMP/got"
		elif [ $status -eq 0 ]; then
			ok "$name"
		else
			not_ok "$name" "status $status: $(cat "$TMP/got")"
		fi
	done
}

# `emnist serve` does not end; what emnist-load(1) shows runs in load.sh, which has a server.
for file in README.md man/*.1 man/*.3 man/*.5 man/*.7; do
	case $file in
	man/emnist-serve.1 | man/emnist-load.1) continue ;;
	README.md) awk '/^```console/ { on = 1; next } /^```/ { on = 0 } on' $file ;;
	*) sed -n '/^\.SH "\{0,1\}EXAMPLES/,/^\.SH "\{0,1\}[A-DF-Z]/p' "$file" |
		awk '/^\.EX/ { on = 1; next } /^\.EE/ { on = 0 } on' |
		sed 's/\\-/-/g; s/\\(aq/'"'"'/g; s/\\(dq/"/g; s/\\f[BIRP]//g; s/^\\&//; s/\\e/\\/g' ;;
	esac | cut_session
	run_session "$file"
done
[ $n_tests -gt 0 ] || skip 'README.md and the manual' 'no examples are written yet'
finish
