#!/bin/sh
# inject.sh - each single read, write, close and allocation of a run fails once: no crash, nothing
# wrong printed, a message, the right status. What fails is chosen by inject_calls.c.
. cli/test/tap.inc

library=$BUILD/test/inject_calls.so
if [ -n "$SANITIZE" ]; then
	skip 'calls that fail' "not with -fsanitize=$SANITIZE, which brings its own malloc"
	finish
fi
if [ -n "$EMULATED" ]; then
	skip 'calls that fail' 'a thousand starts, slow in QEMU and the same on every machine'
	finish
fi
if [ ! -f "$library" ]; then
	not_ok 'calls that fail' "$library is not built"
	finish
fi

for name in digit-2-scan.png digit-3-photo.jpg digit-8-small.gif small-n-palette.png; do
	echo "testdata/samples/$name"
done >"$TMP/list"
n_inputs=$(wc -l <"$TMP/list")

# classify INJECT [PROGRAM-ARGUMENT]...: BLAS, which auto loads where there is no AVX2, is not ours to test.
classify()
{
	injected=$1
	shift
	rm -f "$TMP/log"
	INJECT=$injected INJECT_LOG=$TMP/log LD_PRELOAD=$library \
		"$EMNIST" classify --engine kernels -f csv -j 2 --files-from="$TMP/list" "$@" \
		>"$TMP/out" 2>"$TMP/stderr" </dev/null
}

# What a run with one failure may look like. What the process is short of is no image's failure.
is_sound()
{
	case $1/$error in
	1/ENOMEM | 127/ENOMEM) # The loader and libarchive end a process themselves.
		grep -qE '^(Fatal Internal Error in libarchive|out of memory$)' "$TMP/stderr" ;;
	1/EMFILE) false ;;
	0/*) cmp -s "$TMP/out" "$TMP/wanted" ;;
	1/*) # Each failed record has its message, and all others are as they should be.
		[ "$(wc -l <"$TMP/out")" -eq $((n_inputs + 1)) ] &&
			[ "$(wc -l <"$TMP/stderr")" -ge 1 ] &&
			[ "$(grep -cvxFf "$TMP/wanted" "$TMP/out")" -eq "$(wc -l <"$TMP/stderr")" ] ;;
	2/*) # A message, and of the output a part from the beginning.
		[ "$(wc -l <"$TMP/stderr")" -ge 1 ] &&
			cmp -s -n "$(wc -c <"$TMP/out")" "$TMP/out" "$TMP/wanted" ;;
	*) false ;;
	esac
}

# every_one CALL ERROR WHY [PROGRAM-ARGUMENT]...: WHY is how a message may tell that error.
every_one()
{
	call=$1 error=$2 why=$3
	shift 3
	unsound=
	number=1
	classify none "$@"
	cp "$TMP/out" "$TMP/wanted"
	while classify "$call:$number:$error" "$@"; status=$?; [ -f "$TMP/log" ]; do
		if ! is_sound $status || { [ $status -ne 0 ] && grep -qvE "$why" "$TMP/stderr"; }; then
			unsound="$unsound
$call:$number: status $status, $(head -n 1 "$TMP/stderr")"
		fi
		number=$((number + 1))
		[ $number -lt 5000 ] || break
	done
	is "every $call() that fails with $error is told" '' "$unsound"
	check "there were some, and an end to them" test $number -gt 1 -a $number -lt 5000
}

classify none
is 'without a failure' "0 $((n_inputs + 1))" "$? $(wc -l <"$TMP/out")"
every_one read EIO 'Input/output error'
every_one write ENOSPC 'No space left on device'
every_one close EIO 'Input/output error'
every_one malloc ENOMEM 'out of memory|cannot start a thread'
every_one malloc ENOMEM 'out of memory|cannot start a thread' \
	--dump-preprocessed "$TMP/dump" -k 3
every_one open EMFILE 'Too many open files'
for name in deflated.zip plain.tar.gz; do
	every_one malloc ENOMEM '[oO]ut of memory|No memory|cannot start a thread|cannot load|Cannot allocate' "testdata/archives/$name"
	every_one open EMFILE 'Too many open files|cannot load' "testdata/archives/$name"
done

# Which status: of the list, the output, an image.
classify write:1:ENOSPC
is 'the first write' '2 emnist: standard output: No space left on device' \
	"$? $(cat "$TMP/stderr")"
classify read:1:EIO
is 'reading the list' "2 emnist: '$TMP/list': Input/output error" "$? $(cat "$TMP/stderr")"
classify read:3:EIO
is 'reading an image' 1 $?
classify open:2:EMFILE
is 'opening an image' "2 emnist: 'testdata/samples/digit-2-scan.png': Too many open files" \
	"$? $(cat "$TMP/stderr")"

# The same without preloading: no descriptor is left for the library of archives.
sh -c 'ulimit -n 5; exec "$0" classify --engine kernels "$1"' "$EMNIST" testdata/archives/deflated.zip \
	>"$TMP/out" 2>"$TMP/stderr" </dev/null
is 'an archive' "2 emnist: 'testdata/archives/deflated.zip': Too many open files" \
	"$? $(sed 's/lib[a-z]*[.]so[.0-9]*: //' "$TMP/stderr")"

# A thread that cannot be started is no Ctrl-C: OpenBLAS, whose own it would be, raises SIGINT then.
byclass=testdata/idx/strokes-byclass-test-images-idx3-ubyte
without_thread()
{
	INJECT=thread:1:EAGAIN LD_PRELOAD=$library OPENBLAS_NUM_THREADS=4 "$EMNIST" "$@" 2>&1 |
		grep -v '^emnist: cannot start a thread: Resource temporarily unavailable$'
}
without_thread --version -v >"$TMP/out"
check '--version -v goes on' grep -q '^environment' "$TMP/out"
is 'train says what it was' '' "$(without_thread train -q -j 2 --no-checkpoint --batch 32 --epochs 1 \
	--hidden 4 -o "$TMP/out.onnx" $byclass)"

# Calls that do less than asked, or are interrupted, change nothing.
classify none
cp "$TMP/out" "$TMP/wanted"
for way in read:0:SHORT write:0:SHORT read:0:EINTR write:0:EINTR; do
	classify $way
	is "$way: status" 0 $?
	check "$way: the same output" cmp "$TMP/wanted" "$TMP/out"
done
finish
