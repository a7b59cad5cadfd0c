#!/bin/sh
# instructions.sh - a slow-down shows without a clock: the instructions that a small, fixed job takes
# in our own code are held against those on record, in instructions.txt beside this.
#
# valgrind counts them. What libraries do is left out, and so are parts of less than a hundredth.
# Counts are those of one compiler, its flags, and the kernels that run under valgrind: where any of
# these is another than the record's, the comparison is skipped. `make instructions` records anew what
# is built; read the difference before you commit it.
. cli/test/tap.inc

record=cli/test/instructions.txt
tolerance=4 # percent; of two runs of the same program counts differ by less than a thousandth

if [ -n "$SANITIZE" ]; then
	skip 'instructions' "not with -fsanitize=$SANITIZE"
	finish
fi
for tool in valgrind readelf; do
	if ! command -v $tool >/dev/null; then
		skip 'instructions' "no $tool"
		finish
	fi
done

# PARTS: sums the costs in callgrind's output by the folder of the source that they are of. Names are
# given numbers where they first occur; the line behind "calls=" is the cost of what is called.
cat >"$TMP/parts.awk" <<'END'
function named(text,   number) {
	number = text
	sub(/\).*/, "", number)
	if (text ~ /\) /) {
		sub(/^[^)]*\) /, "", text)
		names[number] = text
	}
	return names[number]
}
/^fl=/ || /^fi=/ || /^fe=/ { file = named("f" substr($0, 4)); next }
/^ob=/ { object = named("o" substr($0, 4)); next }
/^cfi=/ || /^cfl=/ { named("f" substr($0, 5)); next }
/^cob=/ { named("o" substr($0, 5)); next }
/^calls=/ { getline; next }
/^[0-9+*-]/ {
	if (object !~ /\/emnist$/ || !match(file, /(lib|cli)\/[a-z_\/]+\.[ch]$/)) next
	part = substr(file, RSTART)
	sub(/\/[a-z_]+\.[ch]$/, "", part)
	sums[part] += $2
}
END { for (part in sums) printf "%s %d\n", part, sums[part] }
END

# What the counts are of.
surroundings()
{
	readelf --debug-dump=info "$BUILD/cli/main.o" 2>/dev/null |
		sed -n 's/.*DW_AT_producer *: *(.*): /compiler /p; s/.*DW_AT_producer *: \(GNU\|clang\)/compiler \1/p' |
		head -n 1
	valgrind -q "$EMNIST" --version -v 2>/dev/null | sed -n 's/^network  */network /p'
}

# count NAME ARGUMENT...: a line "NAME PART COUNT" for each part.
count()
{
	name=$1
	shift
	valgrind -q --tool=callgrind --callgrind-out-file="$TMP/callgrind" "$EMNIST" "$@" \
		>"$TMP/out" 2>&1 || return 1
	awk -f "$TMP/parts.awk" "$TMP/callgrind" | sort | sed "s/^/$name /"
}

unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
OPENBLAS_NUM_THREADS=1
export OPENBLAS_NUM_THREADS
surroundings >"$TMP/surroundings"
sed '/^#/d; / [0-9]*$/d' "$record" 2>/dev/null >"$TMP/recorded"
if [ -z "${UPDATE-}" ] && ! cmp -s "$TMP/surroundings" "$TMP/recorded"; then
	skip 'instructions' "recorded with another compiler, other flags or kernels: $(
		diff "$TMP/recorded" "$TMP/surroundings" | sed -n 's/^> //p' | head -n 1)"
	finish
fi

# Enough of them that loading the model is not all.
seq 1 500 | sed 's|.*|testdata/samples/capital-g-emnist.png|' >"$TMP/list"
# A small picture as a scanner gives it: a 7, dark on flat paper.
awk 'BEGIN {
	print "P2 28 28 255"
	for (y = 0; y < 28; y++)
		for (x = 0; x < 28; x++)
			print (y >= 5 && y < 8 && x >= 8 && x < 20) || (x + y / 2 > 20 && x + y / 2 < 24 && y >= 8 && y < 24) ? 20 : 250
}' >"$TMP/seven.pgm"
seq 1 100 | sed "s|.*|$TMP/seven.pgm|" >"$TMP/sevens"
{
	count emnist-png classify -j 1 -f csv --files-from "$TMP/list" &&
		count pictures classify -j 1 -f csv testdata/samples/digit-2-scan.png \
			testdata/samples/small-b-cropped.png &&
		count flat-paper classify -j 1 -f csv --files-from "$TMP/sevens" &&
		count eval eval -j 1 testdata/idx/strokes-byclass-test-images-idx3-ubyte
} >"$TMP/counts"
check 'the jobs run' test "$(cut -d' ' -f1 "$TMP/counts" | uniq | wc -l)" -eq 4

# Parts that matter to their job.
awk 'NR == FNR { total[$1] += $3; next } $3 >= total[$1] / 100' "$TMP/counts" "$TMP/counts" >"$TMP/parts"
if [ -n "${UPDATE-}" ]; then
	{
		echo '# Instructions of four small jobs, by the part of our sources: see instructions.sh.'
		cat "$TMP/surroundings" "$TMP/parts"
	} >"$record"
fi
while read -r job part count; do
	recorded=$(sed -n "s,^$job $part ,,p" "$record")
	share=$(awk -v a="$count" -v b="${recorded:-0}" 'BEGIN { printf "%.1f", b ? 100 * (a - b) / b : 100 }')
	case $(awk -v s="$share" -v t=$tolerance 'BEGIN { print (s + 0 > t + 0 ? "more" : s + 0 < -t ? "less" : "") }') in
	more) not_ok "$job: $part" "$count instructions, $share % more than the ${recorded:-none} on record;
where that is wanted: make instructions" ;;
	less) ok "$job: $part, $share %: make instructions to keep that" ;;
	*) ok "$job: $part" ;;
	esac
done <"$TMP/parts"
finish
