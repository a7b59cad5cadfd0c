# distort.sh - lib/bench/distort, the accuracy on people's pictures: that its standard errors take
# all pictures of an image together, and that what is drawn beside a character is no part of it.
. cli/test/tap.inc

if [ -n "$EMULATED" ]; then
	skip 'distort' 'draws and reads thousands of pictures, slow in QEMU; it is a tool of ours'
	finish
fi
n_images=16
n_of_each=9 # runs with one image more than the one before

# A dataset to hold images out of, and a model that is often wrong.
"$BUILD/bench/export_photographs" -n $((10 * n_images)) testdata/idx/strokes-balanced-train \
	"$TMP/set" 2>"$TMP/stderr"
report 'a dataset to measure on'

# distort OPTION...
distort()
{
	"$BUILD/bench/distort" -m testdata/idx/nearest.onnx "$@" "$TMP/set"
}

# field NAME: its value in each line of $TMP/json.
field()
{
	sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p" "$TMP/json"
}

# run_each DISTORTION: with the first image, with the first two, ..., a line of $TMP/json each: what
# an image lost is what the one run has more than the other.
run_each()
{
	for n in $(seq $n_of_each); do
		distort --json -d "$1" -n "$n" | grep '"name"'
	done >"$TMP/json"
}

# check_errors NAME MOST SUFFIX RIGHT: where images lost d[i] right answers in m pictures in all,
# less those that they won, and are drawn independently of each other, the standard error of
# sum(d)/m is sqrt(sum(d * d))/m. At least one has lost or won MOST.
check_errors()
{
	for name in pictures "clean$3" "$4" "standard_error$3"; do
		field "$name" >"$TMP/column-$name"
	done
	paste "$TMP/column-pictures" "$TMP/column-clean$3" "$TMP/column-$4" \
		"$TMP/column-standard_error$3" | awk '{
		lost = sprintf("%.0f", ($2 - $3) * $1); d = lost - before; before = lost
		squares += d * d; most = d * d > most * most ? d : most
		printf "%.6f\n", sqrt(squares) / $1 >wanted
		print $4 >said
	} END { print most < 0 ? -most : most }' wanted="$TMP/wanted" said="$TMP/said" >"$TMP/most"
	is "$1" "$(cat "$TMP/wanted")" "$(cat "$TMP/said")"
	check "$1: an image that lost or won $2" test "$(cat "$TMP/most")" -ge "$2"
}

run_each slanted
check_errors 'one picture an image' 1 '' accuracy
check_errors 'one picture an image, case ignored' 1 _case_insensitive case_insensitive
run_each random
check_errors 'several pictures an image' 2 '' accuracy
check_errors 'several pictures an image, case ignored' 2 _case_insensitive case_insensitive

# The table has in per cent what JSON has as a share.
is 'the table says the same' "$(field standard_error | tail -n 1 |
	awk '{ printf "%.2f", 100 * $1 }')" \
	"$(distort -d random -n $n_of_each | sed -n 's/^[^%]*%[^%]*+-\([0-9.]*\) .*/\1/p')"

# What is beside the character is left out when a picture is read, and of colors that are one in grey
# that channel is read which shows the ink: nothing is lost by it.
for name in 'table at one side' 'table all around' 'neighbor beside' 'colored, one grey'; do
	distort --json -s 3 -d "$name" | grep '"name"' >"$TMP/json"
	is "$name: a picture of each image" "$n_images" "$(field pictures)"
	check "$name: nothing lost" test "$(field accuracy | tr -d .)" -ge "$(field clean | tr -d .)"
done

# Nor is what is drawn around it, in dark ink or as the negative.
for name in frame circled underlined comb punched graph; do
	distort --json -s 3 -d "$name" | grep '"name"' >"$TMP/json"
	is "$name: nothing lost, nor in the negatives" "$(field clean)" "$(field accuracy)"
done
# Cells are smaller than what the model knows: whichever lines they have, they are read alike.
distort --json -s 3 -d cell | grep '"name"' >"$TMP/json"
is 'cell: all in ten ways' 10 "$(field accuracy | wc -l | tr -d ' ')"
is 'cell: and alike' 1 "$(field accuracy | sort -u | wc -l | tr -d ' ')"

finish
