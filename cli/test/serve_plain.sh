#!/bin/sh
# serve_plain.sh - POST /classify, the list of models, and health. The answers are those of `emnist
# classify` on the same files.
. cli/test/tap.inc
. cli/test/serve.inc

start_server --max-images 2000 --max-pixels 64M
A=testdata/samples/capital-a-chalk.jpg
B=testdata/samples/capital-b-marker.png

# form FILE...: the files as a form in $TMP/form, named as they are.
FORM='Content-Type: multipart/form-data; boundary=--a%b'
form()
{
	for form_file; do
		printf -- '----a%%b\r\nContent-Disposition: form-data; name="image"; filename="%s"\r\n\r\n' \
			"$form_file"
		cat "$form_file"
		printf '\r\n'
	done >"$TMP/form"
	printf -- '----a%%b--\r\n' >>"$TMP/form"
}

# post QUERY FILE...: prints the answer for files in a form.
post()
{
	post_query=$1
	shift
	form "$@"
	"$CLIENT" -H "$FORM" -d "$TMP/form" POST "$URL/classify$post_query"
}

# post_one QUERY FILE: prints the status, and the answer for a file as the body.
post_one()
{
	"$CLIENT" -s -d "$2" POST "$URL/classify$1"
}

# -------------------------------------------------------------- as by `emnist classify`

# classified OPTION...: as the server has it, which does not know the options for limits.
classified()
{
	"$EMNIST" classify -q --engine kernels "$@" 2>/dev/null | sed 's/ (--max-[a-z-]*)//'
}

# What `emnist classify` opens as an archive is refused by the server.
set -- $(find testdata/samples testdata/formats testdata/images testdata/malformed \
	testdata/uncommon testdata/range testdata/scans testdata/drawings -type f | sort)
classified -f jsonl "$@" | sed -n 's/^{"path":"\([^!"]*\)".*/\1/p' | grep -v '\.gz$' >"$TMP/names"
set -- $(cat "$TMP/names")
check 'many files are compared' test $# -gt 700

# same NAME FORMAT QUERY OPTION...: on all files.
same()
{
	same_name=$1 same_format=$2 same_query=$3
	shift 3
	classified -f "$same_format" "$@" --files-from "$TMP/names" >"$TMP/wanted"
	"$CLIENT" -H "$FORM" -d "$TMP/form" POST "$URL/classify?format=$same_format$same_query" \
		>"$TMP/got"
	check "$same_name" diff -u "$TMP/wanted" "$TMP/got"
}
form "$@"
same 'all files' jsonl ''
same 'all options' jsonl '&top=3&classes=a-z%2C0-9&merge_case&min_probability=.6&probabilities' \
	--top 3 --classes a-z,0-9 --merge-case --min-probability .6 --probabilities
same 'images without ink are answered' jsonl '&blank=answer&classes=digits' --blank answer \
	--classes digits
same 'CSV' csv '&top=2&probabilities' --top 2 --probabilities
same 'TSV' tsv '&min_probability=0.99' --min-probability 0.99
classified -f jsonl --top 70 "$A" "$B" | tr '\n' , |
	sed 's/.*/{"results":[&]}/; s/,\]}$/]}/' >"$TMP/wanted"
post '?top=70' "$A" "$B" >"$TMP/got"
echo >>"$TMP/wanted"
check 'an object with an array of records' cmp "$TMP/wanted" "$TMP/got"

# one FILE: as the body, it has the same record without a path, and a status.
one()
{
	post_one '' "$1" >"$TMP/one"
	classified -f jsonl "$1" | sed 's/^{"path":"[^"]*",/{/' >"$TMP/record"
	sed 1d "$TMP/one" | cmp - "$TMP/record" || echo "$1"
	case $(head -n 1 "$TMP/one"):$(cat "$TMP/record") in
	200:*'"error":null'* | 200:*'"error":"blank"'*) ;;
	200:*) echo "$1: 200" ;;
	400:*'"label":null'* | 413:*'"label":null'* | 415:*'"label":null'*) ;;
	*) echo "$1: $(head -n 1 "$TMP/one")" ;;
	esac
}
singles()
{
	for singles_file in $(grep -E '/(samples|images|malformed|uncommon)/' "$TMP/names" |
		grep -v /empty.png | sed -n 'p;n;n;n;n'); do
		one "$singles_file"
	done
}
is 'single files' '' "$(singles)"
status() { post_one '' "$1" | head -n 1; }
is 'damaged, unknown, archive: 400, 415, 415' '400 415 415' \
	"$(status testdata/malformed/png-cut-in-idat.png) $(status README.md) $(status testdata/archives/bzip2.zip)"
is 'an archive is named' '415
{"label":null,"probability":null,"error":"a zip archive, not an image"}' \
	"$(post_one '' testdata/archives/bzip2.zip)"
is 'CSV of a single file has an empty path' '200
path,label,probability,error
,A,' "$(post_one '?format=csv' "$A" | sed 's/0\.[0-9]*,$//')"

# --------------------------------------------------------------------------- more

# What the network saw, as classify dumps it.
post_one '?seen' "$B" | sed -n 's/.*"seen":"\([^"]*\)".*/\1/p' | base64 -d >"$TMP/seen.png"
"$EMNIST" classify --dump-preprocessed "$TMP/dump" "$B" >"$TMP/dump.log"
check 'what the network saw' cmp "$TMP/seen.png" "$TMP"/dump/*
is 'which no one asked for' 0 "$(post_one '' "$B" | grep -c seen)"

printf -- '----a%%b\r\nContent-Disposition: form-data; name="image"; filename="a\\"\\\\,b.png"\r\n\r\n' \
	>"$TMP/form"
cat "$A" >>"$TMP/form"
printf -- '\r\n----a%%b\r\nContent-Disposition: form-data; name="field"\r\n\r\n\r\n----a%%b--' \
	>>"$TMP/form"
is 'names in quotes, fields without a file, empty ones' '{"path":"a\"\\,b.png","label":"A"
{"path":"field","label":null,"probability":null,"error":"file is empty"}' \
	"$("$CLIENT" -H "$FORM" -d "$TMP/form" POST "$URL/classify?format=jsonl" |
		sed 's/"A",.*/"A"/')"

# refused NAME STATUS TEXT QUERY FILE [HEADER]: the answer is {"error":TEXT...
refused()
{
	"$CLIENT" -s -d "$5" -H "${6-X: y}" POST "$URL/classify$4" >"$TMP/refused"
	refused_start="$2 {\"error\":\"$3"
	is "refused: $1" "$refused_start" \
		"$(tr '\n' ' ' <"$TMP/refused" | cut -c "1-${#refused_start}")"
}
refused 'no image' 400 'no image in the body; send one as with curl' '' /dev/null
refused 'unknown parameter' 400 "unknown parameter 'tops'; did you mean 'top'?" '?tops=3' "$A"
refused 'unlike any' 400 "unknown parameter 'x y'; known: top, classes," '?x%20y' "$A"
refused 'given twice' 400 'top is given twice' '?top=3&seen&top=3' "$A"
for number in 0 1001 x 3x '' -1 %203; do
	refused "top=$number" 400 'top: ' "?top=$number" "$A"
done
refused 'a probability above 1' 400 "min_probability: '1.5' is not a number from 0 to 1" \
	'?min_probability=1.5' "$A"
refused 'no such set' 400 "classes: there is no set 'such'" '?classes=such' "$A"
refused 'not a flag' 400 "seen: 'x' is not true or false" '?seen=x' "$A"
refused 'no such format' 400 "format: 'xml' is not one of json, jsonl, csv, tsv" '?format=xml' "$A"
refused 'a bad escape' 400 'the query is not percent-encoded' '?top=%3' "$A"
refused 'a zero byte' 400 'the query is not percent-encoded' '?classes=a%00' "$A"
refused 'no such model' 404 "model: there is no 'b\\\\\\\"' that is ready" '?model=b%5C%22' "$A"
refused 'no such version' 404 'version: there is no 9 that is ready' '?version=9' "$A"
refused 'a broken form' 400 'the form is damaged: its Content-Type has no valid boundary' '' "$A" \
	'Content-Type: multipart/form-data'
form "$A"
head -c 300 "$TMP/form" >"$TMP/cut"
refused 'a form cut short' 400 'the form is damaged: it is cut short: its last boundary' '' \
	"$TMP/cut" "$FORM"
printf -- '----a%%b--' >"$TMP/form"
refused 'a form without fields' 400 'no image in the form' '' "$TMP/form" "$FORM"
printf -- '----a%%b\r\nContent-Disposition: form-data; name="top"\r\n\r\n3\r\n----a%%b--' >"$TMP/form"
refused 'a setting in the form' 400 'top is a parameter of the query: /classify?top=' '' \
	"$TMP/form" "$FORM"
awk 'BEGIN {
	for (i = 0; i <= 2000; i++)
		printf "----a%%b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
	printf "----a%%b--"
}' >"$TMP/form"
refused 'too many images' 413 'too many images in a request; the limit is 2000' '' "$TMP/form" \
	"$FORM"
is 'a model by name and version' 200 "$(post_one '?model=emnist&version=1' "$A" | head -n 1)"
is 'flags with values, empty parameters' '200' "$(post_one '?seen=false&&merge_case=1&' "$A" | head -n 1)"

# ----------------------------------------------------------------- methods, health

is 'the list of models' '{"models":[{"name":"emnist","versions":[1],"state":"AVAILABLE"}]}' \
	"$("$CLIENT" GET "$URL/v1/models")"
is 'health' '200 200 200 200' "$(echo $(status_of GET /healthz) $(status_of HEAD /healthz) \
	$(status_of GET /v2/health/live) $(status_of GET /v2/health/ready))"
is 'methods' '405 405 405 405' "$(echo $(status_of GET /classify) $(status_of PUT /classify) \
	$(status_of POST /v1/models) $(status_of DELETE /healthz))"
is 'Allow' 'Allow: POST' "$("$CLIENT" -i GET "$URL/classify" | grep '^Allow')"
stop_server
is 'the server ended well' 0 $?
finish
