#!/bin/sh
# limits.sh - with little address space all goes on: OpenBLAS, which would try without end to have
# more, is left out. Where it is asked for, that is the error.
. cli/test/tap.inc

if [ -n "$SANITIZE" ]; then
	skip 'limits' "not with -fsanitize=$SANITIZE, which takes terabytes of address space"
	finish
fi
if [ -n "$EMULATED" ]; then
	skip 'limits' 'QEMU does not limit address space'
	finish
fi
if ! command -v timeout >/dev/null; then
	skip 'limits' 'no timeout(1)'
	finish
fi

# limited ARGUMENT...: how it ends under each limit, with the message.
limited()
{
	for kbytes in 350000 450000 550000 650000; do
		(ulimit -v $kbytes && exec timeout 20 "$EMNIST" "$@") >/dev/null 2>"$TMP/stderr"
		echo "$? $(sed 's/emnist: //' "$TMP/stderr")"
	done >"$TMP/ends"
}

limited classify -j 4 testdata/samples
is 'classify: never too small' '' "$(grep -vx '0 ' "$TMP/ends")"
limited train -q -j 4 --no-checkpoint --batch 32 --epochs 1 -o /dev/null \
	testdata/idx/strokes-byclass-test-images-idx3-ubyte
is 'train: never too small' '' "$(grep -vx '0 ' "$TMP/ends")"
limited train --engine blas -o /dev/null testdata/idx/strokes-byclass-test-images-idx3-ubyte
is 'train by BLAS: refused' '2 --engine blas: OpenBLAS is not used under a limit on address space' \
	"$(sed 's/ (.*//' "$TMP/ends" | sort -u)"
finish
