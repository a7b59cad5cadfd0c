#!/bin/sh
# cases.sh [CASE...] - runs the cases of cli/test/cases and compares what they print.
#
# A case is a file of four parts: a shell script, then what it must print on stdout and on stderr,
# and the status that it must end with:
#
#	emnist classify --top 0 x.png
#	==== stdout
#	==== stderr
#	emnist: --top: '0' is not a whole number from 1 to 1000
#	==== status 2
#
# The script runs in the root of the tree, with the built `emnist` in PATH, an empty directory
# in $TMP, and `masked COMMAND...`, which shows each probability in what the command prints as
# 0.N: their last digits depend on the machine. UPDATE=1 writes what was printed into the case;
# read the difference before you commit it.
. cli/test/tap.inc

PATH=$BUILD:$PATH
export TMP PATH

cat >"$TMP/prelude" <<'END'
masked()
{
	"$@" >"$TMP/masked.out"
	masked_status=$?
	sed 's/\([^0-9]\)[01]\.[0-9]\{4,6\}/\10.N/g' "$TMP/masked.out"
	return $masked_status
}
END

run_case()
{
	name=$(basename "$1" .txt)
	sed '/^==== stdout$/,$d' "$1" >"$TMP/script"
	mkdir "$TMP/$name"
	cat "$TMP/prelude" "$TMP/script" >"$TMP/whole"
	TMP=$TMP/$name sh "$TMP/whole" </dev/null >"$TMP/stdout" 2>"$TMP/stderr"
	status=$?
	{
		cat "$TMP/script"
		echo '==== stdout'
		cat "$TMP/stdout"
		echo '==== stderr'
		cat "$TMP/stderr"
		echo "==== status $status"
	} >"$TMP/got"
	if [ -n "${UPDATE-}" ]; then
		cp "$TMP/got" "$1"
	fi
	check "$name" diff -u "$1" "$TMP/got"
}

[ $# -gt 0 ] || set -- cli/test/cases/*.txt
for file in "$@"; do
	if [ -n "$EMULATED" ] && [ "${file##*/}" = stdin_closed.txt ]; then
		skip stdin_closed 'QEMU itself opens the program in its place'
	else
		run_case "$file"
	fi
done
finish
