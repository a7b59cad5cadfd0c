#!/bin/sh
# threads.sh - the output is the same, byte for byte, whatever the number of threads and however
# the names arrive. Runs under ThreadSanitizer too.
. cli/test/tap.inc

# 330 inputs, in an order in which cheap and dear, good and bad ones alternate.
i=0
while [ $i -lt 15 ]; do
	for file in testdata/samples/*.* testdata/images/1x1.png Makefile nowhere.png cli/common/messages.h; do
		echo "$file"
	done
	i=$((i + 1))
done >"$TMP/list"
n=$(wc -l <"$TMP/list")

run() { "$EMNIST" classify --files-from="$TMP/list" "$@"; }

for format in text csv tsv jsonl; do
	run -j 1 -f $format -k 3 --probabilities >"$TMP/wanted" 2>"$TMP/wanted.stderr"
	is "$format: -j 1" 1 $?
	[ $format = text ] || check "$format: a record each" \
		test "$(grep -c 'nowhere.png' "$TMP/wanted")" -eq 15
	for threads in 2 7; do
		run -j $threads -f $format -k 3 --probabilities >"$TMP/out" 2>"$TMP/stderr"
		check "$format: -j $threads, stdout" cmp "$TMP/wanted" "$TMP/out"
		check "$format: -j $threads, stderr" cmp "$TMP/wanted.stderr" "$TMP/stderr"
	done
done

# Nor does it depend on the batch.
run -f csv -q --probabilities >"$TMP/wanted"
is 'a header and a record each' $((n + 1)) "$(wc -l <"$TMP/wanted")"
for batch in 1 5 300; do
	run -f csv -q --probabilities -j 3 --batch $batch >"$TMP/out"
	check "--batch $batch: the same output" cmp "$TMP/wanted" "$TMP/out"
done

# Cut by the arrival of names, not by their number.
run -f csv -q --probabilities >"$TMP/wanted"
while read -r name; do
	echo "$name"
	[ "$name" != nowhere.png ] || sleep 0.02
done <"$TMP/list" | "$EMNIST" classify -f csv -q --probabilities -j 2 --files-from=- >"$TMP/out"
check 'names that arrive in bits' cmp "$TMP/wanted" "$TMP/out"

# Directories that come after many files, where names are no longer looked at beforehand, stand for
# their files as any others do: `many` lists what `few` does, with all names of files.
mkdir -p "$TMP/d/e" "$TMP/d/empty" "$TMP/-"
cp testdata/samples/* "$TMP/d"
cp testdata/samples/digit-2-scan.png "$TMP/d/e"
cp testdata/samples/small-e-tiny.png "$TMP/-"
echo none >"$TMP/d/text.png"
find "$TMP/d" -maxdepth 1 -type f | LC_ALL=C sort >"$TMP/files"
find "$TMP/d" -type f | LC_ALL=C sort >"$TMP/all_files"
cat "$TMP/list" "$TMP/files" "$TMP/files" "$TMP/list" "$TMP/files" >"$TMP/many"
{
	cat "$TMP/list"
	printf '%s\n' "$TMP/d" "$TMP/d/empty" "$TMP/d"
	cat "$TMP/list"
	echo "$TMP/d"
} >"$TMP/few"
many() { "$EMNIST" classify -f csv --files-from="$TMP/many" "$@"; }
few() { "$EMNIST" classify -f csv --files-from="$TMP/few" "$@"; }
many --probabilities >"$TMP/wanted" 2>"$TMP/wanted.stderr"
for options in '-j 1' '-j 2' '-j 7 --batch 5' '-j 2 --batch 1'; do
	# shellcheck disable=SC2086
	few --probabilities $options >"$TMP/out" 2>"$TMP/stderr"
	is "directories after many files, $options: status" 1 $?
	check "directories after many files, $options: stdout" cmp "$TMP/wanted" "$TMP/out"
	check "directories after many files, $options: stderr" cmp "$TMP/wanted.stderr" "$TMP/stderr"
done
grep '^testdata.*p' "$TMP/list" >"$TMP/good"
{ cat "$TMP/good" && echo "$TMP/d" && cat "$TMP/good"; } >"$TMP/few"
{ cat "$TMP/good" "$TMP/all_files" "$TMP/good"; } >"$TMP/many"
many -q >"$TMP/wanted"
few -q -r >"$TMP/out"
check 'directories after many files, -r' cmp "$TMP/wanted" "$TMP/out"
few -q -r -o "$TMP/d/output.csv"
check 'directories after many files, -r: the output is passed over' cmp "$TMP/wanted" "$TMP/d/output.csv"
rm "$TMP/d/output.csv"
few -q --fail-fast >"$TMP/out"
is 'directories after many files, --fail-fast' "1 $TMP/d/text.png" "$? $(tail -n 1 "$TMP/out" | cut -d, -f1)"
mkdir "$TMP/dump"
few -q --dump-preprocessed "$TMP/dump" >"$TMP/out"
is 'directories after many files, --dump-preprocessed' \
	"$(grep -vc ',\(blank\)*$' "$TMP/out") $(sed -n '1!{/,\(blank\)*$/p}' "$TMP/out" | wc -l)" \
	"2 $(find "$TMP/dump" -type f | wc -l)"
few=$(cd "$TMP" && sed 's|.*/d$|-|; s|^testdata|'"$OLDPWD"'/&|' few | "$EMNIST" classify -f csv -q --files-from=- | grep -c '^-/small-e-tiny.png,e,')
is 'a directory that is called - after many files' 1 "$few"

# --fail-fast ends with the first failure, wherever the others are by then.
first=$(grep -n '^Makefile$' "$TMP/list" | head -n 1 | cut -d: -f1)
for threads in 1 2 7; do
	for batch in 1 4 128; do
		run --fail-fast -f csv -j $threads --batch $batch 2>"$TMP/stderr" >"$TMP/out"
		is "--fail-fast -j $threads --batch $batch" "1 $((first + 1)) Makefile 1" \
			"$? $(wc -l <"$TMP/out") $(tail -n 1 "$TMP/out" | cut -d, -f1) $(wc -l <"$TMP/stderr")"
	done
done
finish
