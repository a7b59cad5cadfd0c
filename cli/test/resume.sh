#!/bin/sh
# resume.sh - classify --resume: runs that are killed, and what comes out in the end.
. cli/test/tap.inc

out=$TMP/out
resume() { "$EMNIST" classify -q -o "$out" --resume "$@" 2>"$TMP/stderr"; }

mkdir "$TMP/d"
cp testdata/samples/small-e-tiny.png testdata/samples/digit-7-bilevel.png \
	testdata/samples/digit-8-small.gif "$TMP/d"
echo rubbish >"$TMP/d/bad.png"
echo 'a,b' >"$TMP/d/passed-over.csv"
i=100
while [ $i -lt 300 ]; do
	for name in small-e-tiny.png digit-7-bilevel.png digit-8-small.gif; do
		ln "$TMP/d/$name" "$TMP/d/$i-$name"
	done
	i=$((i + 1))
done
ln "$TMP/d/bad.png" "$TMP/d/100-bad.png"
cd "$TMP" || exit 1
find d -type f | LC_ALL=C sort >list
tar cf a.tar --hard-dereference d
mkdir pages
cp d/1*-e-tiny.png pages
cp a.tar pages.tar

# begin SOURCE OPTION...: lets a run go on until it has recorded a state, and kills it. Half of the
# lines of the list, or of the bytes of the archive, arrive before.
begin()
{
	source=$1
	shift
	rm -f "$out" "$out.part" "$out.resume" fifo
	mkfifo fifo
	"$EMNIST" classify -q -o "$out" --resume "$@" <fifo 2>/dev/null &
	program=$!
	exec 3>fifo
	if [ "$source" = list ]; then
		head -n 300 list >&3
	else
		head -c 300000 "$source" >&3
	fi
	sleep 0.2
	tries=0
	# The state after the first one counts something.
	while [ ! -s "$out.part" ] && [ $tries -lt 600 ]; do
		if [ "$source" = list ]; then
			sed -n "$((301 + tries))p" list >&3
		else
			tail -c "+$((300001 + tries * 10240))" "$source" | head -c 10240 >&3
		fi
		sleep 0.05
		tries=$((tries + 1))
	done
	kill -9 $program
	wait $program 2>/dev/null
	exec 3>&-
}

for format in text csv tsv jsonl; do
	"$EMNIST" classify -q -f $format --files-from=list -o wanted 2>/dev/null
	begin list -f $format --files-from=-
	is "$format, a list: nothing under its name before it is complete, and a part beside it" \
		'absent begun' \
		"$([ -e "$out" ] || echo absent) $([ -s "$out.part" ] && echo begun)"
	resume -v -f $format --files-from=- <list
	is "$format, a list: exit status with a failure before the interruption" 1 $?
	check "$format, a list: the same to the byte" cmp wanted "$out"
	is "$format, a list: counts are those of the whole" '606 images 3 failed' "$(
		sed -n 's/.*: \([0-9]* images\) .*, \([0-9]* failed\).*/\1 \2/p' "$TMP/stderr")"
done
is 'nothing is left beside it' out "$(echo out*)"

"$EMNIST" classify -q -f csv - -o wanted <a.tar 2>/dev/null
begin a.tar -f csv -
check 'an archive through a pipe: begun' test -s "$out.part"
resume -f csv - <a.tar
check 'an archive through a pipe: the same to the byte' cmp wanted "$out"

# ------------------------------------------------------------------ what has changed

begin list -f csv --files-from=-
size=$(wc -c <"$out.part")
refused()
{
	is "$1" "2 $size" "$2 $(wc -c <"$out.part")"
}
sed 1d list | resume -f csv --files-from=-
refused 'a name less before: refused' $?
check 'a name less before: reported' grep -q 'not those of the interrupted run' "$TMP/stderr"
resume -f csv --files-from=- </dev/null
refused 'too few names: refused' $?
resume -f csv d <list
refused 'a directory instead: refused' $?
resume -f csv -k 2 --files-from=- <list
refused 'other options: refused' $?
check 'other options: reported' grep -q 'other options' "$TMP/stderr"
cp "$out.part" kept
tr e f <kept >"$out.part"
resume -f csv --files-from=- <list
refused 'other records: refused' $?
cp kept "$out.part"
echo appended >>list
resume -f csv --files-from=- <list
is 'more names behind: classified' 1 $?
check 'more names behind: the last is reported' grep -q '^appended,' "$out"
sed -i '$d' list

# since NAME FILE: the run that was begun is refused while the file, which is done, has changed.
since()
{
	size=$(wc -c <"$out.part")
	cp -p "$2" original
	touch -d 2001-02-03 "$2"
	resume -f csv --files-from=- <list
	refused "$1, touched since: refused" $?
	check "$1, touched since: reported" grep -q 'or have changed since' "$TMP/stderr"
	echo more >>"$2"
	touch -r original "$2"
	resume -f csv --files-from=- <list
	refused "$1 of another size: refused" $?
	cat original >"$2"
	touch -r original "$2"
	resume -f csv --files-from=- <list
	check "$1 as it was: the same to the byte" cmp wanted "$out"
}
"$EMNIST" classify -q -f csv --files-from=list -o wanted 2>/dev/null
begin list -f csv --files-from=-
since 'a file' "$(head -n 1 list)"
mv list names
sed 's/^/a.tar!/' names >list
"$EMNIST" classify -q -f csv --files-from=list -o wanted 2>/dev/null
begin list -f csv --files-from=-
since 'an archive of named files' a.tar
mv names list

begin a.tar -f csv -
size=$(wc -c <"$out.part")
tar tf a.tar | grep -v '/$' | sed 1d | tar c --hard-dereference -T - | resume -f csv -
refused 'an archive with a file less: refused' $?
resume -f csv - <d/bad.png
refused 'no archive instead: refused' $?
head -c 512 a.tar | resume -f csv -
refused 'an archive that ends before: refused' $?
rm "$out.part" "$out.resume"

# -------------------------------------------------------------------- other files

echo mine >"$out.part"
resume d/bad.png
is 'a part that is not ours: kept' '2 mine out.part' "$? $(cat "$out.part") $(echo out.*)"
rm "$out.part"
echo mine >"$out.resume"
resume d/bad.png
is 'a state that is not ours: kept' '2 mine' "$? $(cat "$out.resume")"
rm "$out.resume"
mkfifo wait
"$EMNIST" classify -q -o "$out" --resume --files-from=wait 2>/dev/null &
program=$!
exec 3>wait
echo d/bad.png >&3
while [ ! -e "$out.part" ]; do sleep 0.05; done
"$EMNIST" classify -o "$out" --resume d/bad.png 2>stderr
is 'two at a time: the second is refused' '2 1' "$? $(grep -c 'another process' stderr)"
exec 3>&-
wait $program
"$EMNIST" classify --resume d/bad.png 2>/dev/null
is 'without a file: refused' 2 $?
"$EMNIST" classify -o /dev/null --resume d/bad.png 2>/dev/null
is 'with a device: refused' 2 $?
rm -f "$out"
"$EMNIST" classify -q -f csv d 2>/dev/null >wanted
(cd d && "$EMNIST" classify -q -f csv -o out --resume . 2>/dev/null && false)
is 'in the directory that is read: neither part nor state is an input' "$(wc -l <wanted)" \
	"$(wc -l <d/out)"

# ------------------------------------------------------------------------- chance

rm d/out
for input in d a.tar; do
	"$EMNIST" classify -q -f jsonl --probabilities $input -o wanted 2>/dev/null
	for delay in 0.05 0.15 0.25; do
		rm -f "$out" "$out.part" "$out.resume"
		for again in 1 2; do
			"$EMNIST" classify -q -o "$out" --resume -f jsonl --probabilities $input \
				2>/dev/null &
			program=$!
			sleep $delay
			kill -9 $program 2>/dev/null
			wait $program 2>/dev/null
			[ ! -e "$out" ] || cmp wanted "$out" || not_ok "$input after $delay s" incomplete
		done
		resume -f jsonl --probabilities $input
		check "$input: killed twice after $delay s, and complete" cmp wanted "$out"
	done
done
finish
