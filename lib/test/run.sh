#!/bin/sh
# run.sh TEST... - runs test programs and scripts, and prints what failed and the totals.
#
# Each test prints TAP ("ok N - name", "not ok N - name", "# SKIP" in a line that was skipped); one
# that exits non-zero without a "not ok" line counts as one failure more. The last line is
# "N passed, N failed, N skipped"; the exit status is 1 when something failed. Whole outputs are
# kept in $BUILD/test-log.
set -u

BUILD=${BUILD:-build}
log=$BUILD/test-log
mkdir -p "$log"
passed=0 failed=0 skipped=0
export CMOCKA_MESSAGE_OUTPUT=TAP

for test in "$@"; do
	name=$(basename "$test" .sh)
	case $test in
	*.sh) sh "$test" >"$log/$name" 2>&1 ;;
	*) "$test" >"$log/$name" 2>&1 ;;
	esac
	status=$?
	s=$(grep -c '^\(not \)\{0,1\}ok .*# SKIP' "$log/$name")
	p=$(grep '^ok ' "$log/$name" | grep -vc '# SKIP')
	f=$(grep '^not ok ' "$log/$name" | grep -vc '# SKIP')
	[ $status -eq 0 ] || [ "$f" -gt 0 ] || f=1
	[ $((s + p + f)) -gt 0 ] || f=1
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%-28s %d passed, %d failed, %d skipped\n' "$name:" "$p" "$f" "$s"
	grep '# SKIP' "$log/$name" | sed 's/^\(not \)\{0,1\}ok [0-9]* *\(- \)\{0,1\}/    /'
	if [ "$f" -gt 0 ]; then
		echo "---- $name (exit status $status), $log/$name:"
		tail -n 60 "$log/$name"
		echo "----"
	fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
