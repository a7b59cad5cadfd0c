#!/bin/sh
# slow_input.sh - names that arrive slowly are answered as they come, not when a batch is full; and
# what no longer matters is not waited for.
. cli/test/tap.inc

image=testdata/samples/digit-2-scan.png
mkfifo "$TMP/names"

# wait_for FILE LINES: up to 20 seconds, for slow machines and sanitizers.
wait_for()
{
	tries=0
	while [ "$(wc -l <"$1")" -lt "$2" ]; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || return 1
		sleep 0.1
	done
}

for threads in 1 2; do
	: >"$TMP/out"
	"$EMNIST" classify -j $threads --files-from=- <"$TMP/names" >"$TMP/out" &
	exec 3>"$TMP/names"
	echo $image >&3
	check "-j $threads: the first answer before the second name" wait_for "$TMP/out" 1
	printf '%s\n%s\ntestdata/sam' $image $image >&3
	check "-j $threads: two at once, and a part of a third" wait_for "$TMP/out" 3
	echo ples/digit-2-scan.png >&3
	check "-j $threads: the third, now whole" wait_for "$TMP/out" 4
	printf '%s' $image >&3
	exec 3>&-
	wait $!
	is "-j $threads: the last without a line end" '0 5' "$? $(wc -l <"$TMP/out")"
	is "-j $threads: all alike" 1 "$(sort -u "$TMP/out" | wc -l)"
done

# A run that stops does not wait for a name that never comes.
"$EMNIST" classify -q --fail-fast --files-from=- <"$TMP/names" >"$TMP/out" &
program=$!
exec 3>"$TMP/names"
printf '%s\nnowhere\n' $image >&3
(sleep 20 && kill -9 $program) 2>/dev/null &
watch=$!
wait $program
is '--fail-fast with the list still open' '1 1' "$? $(wc -l <"$TMP/out")"
kill $watch 2>/dev/null
exec 3>&-
finish
