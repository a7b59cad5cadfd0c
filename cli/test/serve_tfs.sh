#!/bin/sh
# serve_tfs.sh - TensorFlow Serving's REST API: what is refused, and how; layouts of answers; the same
# probabilities as `emnist classify`.
. cli/test/tap.inc
. cli/test/serve.inc

API=/v1/models/emnist
start_server

# ------------------------------------------------------------------ what is refused

# refused FILE: sends each request of a table, and prints each that got another answer.
refused()
{
	while IFS='|' read -r method path body status message; do
		case $method in '#'*) continue ;; esac
		printf '%s' "$body" >"$TMP/request"
		printf '%s\n{\n    "error": "%s"\n}' "$status" "$message" >"$TMP/wanted"
		"$CLIENT" -s -d "$TMP/request" "$method" "$URL$path" >"$TMP/got" 2>&1
		cmp -s "$TMP/wanted" "$TMP/got" && continue
		printf '%s %s %s\nwanted: %s\ngot:    %s\n' "$method" "$path" "$body" \
			"$(cat "$TMP/wanted")" "$(cat "$TMP/got")"
	done <"$1"
}
is 'requests are refused in the words of TensorFlow Serving' '' \
	"$(refused cli/test/serve/tfs_refused.txt)"
is 'and what it does not know, in words of our own' '' "$(refused cli/test/serve/tfs_own_words.txt)"

is 'an answer to HEAD has no body' '400' "$("$CLIENT" -s HEAD "$URL$API")"
is 'OPTIONS with an origin is answered' '200' "$("$CLIENT" -s -H 'Origin: https://example.org' OPTIONS "$URL$API")"
is 'and without one is not' '400' "$("$CLIENT" -s OPTIONS "$URL$API")"

# A quoted document is cut off, not in the middle of a character.
awk 'BEGIN { printf "{\"x\": \""; for (i = 0; i < 300; i++) printf "\303\251"; print "\"}" }' >"$TMP/long"
"$CLIENT" -d "$TMP/long" POST "$URL$API:classify" >"$TMP/answer"
check 'what is quoted of a request is cut off after 256 bytes' \
	grep -q '^    "error": "JSON Value: {\\n    \\"x\\": \\"[^ ]* When method is classify' "$TMP/answer"
check 'as valid UTF-8' iconv -f UTF-8 -t UTF-8 "$TMP/answer"

# Names of 1,201 bytes, in characters of 2.
NAME=x$(awk 'BEGIN { for (i = 0; i < 600; i++) printf "\303\251" }')
for body in "predict {\"signature_name\":\"$NAME\"}" "predict {\"instances\":[{\"$NAME\":1}]}" \
	"classify {\"signature_name\":\"$NAME\",\"examples\":[{\"x\":1}]}" \
	"classify {\"examples\":[{\"$NAME\":null}]}"; do
	printf '%s' "${body#* }" >"$TMP/long"
	"$CLIENT" -d "$TMP/long" POST "$URL$API:${body%% *}" >"$TMP/answer"
	check 'a long name is cut off' [ "$(grep -c "$NAME" "$TMP/answer")" = 0 ]
	check 'not in the middle of a character' iconv -f UTF-8 -t UTF-8 "$TMP/answer"
done

# ------------------------------------------------------------------------- layouts

# row SEED [OPEN CLOSE]: 784 numbers, in brackets, or 28 rows of 28.
row()
{
	awk -v seed="$1" -v nested="${2-}" 'BEGIN {
		printf "["
		for (i = 0; i < 784; i++) {
			if (nested && i % 28 == 0) printf "%s[", i ? "]," : ""
			else if (i) printf ","
			printf "%s", (i * seed) % 17 < 12 ? "0" : (i * seed) % 17 / 16
		}
		printf "%s]", nested ? "]" : ""
	}'
}
# layout: an answer with N for every number.
layout()
{
	sed 's/[0-9][0-9.e+-]*/N/g'
}
# repeat N TEXT SEPARATOR
repeat()
{
	awk -v n="$1" -v text="$2" -v separator="$3" \
		'BEGIN { for (i = 0; i < n; i++) printf "%s%s", i ? separator : "", text }'
}
# predict NAME BODY: leaves the answer in $TMP/NAME.
predict()
{
	printf '%s' "$2" >"$TMP/request"
	"$CLIENT" -o "$TMP/$1" -d "$TMP/request" POST "$URL$API:predict" && ! grep error "$TMP/$1" >&2
}

numbers=$(repeat 62 N ', ')
check 'predict takes rows' predict rows "{\"instances\": [$(row 5), $(row 7)]}"
printf '{\n    "predictions": [[%s], [%s]\n    ]\n}' "$numbers" "$numbers" >"$TMP/wanted"
layout <"$TMP/rows" >"$TMP/got"
check 'and answers rows, laid out as there' cmp "$TMP/wanted" "$TMP/got"

check 'predict takes a column' predict column "{\"inputs\": [$(row 5), $(row 7)]}"
numbers=$(repeat 62 '            N' ',
')
printf '{\n    "outputs": [\n        [\n%s\n        ],\n        [\n%s\n        ]\n    ]\n}' \
	"$numbers" "$numbers" >"$TMP/wanted"
layout <"$TMP/column" >"$TMP/got"
check 'and answers a column, laid out as there' cmp "$TMP/wanted" "$TMP/got"
# numbers_of FILE: the numbers of an answer, a line each.
numbers_of()
{
	grep -o '[0-9][0-9.e+-]*' "$1"
}
is 'with the same numbers' "$(numbers_of "$TMP/rows")" "$(numbers_of "$TMP/column")"

same()
{
	predict other "$2" && cmp "$TMP/$1" "$TMP/other"
}
check 'inputs may have names' same rows "{\"instances\": [{\"images\": $(row 5)}, {\"images\": $(row 7)}]}"
check 'in a column, too' same column "{\"inputs\": {\"images\": [$(row 5), $(row 7)], \"other\": 1}}"
check 'a signature may be given' same rows \
	"{\"signature_name\": \"predict_images\", \"instances\": [$(row 5), $(row 7)]}"
check 'an image may be 28 rows of 28 numbers' same rows \
	"{\"instances\": [$(row 5 nested), $(row 7 nested)]}"
check 'or any other shape' same rows "{\"instances\": [[$(row 5 nested)], [$(row 7 nested)]]}"
check 'the path may have a version' eval '
	"$CLIENT" -o "$TMP/other" -d "$TMP/request" POST "$URL$API/versions/1:predict" &&
	cmp "$TMP/rows" "$TMP/other"'
check 'and escapes' eval '
	"$CLIENT" -o "$TMP/other" -d "$TMP/request" POST "$URL/v1/models/%65mnist:predict" &&
	cmp "$TMP/rows" "$TMP/other"'
printf '%s' "{\"instances\": [$(row 5), $(row 7)]}" | gzip >"$TMP/request.gz"
check 'the body may be compressed' eval '
	"$CLIENT" -o "$TMP/other" -H "Content-Encoding: gzip" -d "$TMP/request.gz" POST "$URL$API:predict" &&
	cmp "$TMP/rows" "$TMP/other"'
head -c 40 "$TMP/request.gz" >"$TMP/cut.gz"
is 'a damaged one is an empty document' "$(printf '{\n    "error": "JSON Parse error: The document is empty"\n}')" \
	"$("$CLIENT" -H "Content-Encoding: gzip" -d "$TMP/cut.gz" POST "$URL$API:predict")"
is 'other encodings are refused' 415 \
	"$(status_of POST "$API:predict" -H 'Content-Encoding: br' -d "$TMP/cut.gz")"
is 'a body that expands beyond the limit is refused' 413 "$(head -c 70000000 /dev/zero | gzip |
	status_of POST "$API:predict" -H 'Content-Encoding: gzip' -d -)"

"$CLIENT" -i GET "$URL$API" | sed '1,/^$/d' >"$TMP/got"
cat >"$TMP/wanted" <<'END'
{
 "model_version_status": [
  {
   "version": "1",
   "state": "AVAILABLE",
   "status": {
    "error_code": "OK",
    "error_message": ""
   }
  }
 ]
}
END
check 'status is laid out as there' cmp "$TMP/wanted" "$TMP/got"
"$CLIENT" GET "$URL$API/versions/1" >"$TMP/got"
check 'that of a version, too' cmp "$TMP/wanted" "$TMP/got"
"$CLIENT" GET "$URL$API/labels/any" >"$TMP/got"
check 'a label is ignored, as there' cmp "$TMP/wanted" "$TMP/got"
"$CLIENT" GET "$URL$API/metadata" >"$TMP/got"
check 'metadata is laid out as there' cmp cli/test/serve/tfs_metadata.json "$TMP/got"
check 'that of a version, too' eval '"$CLIENT" GET "$URL$API/versions/1/metadata" | cmp - "$TMP/got"'

# ----------------------------------------------------- the same as `emnist classify`

# close_to DIFFERENCE: reads two columns of numbers, and prints what differs more.
close_to()
{
	awk -v most="$1" '
		{ d = $1 - $2; if (d > most || d < -most) print NR ": " $0 }
		END { if (!NR) print "nothing" }'
}
# `emnist classify` writes 6 decimals.
rounded=5.1e-7
scan=testdata/samples/$(ls testdata/samples | grep '\.png$' | head -n 1)
"$EMNIST" classify --engine kernels --probabilities -f csv "$scan" | sed 1d | cut -d , -f 5- | tr ',' '\n' >"$TMP/classify"
"$EMNIST" classify -f csv "$scan" | sed 1d | cut -d , -f 2 >"$TMP/label"
b64=$(base64 -w 0 "$scan")
check 'predict takes image files' predict image "{\"instances\": [{\"b64\": \"$b64\"}]}"
numbers_of "$TMP/image" | paste - "$TMP/classify" >"$TMP/both"
is 'with the probabilities of classify' '' "$(close_to $rounded <"$TMP/both")"
check 'by the name of the input, too' same image "{\"instances\": [{\"images\": {\"b64\": \"$b64\"}}]}"
check 'in a column, too' predict image_column "{\"inputs\": {\"images\": [{\"b64\": \"$b64\"}]}}"
is 'with the same numbers' "$(numbers_of "$TMP/image")" "$(numbers_of "$TMP/image_column")"
check 'a single one, too' same image_column "{\"inputs\": {\"b64\": \"$b64\"}}"
check 'rows and images may be mixed' predict mixed \
	"{\"instances\": [$(row 5), {\"b64\": \"$b64\"}, $(row 7), {\"b64\": \"$b64\"}]}"
{
	numbers_of "$TMP/rows" | head -n 62
	numbers_of "$TMP/image"
	numbers_of "$TMP/rows" | tail -n 62
	numbers_of "$TMP/image"
} >"$TMP/wanted"
numbers_of "$TMP/mixed" >"$TMP/got"
check 'each in its place' cmp "$TMP/wanted" "$TMP/got"

# A row of pixels against the image that has them.
awk 'BEGIN { for (i = 0; i < 784; i++) print (i % 28 < 9 || i % 28 > 18 ? 0 : i * 11 % 256) }' \
	>"$TMP/pixels.txt"
{
	printf 'P5\n28 28\n255\n'
	awk '{ printf "\\%03o", $1 }' "$TMP/pixels.txt" >"$TMP/escapes"; printf "$(cat "$TMP/escapes")"
} >"$TMP/pixels.pgm"
"$EMNIST" classify --engine kernels --preprocess raw --probabilities -f csv "$TMP/pixels.pgm" | sed 1d |
	cut -d , -f 5- | tr ',' '\n' >"$TMP/classify"
check 'predict takes the pixels of an image' predict pixels \
	"{\"instances\": [[$(awk '{ printf "%s%.9g", (NR > 1 ? "," : ""), $1 / 255 }' "$TMP/pixels.txt")]]}"
numbers_of "$TMP/pixels" | paste - "$TMP/classify" >"$TMP/both"
is 'with the probabilities of classify' '' "$(close_to $rounded <"$TMP/both")"

classify()
{
	printf '%s' "$1" >"$TMP/request"
	"$CLIENT" -o "$TMP/results" -d "$TMP/request" POST "$URL$API:classify"
}
for example in "{\"image/encoded\": {\"b64\": \"$b64\"}, \"x\": 1}" "{\"b64\": \"$b64\"}" \
	"{\"any\": [{\"b64\": \"$b64\"}]}"; do
	classify "{\"examples\": [{\"images\": $(row 5)}, $example]}"
	sed 's/"[^"]*", [0-9][0-9.e+-]*/PAIR/g' "$TMP/results" >"$TMP/got"
	pairs=$(repeat 62 '[PAIR]' ', ')
	printf '{\n    "results": [[%s], [%s]\n    ]\n}' "$pairs" "$pairs" >"$TMP/wanted"
	cmp "$TMP/wanted" "$TMP/got" 2>"$TMP/stderr"
	report 'classify answers labels, laid out as there'
	is 'with the label of classify first' "$(cat "$TMP/label")" \
		"$(sed -n 's/.*\]\], \[\["\([^"]*\)".*/\1/p' "$TMP/results")"
done

# ---------------------------------------------------------------------- signatures

check 'the server ends' stop_server
"$EMNIST" model convert --input-name pixels --output-name classes "$TMP/saved/" 2>"$TMP/stderr"
report 'a SavedModel with other names'
start_server --name emnist "$TMP/saved"
check 'its input has its name' same rows \
	"{\"instances\": [{\"pixels\": $(row 5)}, {\"pixels\": $(row 7)}]}"
check 'in a column, too' same column "{\"inputs\": {\"pixels\": [$(row 5), $(row 7)]}}"
check 'or none' same rows "{\"instances\": [$(row 5), $(row 7)]}"
printf '{"instances": [{"images": [1]}]}' >"$TMP/request"
check 'other names are refused' eval '"$CLIENT" -d "$TMP/request" POST "$URL$API:predict" |
	grep "JSON object: does not have named input: images"'
printf '{"instances": [{}]}' >"$TMP/request"
check 'and the right one is shown' eval '"$CLIENT" -d "$TMP/request" POST "$URL$API:predict" |
	grep "JSON object: {} keys must be equal to: pixels"'
"$CLIENT" GET "$URL$API/metadata" >"$TMP/got"
sed 's/images\([":]\)/pixels\1/g; s/predict_pixels/predict_images/; s/scores/classes/g' \
	cli/test/serve/tfs_metadata.json >"$TMP/wanted"
check 'metadata shows them' cmp "$TMP/wanted" "$TMP/got"
printf '{"examples": [{"pixels": %s, "x": 1}]}' "$(row 5)" >"$TMP/request"
is 'examples have it, too' 200 "$(status_of POST "$API:classify" -d "$TMP/request")"

# A graph that takes pixels from 0 to 255 gets what TensorFlow Serving would hand it.
check 'the server ends' stop_server
start_server --name emnist --input-scale 255 "$TMP/saved"
check 'rows are what the graph takes' predict scaled "{\"instances\": [$(row 5), $(row 7)]}"
numbers_of "$TMP/rows" >"$TMP/wanted"
numbers_of "$TMP/scaled" | paste - "$TMP/wanted" >"$TMP/both"
is 'not what the model takes' '' "$(close_to 1e-5 <"$TMP/both")"
check 'mixed with an image file, too' predict scaled_mixed \
	"{\"instances\": [{\"b64\": \"$b64\"}, $(row 5)]}"
numbers_of "$TMP/scaled_mixed" | tail -n 62 >"$TMP/got"
numbers_of "$TMP/scaled" | head -n 62 >"$TMP/wanted"
check 'which is none of the graph'"'"'s' cmp "$TMP/wanted" "$TMP/got"

# ---------------------------------------------------------------------- versions

check 'the server ends' stop_server
mkdir -p "$TMP/models/emnist"
cp -r "$TMP/saved" "$TMP/models/emnist/1"
"$EMNIST" model convert "$TMP/models/emnist/3/"
start_server "$TMP/models/emnist"
"$CLIENT" GET "$URL$API/metadata" >"$TMP/got"
sed 's/"version": "1"/"version": "3"/' cli/test/serve/tfs_metadata.json >"$TMP/wanted"
check 'the latest version answers' cmp "$TMP/wanted" "$TMP/got"
printf '{"instances": [{"pixels": %s}]}' "$(row 5)" >"$TMP/request"
is 'and no other' 404 "$(status_of POST "$API/versions/1:predict" -d "$TMP/request")"
mkdir "$TMP/models/emnist/4"
printf 'nothing' >"$TMP/models/emnist/4/saved_model.pb"
kill -HUP $SERVER
tries=0
until [ $tries -gt 600 ] || "$CLIENT" GET "$URL$API" | grep -q END; do
	tries=$((tries + 1))
	sleep 0.05
done
"$CLIENT" GET "$URL$API" >"$TMP/got"
cat >"$TMP/wanted" <<'END'
{
 "model_version_status": [
  {
   "version": "4",
   "state": "END",
   "status": {
    "error_code": "INVALID_ARGUMENT",
    "error_message": "not a model: neither ONNX, TensorFlow nor safetensors"
   }
  },
  {
   "version": "3",
   "state": "AVAILABLE",
   "status": {
    "error_code": "OK",
    "error_message": ""
   }
  }
 ]
}
END
check 'a version that cannot be loaded has its reason in the status' cmp "$TMP/wanted" "$TMP/got"
"$CLIENT" GET "$URL$API/versions/3" | grep -c version >"$TMP/got"
is 'a version alone can be asked for' 2 "$(cat "$TMP/got")"

cat >"$TMP/models.config" <<END
model_config_list { config {
	name: "emnist" base_path: "$TMP/models/emnist" model_platform: "tensorflow"
	model_version_policy { specific { versions: 1 versions: 3 } }
	version_labels { key: "stable" value: 1 } version_labels { key: "new one" value: 3 }
} }
END
check 'the server ends' stop_server
start_server --models "$TMP/models.config"
is 'a version by its number' 200 "$(status_of POST "$API/versions/1:predict" -d "$TMP/request")"
is 'by its label' 200 "$(status_of POST "$API/labels/stable:predict" -d "$TMP/request")"
is 'the latest has another name for its input' 400 "$(status_of POST "$API:predict" -d "$TMP/request")"
is 'by a label with an escape' 400 "$(status_of POST "$API/labels/new%20one:predict" -d "$TMP/request")"
"$CLIENT" GET "$URL$API/labels/stable/metadata" >"$TMP/got"
sed 's/images\([":]\)/pixels\1/g; s/predict_pixels/predict_images/; s/scores/classes/g' \
	cli/test/serve/tfs_metadata.json >"$TMP/wanted"
check 'metadata of a label' cmp "$TMP/wanted" "$TMP/got"
is 'a label of no version' 'Unrecognized servable version label: old' \
	"$("$CLIENT" -d "$TMP/request" POST "$URL$API/labels/old:predict" | sed -n 's/^    "error": "\(.*\)"$/\1/p')"

# -------------------------------------------------------------------------- limits

check 'the server ends' stop_server
start_server --max-images 3
row=$(row 5)
printf '{"instances": [%s,%s,%s,%s]}' "$row" "$row" "$row" "$row" >"$TMP/four"
is 'too many images are refused' 413 "$(status_of POST "$API:predict" -d "$TMP/four")"
printf '{"instances": [[1],[1],[1],"x"]}' >"$TMP/four"
is 'before they are looked at' 413 "$(status_of POST "$API:predict" -d "$TMP/four")"
printf '{"examples": [{"x":[1]},{"x":[1]},{"x":[1]},{"x":[1]}]}' >"$TMP/four"
is 'as examples, too' 413 "$(status_of POST "$API:classify" -d "$TMP/four")"
check 'the server ends' stop_server
finish
