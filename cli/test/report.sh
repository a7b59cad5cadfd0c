#!/bin/sh
# report.sh - what emnist eval writes beside its figures: the page of HTML, heat maps, mistakes as
# CSV and as a picture, and two models compared. What figures must be is known to test_scores.c; here
# is tested that all outputs agree with each other, that they are well-formed, and that they are
# whole or not there.
. cli/test/tap.inc
command=eval
. cli/test/subcommand.inc

idx=testdata/idx
nearest=$idx/nearest.onnx
set40=$idx/strokes-byclass-test

# value KEY: the last of that name in the JSON in $TMP/out.
value()
{
	sed "s/.*\"$1\":\([^,}]*\).*/\1/" "$TMP/out"
}

# well_formed NAME FILE
well_formed()
{
	if command -v xmllint >/dev/null; then
		check "$1 is well-formed" xmllint --noout --nonet "$2"
	else
		skip "$1 is well-formed" 'no xmllint'
	fi
}

# alone FILE: what it asks of others, which is nothing.
alone()
{
	tr '>' '\n' <"$1" | grep -noE '<(script|link|iframe|object|embed|base|form)|@import|url\(' 
	tr ' >' '\n\n' <"$1" | grep -E '^(src|href|srcset|poster|action|data|on[a-z]*)=' |
		grep -vE '^src="data:image/png;base64,[A-Za-z0-9+/=]*"/?$|^href="#[a-z]*"$'
}

# cells FILE: the images that the cells of its heat map stand for.
cells()
{
	sed -n 's/.*<title>.*: \([0-9]*\) of [0-9]* (.*<\/title><\/rect>.*/\1/p' "$1" |
		awk '{ sum += $1 } END { print sum + 0 }'
}

# -------------------------------------------------------------------- the page

runs 0 -m $nearest --report "$TMP/report.html" --errors "$TMP/errors.csv" \
	--errors-montage "$TMP/montage.png" --confusion "$TMP/confusion.svg" -f json $set40
report 'all outputs at once'
right=$(value correct)
page=$TMP/report.html
well_formed 'the page' "$page"
is 'the page asks nothing of others' '' "$(alone "$page")"
is 'the page has a language' 1 "$(grep -c '<html lang="en">' "$page")"
is 'the page shows each mistake' $((40 - right)) "$(grep -c '<li><img [^>]*alt="[^"]' "$page")"
is 'the page shows the accuracy' 1 "$(grep -c 'class="big">40.00<small>%' "$page")"
is 'the page shows the interval' 1 "$(grep -c '26.35 to 55.40 %' "$page")"
is 'the cells of the page are all images' 40 "$(cells "$page")"
is 'each picture of the page is described' "$(grep -c '<svg [^>]*role="img"' "$page")" \
	"$(grep -c '<title id="[a-z]*-t">.*</title><desc id=' "$page")"
grep -o '^<li><img [^>]*base64,[^"]*' "$page" | head -n 1 | sed 's/.*base64,//' |
	base64 -d >"$TMP/first.png"
first=$(sed -n '2,$p' "$TMP/errors.csv" | sort -t , -k 4,4nr -k 1,1n | head -n 1)
"$EMNIST" classify -m $nearest --preprocess raw -f csv "$TMP/first.png" >"$TMP/out" 2>"$TMP/stderr"
is 'the first picture is the surest mistake' \
	"$(echo "$first" | cut -d , -f 3) $(echo "$first" | cut -d , -f 4)" \
	"$(sed -n '2s/^[^,]*,\([^,]*\),\([^,]*\).*/\1 \2/p' "$TMP/out")"

# Everything that comes from outside, where it is markup.
mkdir "$TMP/a<b>&\"c'"
cp "$set40"-* $idx/strokes-byclass-mapping.txt "$TMP/a<b>&\"c'/"
awk 'BEGIN { for (i = 0; i < 62; i++) print i, i == 1 ? 60 : i == 2 ? 38 : i == 3 ? 34 : i == 4 ? 39 : 400 + i }' \
	>"$TMP/markup.txt"
runs 0 -m $nearest --mapping "$TMP/markup.txt" --labels "$TMP/markup.txt" --report "$TMP/markup.html" \
	--confusion "$TMP/markup.svg" "$TMP/a<b>&\"c'/strokes-byclass-test"
report 'names and labels of markup'
well_formed 'the page of them' "$TMP/markup.html"
well_formed 'the heat map of them' "$TMP/markup.svg"
is 'the name is shown as it is' 2 "$(grep -c '/a&lt;b&gt;&amp;&quot;c&#39;/strokes' "$TMP/markup.html")"
is 'labels are shown as they are' 4 \
	"$(grep -oE '<th scope="row"><span class="l">&(lt|amp|quot|#39);</span></th><td>[0-9]+</td><td>[0-9.]+</td><td>' \
		"$TMP/markup.html" | sort -u | wc -l | tr -d ' ')"
is 'and nothing else of the name is there' '' "$(grep -n 'a<b' "$TMP/markup.html")"

# A class of several characters: 26 rows, 62 columns.
runs 0 -m $nearest --report "$TMP/letters.html" $idx/strokes-letters
report 'a page of Letters'
well_formed 'it' "$TMP/letters.html"
is 'its cells are all images' 30 "$(cells "$TMP/letters.html")"

# No mistake at all: digits that count as digits.
printf '0\n2\n' >"$TMP/two"
runs 0 -m $nearest --labels $idx/strokes-sets-mapping.txt --report "$TMP/none.html" $idx/t10k 2>/dev/null ||
	runs 0 -m $nearest --report "$TMP/none.html" --indices "$TMP/two" $idx/t10k
well_formed 'the page of two images' "$TMP/none.html"

for j in 1 5; do
	runs 0 -m $nearest -j $j --batch 7 --report "$TMP/page.$j" --errors "$TMP/errors.$j" \
		--errors-montage "$TMP/montage.$j" --compare $nearest $set40
	sed '/<dt>time</d; s/[0-9,]* images a second//' "$TMP/page.$j" >"$TMP/masked.$j"
done
check '-j changes nothing in the page' cmp "$TMP/masked.1" "$TMP/masked.5"
check '-j changes nothing in the mistakes' cmp "$TMP/errors.1" "$TMP/errors.5"
check '-j changes nothing in the picture' cmp "$TMP/montage.1" "$TMP/montage.5"

# -------------------------------------------------------------------- mistakes

is 'the header of mistakes' 'index,true,predicted,probability,true_probability,rank,path' \
	"$(head -n 1 "$TMP/errors.csv")"
is 'a line a mistake' $((40 - right)) "$(sed -n '2,$p' "$TMP/errors.csv" | wc -l | tr -d ' ')"
sed -n '2,$s/,.*//p' "$TMP/errors.csv" >"$TMP/wrong"
runs 0 -m $nearest -f json --indices "$TMP/wrong" $set40
is 'their numbers lead back to them' "$((40 - right)) 0" "$(value images) $(value correct)"
runs 0 -m $nearest --errors "$TMP/again.csv" --indices "$TMP/wrong" $set40
check 'and are the same when asked for by number' cmp "$TMP/errors.csv" "$TMP/again.csv"
runs 0 -m $nearest --classes upper --errors "$TMP/upper.csv" -f json $set40
sed -n '2,$s/,.*//p' "$TMP/upper.csv" >"$TMP/wrong"
is 'numbers count images that are left out' "$(value images) $(value correct)" \
	"$(runs 0 -m $nearest --classes upper -f json $set40 && value images) $(
		n=$(wc -l <"$TMP/wrong"); runs 0 -m $nearest --classes upper -f json --indices "$TMP/wrong" $set40 &&
			[ "$(value images) $(value correct)" = "$((n)) 0" ] &&
			runs 0 -m $nearest --classes upper -f json $set40 && value correct)"
"$EMNIST" classify "$TMP/montage.png" >"$TMP/out" 2>"$TMP/stderr"
report 'the picture of mistakes is one'

# Image files have paths.
mkdir -p "$TMP/images/A" "$TMP/images/7"
for name in A 7; do
	cp testdata/samples/digit-2-scan.png "$TMP/images/$name/one.png"
done
echo rubbish >"$TMP/images/7/bad.png"
cp testdata/samples/digit-2-scan.png "$TMP/images/7/two.png"
runs 1 --errors "$TMP/paths.csv" "$TMP/images"
is 'mistakes of image files have their paths, past one that cannot be read' \
	"1 7 $TMP/images/7/one.png" "$(awk -F , 'NR == 2 { print $1, $2, $7 }' "$TMP/paths.csv")"
is 'and none that was not read' '' "$(grep bad.png "$TMP/paths.csv")"
check 'the one behind it is called rightly' grep -q ",7,.*$TMP/images/7/two.png\$" "$TMP/paths.csv"
check 'and numbered rightly' grep -q '^2,7,' "$TMP/paths.csv"

# ------------------------------------------------------------------- heat maps

well_formed 'the heat map' "$TMP/confusion.svg"
is 'its cells are all images' 40 "$(cells "$TMP/confusion.svg")"
runs 0 -m $nearest --confusion "$TMP/confusion.PNG" $set40
"$EMNIST" classify "$TMP/confusion.PNG" >"$TMP/out" 2>"$TMP/stderr"
report 'the heat map as PNG'
runs 0 -m $nearest --confusion "$TMP/confusion.txt" $set40
is 'all other names are CSV' 'label,0,1' "$(head -n 1 "$TMP/confusion.txt" | cut -c 1-9)"

# --------------------------------------------------------------------- figures

runs 0 -m $nearest -f csv $idx/strokes-letters
is 'the header of CSV' 'label,images,predicted,correct,recall,precision,f1,most_taken_for,taken' \
	"$(head -n 1 "$TMP/out")"
sed -n '2,$p' "$TMP/out" | awk -F , '{ print $1, $2, $4, $5, $6 == "" ? "null" : $6, $7 }' >"$TMP/classes"
tr '\t' ' ' <$idx/classes.tsv >"$TMP/wanted"
check 'CSV has the scores of each class' diff "$TMP/wanted" "$TMP/classes"
runs 0 -m $nearest -f json --calibration --most-confused 3 $set40
is 'bins have all images' 40 "$(grep -o '"above":[0-9.]*,"images":[0-9]*' "$TMP/out" |
	awk -F : '{ sum += $3 } END { print sum, NR == 15 ? "" : NR }' | tr -d ' ')"
is 'as many confusions as asked for' 3 "$(grep -o '{"true":' "$TMP/out" | wc -l | tr -d ' ')"
runs 0 -m $nearest --calibration --most-confused 2 -k 5 $set40
is 'top 5 in text' "top 5" "$(grep -o '^top 5' "$TMP/out")"
is 'tables in text' 2 "$(grep -cE '^(probability  *images|true  *taken for)' "$TMP/out")"
is 'no line is too long' '' "$(awk 'length > 80' "$TMP/out")"

# ------------------------------------------------------------------ comparison

runs 0 -m $nearest --compare $nearest -f json $set40
is 'a model does not differ from itself' '0.000000000 0 0 1.000000e+00' \
	"$(value difference) $(value mcnemar_chi_squared | sed 's/\..*//') $(value first_alone) $(value mcnemar_p)"
runs 0 --errors "$TMP/built_in.csv" -f json $set40
of_built_in=$(value correct)
runs 0 -m $nearest --compare lib/builtin/default.onnx -f json --report "$TMP/compare.html" $set40
report 'two models'
for name in errors built_in; do
	sed -n '2,$s/,.*//p' "$TMP/$name.csv" | sort >"$TMP/$name.wrong"
done
mv "$TMP/out" "$TMP/whole.json"
sed 's/"classes":.*//' "$TMP/whole.json" >"$TMP/out"
is 'the four counts are those of the mistakes' \
	"$(comm -12 "$TMP/errors.wrong" "$TMP/built_in.wrong" | wc -l | tr -d ' ') $(
		comm -13 "$TMP/errors.wrong" "$TMP/built_in.wrong" | wc -l | tr -d ' ') $(
		comm -23 "$TMP/errors.wrong" "$TMP/built_in.wrong" | wc -l | tr -d ' ') $of_built_in" \
	"$(value neither) $(value first_alone) $(value second_alone) $(value correct)"
is 'classes and mistakes that differ' '1 1' "$(grep -c '"classes":\[{"label":"' "$TMP/whole.json") $(
	grep -c '"confusions":\[{"true":"[^}]*"first":[0-9]*,"second":[0-9]*}' "$TMP/whole.json")"
well_formed 'the page of two models' "$TMP/compare.html"
is 'it asks nothing of others' '' "$(alone "$TMP/compare.html")"
is 'it shows what each alone has right' "$(($(value first_alone) + $(value second_alone)))" \
	"$(grep -c '^<li>.*1st.*2nd' "$TMP/compare.html")"
runs 0 -m $nearest --compare lib/builtin/default.onnx $set40
check 'text says it' grep -q "^McNemar's test  *p [=<] " "$TMP/out"
is 'in lines that are not too long' '' "$(awk 'length > 80' "$TMP/out")"

# -------------------------------------------------------------------- failures

echo old >"$TMP/kept"
for option in report errors errors-montage confusion; do
	fails "--$option is not for stdout" \
		"--$option: needs a file; standard output is for the figures" \
		-m $nearest --$option - $set40
	fails "--$option into a full disk" "'/dev/full': cannot write: No space left on device" \
		-m $nearest --$option /dev/full $set40
	fails "--$option into a folder that is not there" \
		"'$TMP/none/x': cannot write: No such file or directory" \
		-m $nearest --$option "$TMP/none/x" $set40
	runs 2 -m $nearest --$option "$TMP/kept" $idx/malformed/gzip-crc
	is "--$option keeps the old file when evaluation fails" old "$(cat "$TMP/kept")"
done
fails 'one file for two outputs' "--errors: '$TMP/x' is where --report goes" \
	-m $nearest --report "$TMP/x" --errors "$TMP/x" $set40
fails 'no second model' "'$TMP/none.onnx': No such file or directory" --compare "$TMP/none.onnx" $set40
fails 'numbers from stdin cannot be read twice' \
	'--compare reads the dataset twice: --indices needs a file' \
	--compare $nearest --indices - $set40

# ------------------------------------------------------------ the whole test split

if [ -n "${EMNIST_DATA:-}" ]; then
	runs 0 --report "$TMP/whole.html" "$EMNIST_DATA/emnist/emnist-byclass-test"
	report 'a page of the test split'
	check 'it has less than 3 MB' [ "$(wc -c <"$TMP/whole.html")" -lt 3000000 ]
	well_formed 'it' "$TMP/whole.html"
	is 'it shows a hundred mistakes' 100 "$(grep -c '^<li><img ' "$TMP/whole.html")"
	is 'its cells are all images' 116323 "$(cells "$TMP/whole.html")"
else
	skip 'a page of the test split' 'EMNIST_DATA is not set'
fi
finish
