#!/bin/sh
# version.sh - --version, and with -v what computes; the default number of threads.
. cli/test/tap.inc
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE OPENBLAS_BLOCK_FACTOR OPENBLAS_NUM_THREADS GOTO_NUM_THREADS
unset OMP_NUM_THREADS LD_PRELOAD LD_LIBRARY_PATH

is '--version: one line' "emnist ${VERSION:-}" "$("$EMNIST" --version)"
"$EMNIST" --version -v >"$TMP/whole"
is '--version -v: ends well' 0 $?
is 'it begins with the version' "emnist ${VERSION:-}" "$(head -n 1 "$TMP/whole")"
for order in '-v --version' '--verbose --version' '--version --verbose' '-v -v --version'; do
	"$EMNIST" $order >"$TMP/other"
	check "$order is the same" cmp "$TMP/whole" "$TMP/other"
done
"$EMNIST" -v >"$TMP/out" 2>&1
is '-v alone is no command' "2 emnist: unknown option '-v'; see 'emnist --help'" "$? $(cat "$TMP/out")"
is 'what is told, in order' 'engine network blas processor threads system' \
	"$(sed '1d; /^environment /d; /^warning /d; s/ .*//' "$TMP/whole" | tr '\n' ' ' | sed 's/ $//')"
is 'nothing of the environment where nothing is set' '' "$(grep '^environment' "$TMP/whole")"

if grep -q '^blas *OpenBLAS .* kernels for' "$TMP/whole" && grep -q '^processor.*AVX' "$TMP/whole"; then
	OPENBLAS_CORETYPE=Prescott "$EMNIST" --version -v >"$TMP/out"
	check 'kernels that were forced' grep -q '^blas .* kernels for Prescott,' "$TMP/out"
	check 'what forced them' grep -q '^environment  OPENBLAS_CORETYPE=Prescott (' "$TMP/out"
	check 'a warning' grep -q '^warning .*; unset OPENBLAS_CORETYPE$' "$TMP/out"
else
	skip 'kernels that were forced' 'no OpenBLAS of many kernels here, or no AVX'
fi

# A library in OpenBLAS's place that takes this processor for a Prescott.
best=$(awk -F: '
	/^flags/ {
		for (n = split($2, names, " "); n; n--) has[names[n]] = 1
		avx2 = has["avx"] && has["avx2"] && has["fma"]
		avx512 = avx2 && has["avx512f"] && has["avx512dq"] && has["avx512bw"] && has["avx512vl"]
		print avx512 && has["avx512_vnni"] && has["avx512_bf16"] ? "Cooperlake" : avx512 ? "SkylakeX" : \
			avx2 ? "Haswell" : has["avx"] ? "Sandybridge" : ""
		exit
	}' /proc/cpuinfo)
mkdir "$TMP/lib"
if [ -n "$best" ] && ${CC:-cc} -dumpmachine | grep -q ^x86_64 && cp "$BUILD/test/inject_kernels.so" "$TMP/lib/libopenblas.so.0"; then
	# trains STDERR [VARIABLE=VALUE]: a short training with that library.
	trains()
	{
		stderr=$1
		shift
		env LD_LIBRARY_PATH="$TMP/lib" "$@" "$EMNIST" train -v --epochs 1 --batch 32 --hidden 8 \
			-o "$TMP/model.onnx" testdata/idx/strokes-byclass-test 2>"$stderr"
	}

	LD_LIBRARY_PATH=$TMP/lib "$EMNIST" --version -v >"$TMP/out"
	check 'kernels of an old processor are replaced' grep -q \
		"^blas *OpenBLAS 0.0.0, kernels for $best (its own choice: Prescott)," "$TMP/out"
	is 'that is no choice of the user' '' "$(grep -e '^environment  OPENBLAS' -e '^warning' "$TMP/out")"
	check 'to train with, too' trains "$TMP/stderr"
	check 'and -v says so' grep -q "^blas .* kernels for $best (its own choice: .*Prescott)," "$TMP/stderr"
	for name in Prescott Nehalem Haswell; do
		LD_LIBRARY_PATH=$TMP/lib OPENBLAS_CORETYPE=$name "$EMNIST" --version -v >"$TMP/out"
		check "$name is the user's choice" grep -q "^blas .* kernels for $name," "$TMP/out"
		check "$name is reported" grep -q "^environment  OPENBLAS_CORETYPE=$name (" "$TMP/out"
		check "$name: to train with" trains "$TMP/stderr" OPENBLAS_CORETYPE=$name
		check "$name: -v says so" grep -q "^blas .* kernels for $name," "$TMP/stderr"
		check "$name: and what said so" grep -q "^environment  OPENBLAS_CORETYPE=$name (" "$TMP/stderr"
	done
	LD_LIBRARY_PATH=$TMP/lib "$EMNIST" bench --only decode --seconds 0.1 -j 1 -f json >"$TMP/out"
	check 'bench: replaced kernels' grep -q \
		"\"kernels\":\"$best\",\"replaced_kernels\":\"Prescott\",\"better_kernels\":null," "$TMP/out"
	check 'bench: no choice of the user' grep -q '"environment":{"LD_LIBRARY_PATH":"[^"]*"}' "$TMP/out"
	LD_LIBRARY_PATH=$TMP/lib OPENBLAS_CORETYPE=Nehalem \
		"$EMNIST" bench --only decode --seconds 0.1 -j 1 -f json >"$TMP/out"
	check "bench: the user's choice" grep -q \
		"\"kernels\":\"Nehalem\",\"replaced_kernels\":null,\"better_kernels\":\"$best\"," "$TMP/out"
	check 'bench: what said so' grep -q '"environment":{"OPENBLAS_CORETYPE":"Nehalem",' "$TMP/out"
else
	skip 'kernels of an old processor are replaced' 'a processor without AVX'
fi
OMP_NUM_THREADS=$(printf '8\n\033[1mwarning') "$EMNIST" --version -v >"$TMP/out"
check 'values are made printable' grep -qF 'environment  OMP_NUM_THREADS=8\n\x1b[1mwarning (' "$TMP/out"

if command -v taskset >/dev/null && first=$(taskset -pc $$ | sed 's/.*: //; s/[,-].*//') &&
	taskset -c "$first" true; then
	check 'threads follow the affinity mask' sh -c \
		"taskset -c $first '$EMNIST' --version -v | grep -q '^threads *1 (.* may use 1;'"
	taskset -c "$first" "$EMNIST" classify -v testdata/samples/digit-2-scan.png \
		>/dev/null 2>"$TMP/stderr"
	check 'and so does the default of -j' grep -q ', 1 thread, ' "$TMP/stderr"
else
	skip 'threads follow the affinity mask' 'no taskset here'
fi
"$EMNIST" --version -v >/dev/full 2>"$TMP/stderr"
is 'a full disk' "2 emnist: standard output: No space left on device" "$? $(cat "$TMP/stderr")"
finish
