#!/bin/sh
# eval.sh - emnist eval, on the small datasets of testdata/idx and, where EMNIST_DATA is set, on
# EMNIST's test split. What is expected of the former was computed with NumPy by
# testdata/generate_idx.py.
. cli/test/tap.inc

idx=testdata/idx
nearest="-m $idx/nearest.onnx"
out=$TMP/out err=$TMP/err
tab=$(printf '\t')

# run STATUS ARGUMENT...: emnist eval ends with this status; says what came instead.
run()
{
	wanted=$1
	shift
	"$EMNIST" eval "$@" >"$out" 2>"$err" </dev/null
	status=$?
	[ $status -eq "$wanted" ] && return
	echo "# eval $*: status $status, not $wanted"
	sed 's/^/# /' "$err"
	return 1
}

# fails MESSAGE ARGUMENT...: emnist eval ends with status 2, this one line, and no output.
fails()
{
	message=$1
	shift
	run 2 "$@" && [ ! -s "$out" ] && printf 'emnist: %s\n' "$message" | diff - "$err"
}

# value KEY: of the JSON in $out
value()
{
	sed "s/.*\"$1\":\([^,}]*\).*/\1/" "$out"
}

# ----------------------------------------------------------------- known answers

while IFS=$tab read -r kind stem images right top3 nocase nll ece; do
	[ "$kind" = network ] || continue
	# shellcheck disable=SC2086
	run 0 $nearest -f json $idx/$stem
	check "figures of $stem" awk -v all="$images $right $top3 $nocase $nll $ece" \
		-v got="$(value images) $(value correct) $(value accuracy) $(value top3) $(
			value case_insensitive) $(value nll) $(value ece)" '
		function near(a, b) { return a - b < 1e-5 && b - a < 1e-5 }
		BEGIN {
			split(all, want); split(got, have)
			exit !(have[1] == want[1] && have[2] == want[2] &&
			       near(have[3], want[2] / want[1]) &&
			       near(have[4], want[3] / want[1]) &&
			       near(have[5], want[4] / want[1]) &&
			       near(have[6], want[5]) && near(have[7], want[6]))
		}'
done <$idx/figures.tsv

# Of several datasets, which have other classes and other ways to store images.
set -- strokes-letters strokes-byclass-test strokes-balanced-train
# shellcheck disable=SC2086
run 0 $nearest -f json $(printf "$idx/%s " "$@")
is "figures of several" "$(awk -v stems=" $* " '$1 == "network" && index(stems, " " $2 " ") {
	images += $3; right += $4; top3 += $5; nocase += $6; nll += $3 * $7
} END { printf "%d %d %d %d %.5f", images, right, top3, nocase, nll / images }' $idx/figures.tsv)" \
	"$(value images) $(value correct) $(awk -v n="$(value images)" -v top3="$(value top3)" \
		-v nocase="$(value case_insensitive)" -v nll="$(value nll)" \
		'BEGIN { printf "%.0f %.0f %.5f", n * top3, n * nocase, nll }')"
is "and their names" "\"dataset\":\"$idx/$1 and 2 more\",\"datasets\":[\"$idx/$1\",\"$idx/$2\",\"$idx/$3\"]" \
	"$(grep -o '"dataset":.*\],"images"' "$out" | sed 's/,"images"//')"

run 0 $nearest -f json --per-class $idx/strokes-letters
sed 's/.*"per_class":\[//; s/\]}$//; s/},{/}\n{/g; s/,"predicted":[0-9]*//g' "$out" | sed 's/[{}"]//g; s/,/\t/g; s/[a-z0-9]*://g' \
	>"$TMP/classes"
check "scores of each class" diff $idx/classes.tsv "$TMP/classes"
check "JSON is one line" [ "$(wc -l <"$out")" -eq 1 ]

run 0 $nearest $idx/strokes-byclass-test
sed 's/^time .*/time/' "$out" >"$TMP/text"
cat >"$TMP/expected" <<-END
	model               $idx/nearest.onnx
	dataset             $idx/strokes-byclass-test
	accuracy             40.00 %  (16 of 40)
	95 % interval        26.35 to 55.40 %
	top 3                77.50 %  (31 of 40)
	ignoring case        40.00 %  (16 of 40)
	macro F1             32.67 %  (mean of 40 classes)
	calibration error    21.79 %
	log loss              1.8417
	time
END
check "text" diff "$TMP/expected" "$TMP/text"
check "nothing on stderr" [ ! -s "$err" ]

run 0 $nearest --per-class $idx/strokes-sets-test
sed '1,/^$/d' "$out" >"$TMP/text"
cat >"$TMP/expected" <<-END
	label     images    correct   recall  precision     F1
	0OØ            1          0     0.00          -     0.00
	1lI|           1          0     0.00          -     0.00
	€😀             1          0     0.00          -     0.00
END
check "table of classes, as wide as its characters" diff "$TMP/expected" "$TMP/text"

# ------------------------------------------------------------------- confusion

run 0 $nearest --confusion "$TMP/confusion.csv" $idx/strokes-letters
check "confusion matrix has a row a true class, a column a predicted one" \
	awk -F , '
	NR == 1 { if ($1 != "label" || $2 != 0 || $12 != "A" || $63 != "z") exit 1 }
	NR == 2 && $1 != "Aa" { exit 1 }
	NF != 63 { exit 1 }
	NR > 1 { for (i = 2; i <= NF; i++) sum += $i }
	END { if (NR != 27 || sum != 30) exit 1 }' "$TMP/confusion.csv"
printf '3 44\n5 34\n9 97\n' >"$TMP/odd.txt"
run 0 $nearest --mapping "$TMP/odd.txt" --confusion "$TMP/confusion.csv" $idx/strokes-sets-test
check "confusion matrix quotes its labels" \
	[ "$(cut -c 1-5 "$TMP/confusion.csv" | tr '\n' ' ')" = 'label ",",0 """", a,0,0 ' ]
check "confusion matrix is not for stdout" fails \
	"--confusion: needs a file; standard output is for the figures" \
	--confusion - $idx/strokes-letters

# ------------------------------------------------------------------- the dataset

run 0 $nearest -f json $idx/strokes-byclass-test
right=$(value correct)
for name in strokes-byclass-test-images-idx3-ubyte strokes-byclass-test; do
	run 0 $nearest -f json --transpose yes $idx/$name
	is "the same by the name $name" "$right" "$(value correct)"
done
run 0 $nearest -f json --transpose no $idx/strokes-byclass-test
check "--transpose no turns the images" [ "$(value correct)" != "$right" ]
run 0 $nearest -f json $idx/t10k
digits=$(value nll)
run 0 $nearest -f json $idx/strokes-digits-test
is "MNIST's names are upright" "$digits" "$(value nll)"
run 0 $nearest -f json --idx-labels $idx/strokes-balanced-train-labels-idx1-ubyte \
	--mapping $idx/strokes-balanced-train-mapping.txt $idx/strokes-byclass-test
is "files given by name" "$right" "$(value correct)"

# --------------------------------------------------------------------- answers

while IFS=$tab read -r kind stem set merged left_out images good _ _ nll _ answered good_of _; do
	[ "$kind" = network ] || continue
	[ "$set" = - ] && set= || set="--classes $set"
	[ "$merged" = 1 ] && set="$set --merge-case"
	# shellcheck disable=SC2086
	run 0 $nearest -f json --min-probability 0.4 $set $idx/$stem
	check "figures of $stem$set" awk -v all="$images $good $nll $answered $good_of $left_out" \
		-v got="$(value images) $(value correct) $(value nll) $(value answered) $(
			value answered_accuracy) $(value left_out)" '
		function near(a, b) { return a - b < 1e-5 && b - a < 1e-5 }
		BEGIN {
			split(all, want); split(got, have)
			exit !(have[1] == want[1] && have[2] == want[2] && near(have[3], want[3]) &&
			       near(have[4], want[4] / want[1]) &&
			       near(have[5], want[5] / want[4]) &&
			       (want[6] == 0 || have[6] == want[6]))
		}'
done <$idx/views.tsv

echo 0 >"$TMP/first"
run 0 $nearest --indices "$TMP/first" $idx/strokes-byclass-test
check 'one class is one' grep -q '^macro F1 .*(mean of 1 class)$' "$out"

run 0 $nearest --classes 0-9A-F --merge-case --min-probability 0.4 --coverage $idx/strokes-byclass-test
sed 's/^time .*/time/' "$out" >"$TMP/text"
cat >"$TMP/expected" <<-END
	model               $idx/nearest.onnx
	dataset             $idx/strokes-byclass-test
	accuracy             57.14 %  (12 of 21)
	95 % interval        36.55 to 75.53 %
	top 3                85.71 %  (18 of 21)
	ignoring case        57.14 %  (12 of 21)
	macro F1             38.33 %  (mean of 16 classes)
	answered             52.38 %  (11 of 21)
	right of answered    72.73 %  (8 of 11)
	left out             47.50 %  (19 of 40)
	calibration error    17.03 %
	log loss              1.3383
	time

	answered  min-probability  accuracy
END
sed '/^answered  min/q' "$TMP/text" >"$TMP/head"
check "text of what is answered" diff "$TMP/expected" "$TMP/head"
sed '1,/^answered  min/d' "$TMP/text" >"$TMP/table"
# Each probability of the table, given back, answers the share beside it, and as rightly.
rows=0
while read -r share probability accuracy; do
	rows=$((rows + 1))
	run 0 $nearest --classes 0-9A-F --merge-case --min-probability "$probability" \
		$idx/strokes-byclass-test
	check "--min-probability $probability answers $share %" \
		[ "$share $accuracy" = "$(sed -n 's/^answered *\([0-9.]*\) .*/\1/p' "$out") $(
			sed -n 's/^right of answered *\([0-9.]*\) .*/\1/p' "$out")" ]
done <"$TMP/table"
check "the table of coverage has six rows" [ $rows -eq 6 ]
run 0 $nearest -f json --coverage $idx/strokes-byclass-test
check "--coverage in JSON" [ "$(grep -o '"share":[01]\.[0-9]*,"min_probability":0\.[0-9]*,"answered":[01]\.[0-9]*,"answered_accuracy":[01]\.[0-9]*}' \
	"$out" | wc -l)" -eq 6 ]
run 0 $nearest --min-probability 1 $idx/strokes-byclass-test
check "nothing answered" grep -qx 'right of answered        - %  (0 of 0)' "$out"
run 0 $nearest -f json --min-probability 1 --classes digits --merge-case $idx/strokes-byclass-test
check "JSON says what was asked" grep -q '"classes":"digits","left_out":30,"merge_case":true,"min_probability":1.000000000,"answered":0.000000000,"answered_accuracy":null' "$out"
# A model of ten digits on 40 images, 30 of which show letters (strokes-byclass-test-labels).
digits=$idx/strokes-digits-test
"$EMNIST" train -q --epochs 1 --batch 32 --hidden 4 -o "$TMP/digits.onnx" $digits $digits $digits $digits \
	>"$TMP/log" 2>&1
run 0 -m "$TMP/digits.onnx" $idx/strokes-byclass-test
check "images of classes that the model does not have are counted" \
	grep -qx 'not in the model     75.00 %  (30 of 40)' "$out"
check "and said" [ "$(cat "$err")" = "emnist: '$idx/strokes-byclass-test': 30 of 40 images (75.0 %) \
are of classes that '$TMP/digits.onnx' does not have, and count as wrong" ]
run 0 -q -f json -m "$TMP/digits.onnx" $idx/strokes-byclass-test
check "they are a number in JSON" grep -q '"not_in_model":30,' "$out"
check "-q does not say it" [ ! -s "$err" ]
run 0 -m "$TMP/digits.onnx" --classes digits $idx/strokes-byclass-test
check "nothing is said of what --classes leaves out" [ ! -s "$err" ]
run 0 $nearest -f json $idx/strokes-byclass-test
check "of a model that has all classes they are none" grep -q '"not_in_model":0,' "$out"
run 0 $nearest --merge-case --per-class --confusion "$TMP/confusion.csv" $idx/strokes-byclass-test
check "merged classes are one row and one column" awk -F , '
	NR == 1 && ($12 != "A" || $37 != "Z" || NF != 37) { exit bad = 1 }
	NR > 1 { for (i = 2; i <= NF; i++) sum += $i }
	END { exit bad || NR != 37 || sum != 40 }' "$TMP/confusion.csv"
check "merged classes are one line of the table" grep -q '^A  *2  ' "$out"

# ---------------------------------------------------------------------- indices

printf '3\r\n\n39\n0\n3' >"$TMP/indices"
run 0 $nearest -f json --indices "$TMP/indices" $idx/strokes-byclass-test
is "--indices takes what it names, as often as it does" 4 "$(value images)"
check "--indices - is standard input" \
	sh -c "seq 0 39 | $EMNIST eval $nearest -f json --indices - $idx/strokes-byclass-test |
		grep -q '\"images\":40,\"correct\":$right,'"
: >"$TMP/indices"
check "--indices without any" fails "'$TMP/indices': names no image" \
	--indices "$TMP/indices" $idx/strokes-letters
for bad in x -1 1.5 0x1 ' 1' '1 2' 4294967296; do
	printf '0\n%s\n' "$bad" >"$TMP/indices"
	check "--indices with '$bad'" fails \
		"'$TMP/indices': line 2: expected the number of an image: '$bad'" \
		--indices "$TMP/indices" $idx/strokes-letters
done
echo 30 >"$TMP/indices"
check "--indices out of range" fails \
	"'$idx/strokes-letters': no image 30: the dataset has 30" \
	--indices "$TMP/indices" $idx/strokes-letters

# ------------------------------------------------------------------- the model

printf '0 65\n' >"$TMP/one.txt"
check "labels that do not fit the model" run 2 $nearest --labels "$TMP/one.txt" $idx/t10k
awk 'BEGIN { for (i = 0; i < 62; i++) print i, 200 + i }' >"$TMP/other.txt"
run 0 $nearest -f json --labels "$TMP/other.txt" $idx/t10k
is "--labels replaces the model's" 0 "$(value correct)"
run 0 -f json --labels "$TMP/other.txt" $idx/t10k
is "--labels replaces the built-in model's" 0 "$(value correct)"
run 0 -f json $idx/t10k
check "the built-in model reads our digits" [ "$(value correct)" -ge 8 ]
check "no model" fails "'$TMP/none.onnx': No such file or directory" \
	-m "$TMP/none.onnx" $idx/t10k

# --------------------------------------------------------------- one for all -j

run 0 $nearest -f json -j 1 --batch 7 --per-class --confusion "$TMP/one.csv" $idx/strokes-letters
sed 's/"seconds.*//' "$out" >"$TMP/one"
for j in 2 5; do
	run 0 $nearest -f json -j $j --batch 7 --per-class --confusion "$TMP/many.csv" \
		$idx/strokes-letters
	sed 's/"seconds.*//' "$out" >"$TMP/many"
	check "-j $j prints what -j 1 prints" cmp -s "$TMP/one" "$TMP/many"
	check "-j $j confuses what -j 1 confuses" cmp -s "$TMP/one.csv" "$TMP/many.csv"
done

# ---------------------------------------------------------------------- failures

while IFS=$tab read -r stem status message; do
	[ "$stem" = '# stem' ] ||
		check "$stem ($status)" fails "'$idx/malformed/$stem': $message" \
			$nearest $idx/malformed/$stem
done <$idx/malformed/expected.tsv

check "no dataset" fails "missing DATASET; see 'emnist eval --help'"
for option in idx-labels indices; do
	check "two datasets: --$option" fails "--$option: takes one dataset, but 2 are given" \
		--$option $idx/views.tsv $idx/strokes-letters $idx/strokes-letters
done
check "a pipe twice" fails "--compare reads the dataset twice: '-' is not a file" \
	--compare $idx/nearest.onnx $idx/strokes-letters -
check "a dataset that is not there" fails \
	"'$TMP/none': no such file, folder or dataset" \
	"$TMP/none"
check "a folder of several datasets" fails "'$idx/malformed/..': choose a split: \
strokes-byclass-test, strokes-digits-test, strokes-sets-test, t10k" --split test $idx/malformed/..
run 0 $nearest -f json --split byclass-test $idx
is "one dataset of a folder" "$right" "$(value correct)"
run 0 $nearest -f json --split byclass-test $idx/strokes
is "the beginning of a name and a split" "$right" "$(value correct)"
odd=$(printf '\377')
check "a name is shown as text" fails \
	"'$TMP/\\xff\\n': no such file, folder or dataset" \
	"$TMP/$odd
"
check "--batch 0" run 2 --batch 0 $idx/t10k
check "--format xml" fails "--format: 'xml' is not one of text, json, csv, tsv" --format xml $idx/t10k

run 0 $nearest -o "$TMP/written" $idx/t10k
check "-o writes the figures" grep -q '^accuracy ' "$TMP/written"
check "-o leaves stdout alone" [ ! -s "$out" ]
cp "$TMP/written" "$TMP/kept"
run 2 $nearest -o "$TMP/written" $idx/malformed/gzip-crc
check "-o keeps the old file when evaluation fails" cmp -s "$TMP/written" "$TMP/kept"
check "-o into a full disk" fails "'/dev/full': cannot write: No space left on device" \
	$nearest -o /dev/full $idx/t10k
check "--confusion into a full disk" fails "'/dev/full': cannot write: No space left on device" \
	$nearest --confusion /dev/full $idx/t10k
check "stdout on a full disk" sh -c \
	"$EMNIST eval $nearest $idx/t10k 2>&1 >/dev/full | grep -q '^emnist: standard output: No space left'"
check "a pipe that nobody reads" sh -c \
	"{ $EMNIST eval $nearest $idx/t10k; echo \$? >$TMP/status; } 2>$TMP/err | true
	[ ! -s $TMP/err ] && [ \$(cat $TMP/status) -eq 0 ]"
run 0 $nearest -v $idx/t10k
check "-v tells what is evaluated on what" grep -q \
	"^emnist: model $idx/nearest.onnx, 62 classes; dataset of 10 images, 10 classes, idx; [0-9]* threads, engine [a-z]*$" \
	"$err"
check "--help" run 0 --help
check "--help names the dataset" grep -q '^Usage: emnist eval .*DATASET' "$out"

# The published figures: of three models on the whole test split, and on the thousand images that
# the blog's author took.
split=${EMNIST_DATA:-}/emnist/emnist-byclass-test
seed=${EMNIST_DATA:-}/seed
published()
{
	if [ -z "${EMNIST_DATA:-}" ]; then
		skip "published figures of $1, $2 images" 'EMNIST_DATA is not set'
		return
	fi
	model=$1 images=$2 correct=$3
	shift 3
	run 0 -f json -m "$seed/$model" "$@" "$split"
	is "published figures of $model, $images images" "$images $correct" \
		"$(value images) $(value correct)"
}
published app/dnn_model_pt.onnx 116323 90682
published app/dnn_model_pt.onnx 1000 776 --indices "$seed/eval-1000-indices.txt"
published models/dnn_model_pt.onnx 116323 88512
published models/dnn_model_pt_128.onnx 116323 85197
# The same networks as TensorFlow's, on the thousand, where the ONNX ones are as good.
published app/saved_model.pb 1000 776 --indices "$seed/eval-1000-indices.txt"
published models/dnn_model_tf.pb 1000 763 --indices "$seed/eval-1000-indices.txt"
published models/dnn_model_tf_128.pb 1000 729 --indices "$seed/eval-1000-indices.txt"

finish
