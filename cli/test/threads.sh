#!/bin/sh
# threads.sh - the output is the same, byte for byte, whatever the number of threads and however
# the names arrive. Runs under ThreadSanitizer too.
. cli/test/tap.inc

# 330 inputs, in an order in which cheap and dear, good and bad ones alternate.
i=0
while [ $i -lt 15 ]; do
	for file in testdata/samples/*.* testdata/images/1x1.png Makefile nowhere.png cli/cli.h; do
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
