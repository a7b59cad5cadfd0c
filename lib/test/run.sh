#!/bin/sh
# run.sh TEST... - runs test programs and scripts, several at a time, and prints what failed and the
# totals.
#
# Each test prints TAP ("ok N - name", "not ok N - name", "# SKIP" in a line that was skipped); one
# that exits non-zero without a "not ok" line counts as one failure more. Tests begin in the order in
# which they are named, $JOBS at a time, by default one a processor. Of each there is a line when it
# ends, with the seconds that it took; what failed and what was skipped follows at the end, in that
# order. The last line is "N passed, N failed, N skipped"; the exit status is 1 when something failed.
# Whole outputs are kept in $BUILD/test-log.
set -u

BUILD=${BUILD:-build}
log=$BUILD/test-log
export CMOCKA_MESSAGE_OUTPUT=TAP

# run_one TEST: leaves its output in $log/NAME, and "PASSED FAILED SKIPPED STATUS" in NAME.counts.
run_one()
{
	name=$(basename "$1" .sh)
	began=$(date +%s)
	case $1 in
	*.sh) sh "$1" >"$log/$name" 2>&1 ;;
	*) "$1" >"$log/$name" 2>&1 ;;
	esac
	status=$?
	s=$(grep -c '^\(not \)\{0,1\}ok .*# SKIP' "$log/$name")
	p=$(grep '^ok ' "$log/$name" | grep -vc '# SKIP')
	f=$(grep '^not ok ' "$log/$name" | grep -vc '# SKIP')
	[ $status -eq 0 ] || [ "$f" -gt 0 ] || f=1
	[ $((s + p + f)) -gt 0 ] || f=1
	echo "$p $f $s $status" >"$log/$name.counts"
	printf '%-28s %d passed, %d failed, %d skipped, %d s\n' "$name:" "$p" "$f" "$s" $(($(date +%s) - began))
}

if [ "${1-}" = --one ]; then
	run_one "$2"
	exit
fi
rm -rf "$log"
mkdir -p "$log"
# Their input is empty, as xargs' own.
printf '%s\n' "$@" | BUILD=$BUILD xargs -P "${JOBS:-$(nproc 2>/dev/null || echo 2)}" -n 1 \
	sh "$0" --one

passed=0 failed=0 skipped=0
for test in "$@"; do
	name=$(basename "$test" .sh)
	read -r p f s status <"$log/$name.counts" || { p=0 f=1 s=0 status=none; }
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	grep '# SKIP' "$log/$name" | sed "s/^\(not \)\{0,1\}ok [0-9]* *\(- \)\{0,1\}/$name: /"
	if [ "$f" -gt 0 ]; then
		echo "---- $name (exit status $status), $log/$name:"
		tail -n 60 "$log/$name"
		echo "----"
	fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
