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
is 'what is told, in order' 'network blas processor threads system' \
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
