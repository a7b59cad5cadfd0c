#!/bin/sh
# page.sh - the web page of emnist serve, as a browser without JavaScript uses it, and POST / with
# instances. What the page's script does is tested in a browser, see lib/test/peers_page.py.
. cli/test/tap.inc
. cli/test/serve.inc

samples=testdata/samples
three=$samples/digit-3-photo.jpg
boundary=---page-test

# form FILE [NAME=VALUE]...: the body of a form with that picture, in $TMP/form.
form()
{
	form_file=$1
	shift
	{
		printf -- '--%s\r\nContent-Disposition: form-data; name="image"; filename="%s"\r\n' \
			$boundary "${FILENAME-a.png}"
		printf 'Content-Type: image/png\r\n\r\n'
		cat "$form_file"
		for form_field; do
			printf '\r\n--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s' \
				$boundary "${form_field%%=*}" "${form_field#*=}"
		done
		printf '\r\n--%s--\r\n' $boundary
	} >"$TMP/form"
}

# send PATH [OPTION]...: sends $TMP/form; the head of the answer is in $TMP/head, the rest in
# $TMP/page.
send()
{
	send_path=$1
	shift
	"$CLIENT" -i -d "$TMP/form" -H "Content-Type: multipart/form-data; boundary=$boundary" "$@" \
		POST "$URL$send_path" >"$TMP/answer"
	split_answer
}

get()
{
	"$CLIENT" -i "$@" >"$TMP/answer"
	split_answer
}

split_answer()
{
	sed '/^$/q' "$TMP/answer" >"$TMP/head"
	sed '1,/^$/d' "$TMP/answer" >"$TMP/page"
}

status()
{
	sed -n '1s/HTTP[^ ]* \([0-9]*\).*/\1/p' "$TMP/head"
}

header()
{
	sed -n "s/^$1: //p" "$TMP/head"
}

# problem FILE [NAME=VALUE]...: the status, and what the page says is wrong.
problem()
{
	form "$@"
	send '/emnist/result'
	echo "$(status) $(sed -n 's,.*<p class="problem">\(.*\)</p>.*,\1,p' "$TMP/page")"
}

# answer: the words for the best, with its probability.
answer()
{
	sed -n 's,.*<p class="words"><b>\([^<]*\)</b>.*,\1,p' "$TMP/page"
}

# cells: "LABEL PROBABILITY" of each class, in the order of the page.
cells()
{
	sed -n 's,<li[^>]*><b>\([^<]*\)</b> <data value="\([^"]*\)">.*,\1 \2,p' "$TMP/page"
}

mkdir "$TMP/scratch"
TMPDIR=$TMP/scratch
export TMPDIR
start_server

# ------------------------------------------------------------------ its files

policy="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

# has_headers NAME TYPE: of an answer that browsers get.
has_headers()
{
	is "$1: headers" "$2|$policy|nosniff|no-referrer" \
		"$(header Content-Type)|$(header Content-Security-Policy)|$(
		)$(header X-Content-Type-Options)|$(header Referrer-Policy)"
}

for file in / /page.css /page.js /emnist/img_upload; do
	case $file in
	*css) type='text/css' ;;
	*js) type='text/javascript' ;;
	*) type='text/html' ;;
	esac
	get GET "$URL$file"
	is "$file" 200 "$(status)"
	has_headers "$file" "$type; charset=utf-8"
	tag=$(header ETag)
	get -H "If-None-Match: $tag" GET "$URL$file"
	is "$file again: nothing is sent" "304 $tag 0" "$(status) $(header ETag) $(wc -c <"$TMP/page")"
	get -H 'If-None-Match: "0"' GET "$URL$file"
	is "$file after a change" 200 "$(status)"
done
is 'the files are small' yes "$(cat cli/serve/page/page.* | wc -c |
	sed 's/.*/& 25000/' | { read -r n limit; [ "$n" -lt "$limit" ] && echo yes || echo "$n"; })"

get GET "$URL/emnist/img_upload"
is 'the form has the title of the blog' '<title>EMNIST Image Upload</title>' \
	"$(grep '<title>' "$TMP/page")"
check 'a field for the picture' grep -q '<input type="file" name="image"' "$TMP/page"
check 'the form is sent to /emnist/result' \
	grep -q 'action="/emnist/result" method="post" enctype="multipart/form-data"' "$TMP/page"
is 'POST gets the form, too' 200 "$(status_of POST /emnist/img_upload)"
is 'HEAD gets no page' 200 "$("$CLIENT" -s HEAD "$URL/")"
is 'other methods are refused' '405 405 404' "$(status_of PUT /emnist/result) $(
	)$(status_of DELETE /page.css) $(status_of GET /emnist/other)"
get GET "$URL/emnist/result"
is 'and the page says which is allowed' '405 POST' "$(status) $(header Allow)"
get GET "$URL/emnist/img_upload/a.png"
is 'no picture is kept' '410 Pictures are not kept.' \
	"$(status) $(sed -n 's,.*class="problem">\(.*\)</p>.*,\1,p' "$TMP/page")"
has_headers 'an error' 'text/html; charset=utf-8'

# -------------------------------------------------------------------- pictures

form "$three"
send /emnist/result
is 'a picture' 200 "$(status)"
has_headers 'a picture' 'text/html; charset=utf-8'
is 'no answer is stored on the way' no-store "$(header Cache-Control)"
is 'its label and kind' 'digit 3' "$(answer)"
"$EMNIST" classify --engine kernels -f csv --probabilities "$three" | tail -n 1 | cut -d, -f 5- | tr , '\n' \
	>"$TMP/wanted"
cells | cut -d' ' -f 2 >"$TMP/got"
is 'the probabilities of all 62 classes are those of classify' '62 yes' "$(paste "$TMP/wanted" "$TMP/got" |
	awk '{ d = $1 - $2; if (d > 0.00005001 || d < -0.00005001) print }' >"$TMP/differ"
	wc -l <"$TMP/got") $([ -s "$TMP/differ" ] && cat "$TMP/differ" || echo yes)"
is 'only the label is marked' '3 1.0000' \
	"$(grep 'class="best"' "$TMP/page" >"$TMP/best"; mv "$TMP/page" "$TMP/whole"
	mv "$TMP/best" "$TMP/page"; cells; mv "$TMP/whole" "$TMP/page")"
is 'groups of characters' 'Digits|Capital letters|Small letters|' \
	"$(sed -n 's,<h3>\(.*\)</h3>,\1,p' "$TMP/page" | tr '\n' '|')"

if command -v base64 >/dev/null; then
	"$EMNIST" classify -q --dump-preprocessed "$TMP/dump" "$three" >"$TMP/null"
	pictures()
	{
		grep -o 'data:image/png;base64,[^"]*' "$TMP/page" | sed 's/.*,//'
	}
	is 'the picture, and what the network saw' \
		"$(base64 -w 0 "$three"; echo; base64 -w 0 "$TMP"/dump/*.png)" "$(pictures)"
	send '/emnist/result?answer'
	is 'for the script, only what the network saw' "$(base64 -w 0 "$TMP"/dump/*.png)" "$(pictures)"
else
	skip 'the picture, and what the network saw' 'no base64'
	skip 'for the script, only what the network saw' 'no base64'
fi
send '/emnist/result?answer'
is 'for the script, the answer alone' '200 0 62' \
	"$(status) $(grep -c '<html\|<form\|<title' "$TMP/page") $(cells | wc -l)"
has_headers 'the answer alone' 'text/html; charset=utf-8'

# active FILE: what of it the policy would forbid, and what it loads from elsewhere.
active()
{
	tr '>' '\n' <"$1" | grep -oiE '<(style|iframe|object|embed|base)|<script [^s][^>]*|@import|url\('
	tr ' >' '\n\n' <"$1" | grep -iE '^(style|on[a-z]+)=|^(src|href|action)="?(https?:|//|javascript:)'
}
send /emnist/result
is 'nothing that the policy forbids' '' "$(active "$TMP/page")"

# ------------------------------------------------------------- what to look for

form "$samples/small-t-inverted.bmp" classes=upper
send /emnist/result
is 'only capital letters' 'capital letter T|Capital letters|26' \
	"$(answer)|$(sed -n 's,<h3>\(.*\)</h3>,\1,p' "$TMP/page")|$(cells | wc -l)"
form "$samples/small-t-inverted.bmp" classes=letters merge_case=1
send /emnist/result
is 'letters of either case' 'letter T|Letters of either case|26' \
	"$(answer)|$(sed -n 's,<h3>\(.*\)</h3>,\1,p' "$TMP/page")|$(cells | wc -l)"
form "$samples/small-t-inverted.bmp" classes= other=1
send /emnist/result
is 'an empty choice is all' 'small letter t|62' "$(answer)|$(cells | wc -l)"

# ---------------------------------------------------------------------- faults

printf 'not a picture' >"$TMP/text"
: >"$TMP/empty"
head -c 300 "$three" >"$TMP/cut.jpg"
printf 'P5 28 28 255\n' >"$TMP/blank.pgm"
head -c 784 /dev/zero | tr '\0' '\377' >>"$TMP/blank.pgm"
is 'not a picture' '415 This picture cannot be read: unknown format (supported' \
	"$(problem "$TMP/text" | sed 's/:[^:]*$//')"
has_headers 'a fault' 'text/html; charset=utf-8'
is 'a picture that is cut short' '400 This picture cannot be read: not a valid JPEG' \
	"$(problem "$TMP/cut.jpg" | sed 's/:[^:]*$//')"
is 'a picture that is too large' '413 This picture cannot be read' \
	"$(problem testdata/malformed/png-60000x60000.png | sed 's/:[^:]*$//')"
is 'no picture chosen' '400 Choose a picture first.' "$(problem "$TMP/empty")"
is 'no ink' '200 No ink was found in this picture.' "$(problem "$TMP/blank.pgm")"
# Three letters L.
awk 'BEGIN {
	print "P2 120 50 255"
	for (y = 0; y < 50; y++)
		for (x = 0; x < 120; x++) {
			at = x % 40
			ink = y >= 10 && y < 40 && at >= 10 && (at < 14 || (at < 30 && y >= 36))
			print ink ? 0 : 255
		}
}' >"$TMP/three.pgm"
form "$TMP/three.pgm"
send /emnist/result
is 'several characters' '200 There are 3 characters side by side' \
	"$(status) $(sed -n 's,.*class="warning">\([^.]*\).*,\1,p' "$TMP/page")"
is 'classes without an end' '413 The list of characters is too long.' \
	"$(problem "$three" "classes=$(printf '%05000d' 0)")"
is 'unknown classes' 400 "$(problem "$three" classes=greek | cut -d' ' -f 1)"
form "$three"
head -c 1000 "$TMP/form" >"$TMP/cut" && mv "$TMP/cut" "$TMP/form"
send /emnist/result
is 'a form that is cut short' '400 The form is damaged: it is cut short: its last boundary is missing.' \
	"$(status) $(sed -n 's,.*class="problem">\(.*\)</p>.*,\1,p' "$TMP/page")"
"$CLIENT" -i -d "$three" -H 'Content-Type: image/jpeg' POST "$URL/emnist/result" >"$TMP/answer"
split_answer
is 'no form' 415 "$(status)"

FILENAME='"><script>alert(1)</script>'
is 'markup in a name' 415 "$(problem "$TMP/text" | cut -d' ' -f 1)"
is 'is not on the page' 0 "$(grep -c 'alert\|<script>' "$TMP/page")"
unset FILENAME
problem "$three" classes='<script>x</script>' >"$TMP/null"
is 'nor in what to look for' '400 0' "$(status) $(grep -c '<script>' "$TMP/page")"

# ---------------------------------------------------------------------- POST /

# zeros N: that many numbers.
zeros()
{
	head -c "$1" /dev/zero | tr '\0' 0 | sed 's/0/0, /g; s/, $//'
}
post()
{
	"$CLIENT" -s -d "$TMP/body" "$@" POST "$URL/" | tr -d '\n'
}
printf '{"instances": [[%s]]}' "$(zeros 784)" >"$TMP/body"
post >"$TMP/predictions"
is 'instances, and predictions that sum to 1' '200 62 1.000' \
	"$(sed 's/{"predictions":\[\[\(.*\)\]\]}$/ \1/' "$TMP/predictions" | tr -d , |
	awk '{ for (i = 2; i <= NF; i++) sum += $i; printf "%s %d %.3f", $1, NF - 1, sum }')"
is 'whatever the type' same "$(post -H 'Content-Type: application/x-www-form-urlencoded' |
	cmp - "$TMP/predictions" && echo same)"
row=$(zeros 28)
rows=$(i=0; while [ $i -lt 27 ]; do printf '[%s], ' "$row"; i=$((i + 1)); done; printf '[%s]' "$row")
printf '{"instances": [[%s]]}' "$rows" >"$TMP/body"
is 'rows of pixels' same "$(post | cmp - "$TMP/predictions" && echo same)"
printf '{"instances": []}' >"$TMP/body"
is 'no instance' '200{"predictions":[]}' "$(post)"
while IFS='|' read -r name body; do
	printf '%s' "$body" >"$TMP/body"
	is "$name" '400{"error":' "$(post | cut -c 1-12)"
done <<'LIST'
too few values|{"instances": [[1, 2]]}
values without an instance|{"instances": [1, 2]}
unequal instances|{"instances": [[1], [1, 2]]}
words for numbers|{"instances": [["a"]]}
no instances|{"examples": []}
not an object|[]
not JSON|{"instances": [[1,
nothing|
LIST

is 'nothing was stored' '' "$(ls -A "$TMP/scratch")"
check 'the server ends' stop_server

# ---------------------------------------------------------------- hostile labels

# Markup, quotes, a direction mark, a zero-width space, letters of two cases, and Hebrew.
{
	printf '%s\n' '0 60' '1 62' '2 38' '3 34' '4 39' '5 8238' '6 8203' '7 67 99' '8 60 47 98 62'
	i=9
	while [ $i -lt 62 ]; do
		echo "$i $((1488 + i))"
		i=$((i + 1))
	done
} >"$TMP/mapping"
check 'a model with odd labels' \
	"$EMNIST" model convert --labels "$TMP/mapping" testdata/idx/nearest.onnx "$TMP/odd.onnx"
start_server "$TMP/odd.onnx"
form "$three"
send /emnist/result
is 'labels are text, and nothing else' '200 Cc &lt; &gt; &amp; &quot; &#39; � � &lt;/b&gt;' \
	"$(status) $(cells | head -n 9 | cut -d' ' -f 1 | tr '\n' ' ' | sed 's/ $//')"
is 'nothing that the policy forbids' '' "$(active "$TMP/page")"
check 'the server ends' stop_server
finish
