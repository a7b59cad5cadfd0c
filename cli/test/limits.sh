#!/bin/sh
# limits.sh - with too little address space a run ends, and says why. OpenBLAS would try without end.
. cli/test/tap.inc

if [ -n "$SANITIZE" ]; then
	skip 'limits' "not with -fsanitize=$SANITIZE, which takes terabytes of address space"
	finish
fi
if ! command -v timeout >/dev/null; then
	skip 'limits' 'no timeout(1)'
	finish
fi
# Its own threads, which it starts before main(), are not what is tested.
OPENBLAS_NUM_THREADS=1
export OPENBLAS_NUM_THREADS
no_room='no address space for OpenBLAS, which takes 128 MiB for each thread'

# limited NAME ARGUMENT...: under every limit, 0 or 2 and a message.
limited()
{
	name=$1
	shift
	for kbytes in 350000 450000 550000 650000; do
		(ulimit -v $kbytes && exec timeout 20 "$EMNIST" "$@") >/dev/null 2>"$TMP/stderr"
		echo "$? $(sed 's/.*: //' "$TMP/stderr")"
	done >"$TMP/ends"
	is "$name" '' "$(grep -vx -e '0 ' -e "2 $no_room" "$TMP/ends")"
	check "$name: one is too small" grep -q '^2' "$TMP/ends"
}

limited classify classify -j 4 testdata/samples
limited train train -q -j 4 --no-checkpoint --batch 32 --epochs 1 -o /dev/null \
	testdata/idx/strokes-byclass-test-images-idx3-ubyte
finish
