#!/bin/sh
# serve_v2.sh - the Open Inference Protocol: requests as tritonclient sends them, which are among those
# that the fuzz target begins with; what is refused; the same probabilities as `emnist classify`.
. cli/test/tap.inc
. cli/test/serve.inc

RECORDED=lib/fuzz/corpus/oip
MODEL=/v2/models/emnist
SAMPLE=testdata/samples/capital-g-emnist.png
SCAN=testdata/samples/digit-7-bilevel.png

start_server

# ------------------------------------------------------------------------- metadata

json()
{
	"$CLIENT" "${2-GET}" "$URL$1"
}
is 'the server says what it is' \
	"{\"name\":\"emnist\",\"version\":\"$VERSION\",\"extensions\":[\"binary_tensor_data\",\"classification\"]}" \
	"$(json /v2)"
is 'with a slash at the end, too' "$(json /v2)" "$(json /v2/)"
is 'a model says what it takes and gives' \
	'{"name":"emnist","versions":["1"],"platform":"onnx_onnxv1","inputs":[{"name":"images","datatype":"FP32","shape":[-1,784]}],"outputs":[{"name":"probabilities","datatype":"FP32","shape":[-1,62]}]}' \
	"$(json $MODEL)"
is 'and a version of it the same' "$(json $MODEL)" "$(json $MODEL/versions/1)"
is 'a name may have escapes' "$(json $MODEL)" "$(json /v2/models/%65mni%73t)"
is 'a model is ready' '{"name":"emnist","ready":true}' "$(json $MODEL/ready)"
is 'and a version of it' '{"name":"emnist","ready":true}' "$(json $MODEL/versions/01/ready)"
is 'the server is live and ready' '{"live":true} {"ready":true}' \
	"$(json /v2/health/live) $(json /v2/health/ready)"

# statuses PATH...: those of GET, or with METHOD:PATH of that.
statuses()
{
	for path in "$@"; do
		case $path in
		*:*) status_of "${path%%:*}" "${path#*:}" ;;
		*) status_of GET "$path" ;;
		esac
	done | paste -s -d ' ' -
}
is 'what is not there is 404' '404 404 404 404 404 404 404 404 404 404' \
	"$(statuses /v2/models/nope /v2/models/nope/ready POST:/v2/models/nope/infer $MODEL/versions/2 \
		$MODEL/versions/9223372036854775808/ready $MODEL/versions/x POST:$MODEL/versions/0/infer \
		$MODEL/versions/ /v2/models $MODEL/stats)"
is 'other methods are 405' '405 405 405 405 405' \
	"$(statuses POST:/v2 POST:$MODEL PUT:$MODEL/ready $MODEL/infer DELETE:$MODEL/infer)"
is 'and the right ones are named' 'Allow: POST' "$("$CLIENT" -i GET "$URL$MODEL/infer" | grep ^Allow)"
is 'HEAD is answered as GET, without a body' '200' "$("$CLIENT" -s HEAD "$URL$MODEL/ready")"
is 'an unknown model is named' "{\"error\":\"Request for unknown model: 'nope' is not found\"}" \
	"$(json /v2/models/nope)"
is 'so is no version' "{\"error\":\"Request for unknown model: 'emnist' is not found\"}" \
	"$(json $MODEL/versions/)"
is 'and a version' "{\"error\":\"Request for unknown model: 'emnist' version 7 is not found\"}" \
	"$(json $MODEL/versions/7)"

# ------------------------------------------------------------------------ inference

# post FILE [OPTION]...: posts a request as it was recorded, the length of its JSON in the first two
# bytes. Leaves the head of the response in $TMP/head, its JSON in $TMP/json, what follows in $TMP/data.
post()
{
	post_file=$1
	shift
	post_length=$(length_in "$post_file")
	tail -c +3 "$RECORDED/$post_file" >"$TMP/request"
	[ "$post_length" = 65535 ] || set -- -H "Inference-Header-Content-Length: $post_length" "$@"
	send "$@"
}
length_in()
{
	od -An -tu2 --endian=little -N 2 "$RECORDED/$1" | tr -d ' '
}
# send [OPTION]...: the same for the body in $TMP/request.
send()
{
	"$CLIENT" -i -o "$TMP/body" -d "$TMP/request" "$@" POST "$URL$MODEL/infer" >"$TMP/head" || return
	json_length=$(sed -n 's/^Inference-Header-Content-Length: //p' "$TMP/head")
	head -c "${json_length:-999999999}" "$TMP/body" >"$TMP/json"
	tail -c +$((${json_length:-999999999} + 1)) "$TMP/body" >"$TMP/data"
	head -n 1 "$TMP/head" | cut -d ' ' -f 2
}
# values: the probabilities of the response, a line each.
values()
{
	if [ -s "$TMP/data" ]; then
		od -An -v -tf4 --endian=little -w4 "$TMP/data"
	else
		sed 's/.*"data":\[//' "$TMP/json" | tr -d ' ]}' | tr ',' '\n'
	fi
}
# classified FILE: the probabilities of `emnist classify`.
classified()
{
	"$EMNIST" classify --engine kernels --probabilities -f csv "$1" | sed 1d | cut -d , -f 5- | tr ',' '\n'
}
# close_to NUMBERS: prints the values of the response that differ from these.
close_to()
{
	values >"$TMP/values"
	printf '%s\n' "$1" | paste "$TMP/values" - |
		awk '{ d = $1 - $2 } NF != 2 || d > 6e-7 || d < -6e-7 { print NR ": " $0 }
			END { if (NR == 0) print "no values" }'
}
sample=$(classified $SAMPLE)
scan=$(classified $SCAN)
rows='"outputs":[{"name":"probabilities","datatype":"FP32","shape":'

is 'floats in binary are taken' 200 "$(post triton-binary)"
is 'and answered so' \
	"{\"model_name\":\"emnist\",\"model_version\":\"1\",\"id\":\"42\",$rows[1,62],\"parameters\":{\"binary_data_size\":248}}]}" \
	"$(sed 's/ *$//' "$TMP/json")"
is 'as bytes' 'Content-Type: application/octet-stream' "$(grep Content-Type "$TMP/head")"
is 'with the probabilities of classify' '' "$(close_to "$sample")"
cp "$TMP/data" "$TMP/wanted"

is 'JSON is taken' 200 "$(post triton-json)"
is 'and answered so' "{\"model_name\":\"emnist\",\"model_version\":\"1\",$rows[1,62],\"data\":[]}]}" \
	"$(sed 's/\[[0-9][0-9., e+-]*\]}\]}$/[]}]}/' "$TMP/json" | sed 's/"data":\[[^]]*\]/"data":[]/')"
is 'as JSON' 'Content-Type: application/json' "$(grep Content-Type "$TMP/head")"
is 'with the same probabilities' '' "$(close_to "$sample")"

check 'doubles in binary are taken, and give the same' eval \
	'post triton-double && cmp "$TMP/data" "$TMP/wanted"'
is 'bytes of pixels are taken' 200 "$(post triton-uint8)"
is 'and two rows of them are two rows' "$rows[2,62]" "$(grep -o '"outputs.*\]' "$TMP/json" | sed 's/,"para.*//')"
check 'the first is the same' cmp -n 248 "$TMP/data" "$TMP/wanted"
is 'and there is another' 496 "$(wc -c <"$TMP/data")"
is 'image files in binary are taken' 200 "$(post triton-image)"
is 'with the probabilities of classify' '' "$(close_to "$sample
$scan")"
cp "$TMP/data" "$TMP/images"
is 'image files in base64 are taken' 200 "$(post triton-image-base64)"
check 'and give the same' cmp "$TMP/data" "$TMP/images"
is 'a body of nothing but floats is taken' 200 "$(post raw-row)"
check 'and gives the same' cmp "$TMP/data" "$TMP/wanted"

top=$(printf '%s\n' "$sample" | awk '{ printf "%.6f:%d\n", $1, NR - 1 }' | sort -t : -k 1,1nr | head -n 3)
labels=$("$EMNIST" classify -f csv --top 3 $SAMPLE | sed 1d | awk -F , '{ print $2; print $5; print $7 }')
classes=$(printf '%s\n' "$labels" >"$TMP/labels"; printf '%s\n' "$top" | paste -d : - "$TMP/labels")
is 'classes in JSON are asked for' 200 "$(post triton-classes-json)"
is 'and have their labels' \
	"{\"model_name\":\"emnist\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"probabilities\",\"datatype\":\"BYTES\",\"shape\":[1,3],\"data\":[\"$(
		printf '%s\n' "$classes" | paste -s -d ' ' - | sed 's/ /","/g')\"]}]}" "$(cat "$TMP/json")"
is 'in binary, too' 200 "$(post triton-classes)"
is 'with the length of each' "$(printf '%s\n' "$classes")" \
	"$(tr -d '\000' <"$TMP/data" | tr '\014-\020' '\n' | sed 1d)"
is 'more classes than there are are all' 200 "$(post all-classes)"
is 'and no more' 62 "$(grep -o '[0-9]:[0-9]*:' "$TMP/json" | wc -l)"

tail -c +3 $RECORDED/triton-binary | gzip >"$TMP/request"
is 'a body may be compressed, and the length of the JSON is that before' 200 \
	"$(send -H 'Content-Encoding: gzip' -H "Inference-Header-Content-Length: $(length_in triton-binary)")"
check 'it gives the same' cmp "$TMP/data" "$TMP/wanted"
is 'no row is no rows' 200 "$(post no-rows)"
is 'which is answered so' "{\"model_name\":\"emnist\",\"model_version\":\"1\",$rows[0,62],\"data\":[]}]}" \
	"$(cat "$TMP/json")"
is 'any Content-Type will do' '200 200' \
	"$(post triton-json -H 'Content-Type: application/x-www-form-urlencoded') $(post triton-json -H 'Content-Type: text/plain')"

# Many rows go to a worker, and are shared among several.
awk 'BEGIN { for (i = 0; i < 300; i++) print "raw-row" }' | sed "s|^|$RECORDED/|" |
	xargs -n 1 tail -c +3 >"$TMP/request"
is 'many rows are taken' 200 "$(send -H 'Inference-Header-Content-Length: 0')"
is 'and are all answered' "$((300 * 248))" "$(wc -c <"$TMP/data")"
is 'the same' 1 "$(od -An -v -tx1 -w248 "$TMP/data" | sort -u | wc -l)"
check 'as one alone is' cmp -n 248 "$TMP/data" "$TMP/wanted"

# ------------------------------------------------------------------- what is refused

# refused FILE [OPTION]...: the status and error of a recorded request.
refused()
{
	post "$@"
	cat "$TMP/json"
}
is 'another type is refused' \
	"400
{\"error\":\"input 'images': datatype 'INT64' is not supported (supported: FP32, FP64, UINT8, BYTES)\"}" \
	"$(refused triton-int64)"
is 'another output' \
	"400
{\"error\":\"unexpected inference output 'zz': the output of model 'emnist' is 'probabilities'\"}" \
	"$(refused triton-other-output)"
is 'JSON that is none' '400
{"error":"invalid JSON at offset 11: Invalid value."}' "$(refused not-json)"
is 'JSON that is longer than the body' '400
{"error":"the length of the JSON, 3, is more than that of the body, 2"}' "$(refused head-too-long)"
is 'a length that is none' "400
{\"error\":\"Inference-Header-Content-Length: not a length within the body: '-1'\"}" \
	"$(refused not-json -H 'Inference-Header-Content-Length: -1')"
is 'and an empty one' "400
{\"error\":\"Inference-Header-Content-Length: not a length within the body: ''\"}" \
	"$(refused not-json -H 'Inference-Header-Content-Length: ')"
is 'a body of less than a row' '400
{"error":"the body has less than one row of 784 floats"}' "$(refused raw-short)"
is 'base64 that is none' "400
{\"error\":\"input 'images': element 0 is not an image file in base64\"}" "$(refused bad-base64)"
is 'an image file that is none' '400
{"error":"image 0: unknown format (supported: PNG, JPEG, TIFF, WebP, BMP, PNM, GIF, TGA)"}' \
	"$(refused deep-bytes)"
printf '{"inputs":[{"name":"images","shape":[1,784],"datatype":"FP32","data":[1e39%s]}]}' \
	"$(awk 'BEGIN { for (i = 1; i < 784; i++) printf ",0" }')" >"$TMP/request"
is 'a number beyond float' '400
{"error":"row 0: a value is not finite"}' "$(send && cat "$TMP/json")"

stop_server
is 'the server ends well' 0 $?

# Floats are what the graph of a SavedModel takes. This one is said to take 0 to 255, but takes [0,1]: so
# the floats of before give the same, and bytes, which are always pixels, do not.
"$EMNIST" model convert --input-name pixels --output-name classes "$TMP/saved/" 2>"$TMP/stderr"
report 'a SavedModel with other names'
start_server --name emnist --input-scale 255 "$TMP/saved"
is 'its metadata has them' \
	'{"name":"emnist","versions":["1"],"platform":"tensorflow_savedmodel","inputs":[{"name":"pixels","datatype":"FP32","shape":[-1,784]}],"outputs":[{"name":"classes","datatype":"FP32","shape":[-1,62]}]}' \
	"$(json $MODEL)"
is 'floats are handed to its graph' 200 "$(post raw-row)"
od -An -v -tf4 --endian=little -w4 "$TMP/wanted" >"$TMP/before"
is 'which gives the same as before' '' "$(values | paste - "$TMP/before" |
	awk '{ d = $1 - $2 } d > 1e-5 || d < -1e-5 || NF != 2')"
printf '{"inputs":[{"name":"pixels","shape":[1,784],"datatype":"UINT8","data":[%s]}]}' \
	"$(tail -c 784 $RECORDED/triton-classes | od -An -v -tu1 -w1 | paste -s -d , -)" >"$TMP/request"
is 'bytes are divided by 255' 200 "$(send)"
check 'and are then 255 times as large' grep -q '"data":\[[^]]*\(0\.9999\|1\.0\)' "$TMP/json"
stop_server

start_server --max-images 2
tail -c +3 $RECORDED/raw-row >"$TMP/row"
cat "$TMP/row" "$TMP/row" "$TMP/row" >"$TMP/request"
is 'more images than may be are refused' '413
{"error":"3 images in a request; the limit is 2"}' \
	"$(send -H 'Inference-Header-Content-Length: 0' && cat "$TMP/json")"
printf '{"inputs":[{"name":"images","shape":[3],"datatype":"BYTES","data":["","",""]}]}' >"$TMP/request"
is 'image files, too' '413
{"error":"3 images in a request; the limit is 2"}' "$(send && cat "$TMP/json")"
stop_server

finish
