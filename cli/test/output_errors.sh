#!/bin/sh
# output_errors.sh - results that do not arrive are noticed.
. cli/test/tap.inc

image=testdata/samples/digit-2-scan.png
full='No space left on device'

# expect NAME STATUS STDERR COMMAND...
expect()
{
	name=$1 wanted="$2 $3"
	shift 3
	"$@" 2>"$TMP/stderr" </dev/null
	status=$?
	is "$name" "$wanted" "$status $(cat "$TMP/stderr")"
}

to_full() { "$EMNIST" "$@" >/dev/full; }
to_nothing() { "$EMNIST" "$@" >&-; }

if [ -w /dev/full ]; then
	for format in text csv tsv jsonl; do
		expect "$format > /dev/full" 2 "emnist: standard output: $full" \
			to_full classify -f $format $image
	done
	expect '-o /dev/full' 2 "emnist: '/dev/full': cannot write: $full" "$EMNIST" classify -o /dev/full $image
	expect '--help > /dev/full' 2 "emnist: standard output: $full" to_full --help
	expect 'classify --help > /dev/full' 2 "emnist: standard output: $full" \
		to_full classify --help
	expect '--version > /dev/full' 2 "emnist: standard output: $full" to_full --version
else
	skip 'a full disk' 'no /dev/full'
fi

# More than a file may hold is an error like a full disk, and no signal's death. Root meets it too.
small() { (ulimit -f 1 && "$EMNIST" "$@"); }
byclass=testdata/idx/strokes-byclass-test-images-idx3-ubyte
yes $image | head -n 200 >"$TMP/many"
expect 'classify: a file that grows too large' 2 "emnist: '$TMP/big.csv': cannot write: File too large" \
	small classify -f csv -o "$TMP/big.csv" --probabilities --files-from "$TMP/many"
expect 'eval: a file that grows too large' 2 "emnist: '$TMP/big.html': cannot write: File too large" \
	small eval -q -o "$TMP/figures" --report "$TMP/big.html" $byclass
expect 'dataset export: a file that grows too large' 2 "emnist: '$TMP/big.csv': cannot write: File too large" \
	small dataset export $byclass "$TMP/big.csv"
expect 'model convert: a file that grows too large' 2 "emnist: '$TMP/big.onnx': cannot write: File too large" \
	small model convert "$TMP/big.onnx"

expect 'stdout closed' 2 'emnist: standard output: Bad file descriptor' \
	to_nothing classify $image
expect '--version, stdout closed' 2 'emnist: standard output: Bad file descriptor' \
	to_nothing --version

# With stdout closed, the first file that is opened must not become it.
cp $image "$TMP/image"
"$EMNIST" classify "$TMP/image" -o "$TMP/out" >&- 2>&- <&-
is 'all three closed, -o FILE' "0 $("$EMNIST" classify "$TMP/image")" "$? $(cat "$TMP/out")"
check 'the image is untouched' cmp $image "$TMP/image"
"$EMNIST" classify "$TMP/image" nowhere -q >&- 2>&-
is 'stdout and stderr closed' 2 $?
check 'the image is still untouched' cmp $image "$TMP/image"

# A reader that has enough ends the run, at once and quietly.
yes "$TMP/image" | head -n 20000 >"$TMP/list"
{
	"$EMNIST" classify -v --files-from="$TMP/list" 2>"$TMP/stderr"
	echo $? >"$TMP/status"
} | head -n 1 >/dev/null
is 'closed pipe: status' 0 "$(cat "$TMP/status")"
is 'closed pipe: no complaint' 1 "$(wc -l <"$TMP/stderr")"
check 'closed pipe: the rest is not classified' test \
	"$(sed 's/emnist: \([0-9]*\) image.*/\1/' "$TMP/stderr")" -lt 20000
{
	"$EMNIST" --help
	echo $? >"$TMP/status"
} 2>"$TMP/stderr" | true
is 'help to a closed pipe' '0 ' "$(cat "$TMP/status" "$TMP/stderr" | tr '\n' ' ')"
yes "$TMP/image" | "$EMNIST" classify --files-from=- 2>"$TMP/stderr" | head -n 1 >/dev/null
is 'an endless list into a closed pipe' '' "$(cat "$TMP/stderr")"

# Two runs that write the same file: it is one of theirs, whole, and nothing is left beside it.
two_writers()
{
	"$EMNIST" model convert --force --opset 9 "$TMP/one.onnx" &
	"$EMNIST" model convert --force --opset 17 "$TMP/one.onnx"
	wait $!
}
mkdir "$TMP/writers"
"$EMNIST" model convert --opset 9 "$TMP/writers/9.onnx"
"$EMNIST" model convert --opset 17 "$TMP/writers/17.onnx"
mkfifo "$TMP/one.onnx.new"
torn=0
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	two_writers
	cmp -s "$TMP/one.onnx" "$TMP/writers/9.onnx" || cmp -s "$TMP/one.onnx" "$TMP/writers/17.onnx" ||
		torn=$((torn + 1))
done
is 'two writers: no file is torn' 0 $torn
check 'what has a name beside it stays' test -p "$TMP/one.onnx.new"
is 'nothing is left beside it' '' "$(ls -A "$TMP" | grep '^\.emnist-')"

# A run that is stopped leaves what was there, and nothing beside it.
mkdir "$TMP/stopped"
mkfifo "$TMP/names_to_come"
library=$BUILD/test/inject_calls.so
for stop in INT TERM HUP KILL INT+named TERM+named HUP+named; do
	signal=${stop%+named}
	preload=
	[ $stop = $signal ] || [ -n "$SANITIZE" ] || preload=$library
	echo old >"$TMP/stopped/out.csv"
	env --default-signal=INT,TERM,HUP INJECT_NO_TMPFILE=1 LD_PRELOAD="$preload" "$EMNIST" classify -f csv -o "$TMP/stopped/out.csv" \
		--files-from "$TMP/names_to_come" 2>/dev/null &
	program=$!
	exec 3>"$TMP/names_to_come"
	echo $image >&3
	sleep 0.3
	tries=0
	while [ -n "$preload" ] && [ "$(ls -A "$TMP/stopped" | wc -l)" -lt 2 ] && [ $tries -lt 200 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	[ -z "$preload" ] || is "SIG$stop: there is a file to remove" 2 "$(ls -A "$TMP/stopped" | wc -l)"
	kill -$signal $program
	exec 3>&-
	wait $program 2>/dev/null
	is "SIG$stop: what was there stays, alone" 'old out.csv' \
		"$(cat "$TMP/stopped/out.csv") $(ls -A "$TMP/stopped")"
done

# What is read is not written to.
mkdir "$TMP/folder"
cp $image "$TMP/folder/image.png"
echo "$TMP/folder/image.png" >"$TMP/names"
cp "$TMP/names" "$TMP/names.before"
expect '-o the image' 2 "emnist: --output: refusing to overwrite the input '$TMP/image'" \
	"$EMNIST" classify -o "$TMP/image" $image "$TMP/image"
check 'the image is there yet' cmp $image "$TMP/image"
expect '-o the list' 2 "emnist: --output: refusing to overwrite the input '$TMP/names'" \
	"$EMNIST" classify -o "$TMP/names" --files-from "$TMP/names"
check 'the list is there yet' cmp "$TMP/names.before" "$TMP/names"
expect '-o a file in the directory' 0 '' \
	"$EMNIST" classify -f csv -o "$TMP/folder/out.csv" "$TMP/folder"
expect '-o it again' 0 '' "$EMNIST" classify -f csv -o "$TMP/folder/out.csv" -r "$TMP/folder"
is 'it is passed over' 2 "$(wc -l <"$TMP/folder/out.csv")"
to_folder() { "$EMNIST" classify "$TMP/folder" -o- >"$TMP/folder/out.csv"; }
expect '> a file in the directory' 0 '' to_folder
is 'it is passed over too' 1 "$(wc -l <"$TMP/folder/out.csv")"
expect '--confusion and -o the same file' 2 "emnist: --confusion: '$TMP/both' is where --output goes" \
	"$EMNIST" eval --confusion "$TMP/both" -o "$TMP/both" \
	testdata/idx/strokes-byclass-test-images-idx3-ubyte
finish
