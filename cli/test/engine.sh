#!/bin/sh
# engine.sh - --engine in every command that has it: what is said of it, the same answers from both,
# and what happens where there is no BLAS.
. cli/test/tap.inc
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

set=testdata/idx/strokes-byclass-test
train="train -q -j 2 --no-checkpoint --batch 32 --epochs 2 --hidden 70,33 --validation 0.2 $set"
said() { "$EMNIST" "$@" 2>&1 >/dev/null; }

# What -v says is used.
case $("$EMNIST" --version -v) in
*'engine       auto: kernels'*) auto=kernels ;;
*) auto=blas ;;
esac
for engine in auto blas kernels; do
	used=$engine
	[ $engine != auto ] || used=$auto
	check "classify -v: $engine" sh -c \
		"'$EMNIST' classify -v --engine $engine testdata/samples 2>&1 | grep -q ', engine $used\$'"
	check "eval -v: $engine" sh -c \
		"'$EMNIST' eval -v --engine $engine $set 2>&1 >/dev/null | grep -q ', engine $used\$'"
done
check 'train -v: blas' sh -c "'$EMNIST' $train -v --engine blas -o /dev/null 2>&1 | grep -qx 'engine       blas'"
check 'train -v: auto' sh -c "'$EMNIST' $train -v -o /dev/null 2>&1 | grep -q '^engine       auto: $auto'"
if [ -n "$EMULATED" ]; then
	skip 'bench: blas' 'its least takes minutes in QEMU'
else
	"$EMNIST" bench --only network --seconds 0.1 -j 1 --engine blas >"$TMP/bench"
	check 'bench: blas' grep -qx 'engine       blas' "$TMP/bench"
	is 'bench: blas alone' 'blas' \
		"$(sed -n 's/^network, batch [0-9]* *\([a-z]*\) .*/\1/p' "$TMP/bench" | sort -u)"
fi
for command in classify eval 'train -o x' bench; do
	is "$command: a wrong name" "emnist: --engine: 'mkl' is not one of auto, blas, kernels" \
		"$(said $command --engine mkl $set)"
done

# close FILE FILE: whether two tables agree, numbers within 1e-5.
cat >"$TMP/close.awk" <<'END'
NR == FNR { line[FNR] = $0; n = FNR; next }
{
	m = split(line[FNR], a, ","); if (split($0, b, ",") != m) bad = 1
	for (i = 1; i <= m; i++) {
		number = a[i] ~ /^[0-9.e-]+$/ && b[i] ~ /^[0-9.e-]+$/
		d = a[i] - b[i]
		if (number ? d > 1e-5 || d < -1e-5 : a[i] != b[i]) bad = 1
	}
}
END { exit bad || FNR != n || n < 2 }
END
for engine in kernels blas; do
	for batch in 1 5 128; do
		"$EMNIST" classify -f csv --probabilities --batch $batch --engine $engine -r testdata/samples \
			testdata/idx/t10k-images-idx3-ubyte.gz >"$TMP/$engine-$batch"
	done
	"$EMNIST" eval -f csv --engine $engine $set >"$TMP/eval-$engine"
	"$EMNIST" $train --engine $engine -o "$TMP/$engine.onnx"
	is "$engine: trains" 0 $?
	"$EMNIST" $train --engine $engine -j 1 -o "$TMP/again.onnx"
	check "$engine: whatever -j is" cmp "$TMP/$engine.onnx" "$TMP/again.onnx"
done
for batch in 1 5 128; do
	check "batch $batch: the same labels, scores within 1e-5" \
		awk -f "$TMP/close.awk" "$TMP/kernels-$batch" "$TMP/blas-$batch"
done
check 'the same evaluation' cmp "$TMP/eval-kernels" "$TMP/eval-blas"

# Where there is no BLAS.
library=$BUILD/test/inject_calls.so
if [ -n "$SANITIZE" ] || [ ! -f "$library" ]; then
	skip 'no BLAS' "with -fsanitize=$SANITIZE, or not built: $library"
	finish
fi
without() { INJECT_HIDE=blas LD_PRELOAD=$library "$EMNIST" "$@"; }
none='emnist: --engine blas: OpenBLAS is not installed: no libopenblas.so.0'
for command in 'classify testdata/samples' "eval $set" "$train -o $TMP/none.onnx" bench; do
	without $command --engine blas >"$TMP/out" 2>"$TMP/stderr"
	is "$command: no BLAS" "2 $none" "$? $(cat "$TMP/stderr")"
	is "$command: nothing printed" '' "$(cat "$TMP/out")"
done
is '--version -v: no BLAS' 'engine       auto: kernels' "$(without --version -v | sed -n 2p)"
without classify -f csv --probabilities --batch 5 -r testdata/samples testdata/idx/t10k-images-idx3-ubyte.gz >"$TMP/out"
check 'classify: by kernels' cmp "$TMP/kernels-5" "$TMP/out"
without $train -o "$TMP/none.onnx"
is 'train: no BLAS' 0 $?
check 'train: by kernels' cmp "$TMP/kernels.onnx" "$TMP/none.onnx"
if [ -n "$EMULATED" ]; then
	skip 'bench: kernels alone' 'its least takes minutes in QEMU'
else
	is 'bench: kernels alone' 'kernels' "$(without bench --only network --seconds 0.1 -j 1 |
		sed -n 's/^network, batch [0-9]* *\([a-z]*\) .*/\1/p' | sort -u)"
fi
mkdir "$TMP/broken"
: >"$TMP/broken/libopenblas.so.0"
: >"$TMP/broken/libblas.so.3"
check 'a BLAS that cannot be loaded is an error' sh -c \
	"LD_LIBRARY_PATH='$TMP/broken' '$EMNIST' $train -o '$TMP/none.onnx' 2>&1 | grep -q '^emnist: .*cannot load OpenBLAS: '"
finish
