#!/bin/sh
# load.sh - emnist load: what it measures is right, whatever the server does. Never how fast that is.
. cli/test/tap.inc
command=load
. cli/test/subcommand.inc

strokes=testdata/idx/strokes-byclass-test
model=testdata/idx/nearest.onnx
pids=
trap 'kill $pids 2>/dev/null; rm -rf "$TMP"' EXIT

# waits_for FILE: until it is there and not empty.
waits_for()
{
	n=0
	until [ -s "$1" ] || [ $n -ge 300 ]; do
		sleep 0.1
		n=$((n + 1))
	done
	[ -s "$1" ]
}

# of NAME: the value of a number or text in the JSON of the last run.
of() { sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$TMP/out"; }

# failed: what the text of the last run says of failures.
failed() { sed -n '/^failed/,$p' "$TMP/out" | tr -s ' ' | tr '\n' '|' | sed 's/|$//'; }

# ------------------------------------------------------------------------ usage

fails 'no URL' "missing URL; see 'emnist load --help'"
fails 'no scheme' "'localhost:80/classify': not a URL such as http://localhost:8501/classify" localhost:80/classify
fails 'TLS' "'https://localhost/': TLS is not supported; use http://" https://localhost/
fails 'a port that is none' "'http://localhost:65536/': the port must be a number from 1 to 65535" http://localhost:65536/
fails 'no host' "'http:///classify': the URL has no host" http:///classify
fails 'a password' "'http://a:b@localhost/': user names in URLs are not supported; use --header" http://a:b@localhost/
fails 'a blank' "'http://localhost/a b': blanks in URLs must be written as %20" 'http://localhost/a b'
fails 'half an address' "'http://[::1/': the address has no closing bracket" 'http://[::1/'
fails 'two datasets' "'b': one DATASET at a time; see 'emnist load --help'" http://localhost/ a b
fails 'a protocol' "--protocol: 'grpc' is not one of auto, tfs, tfs-column, v2, v2-binary, graphpipe, flask, image" \
	--protocol grpc http://localhost/
fails 'a batch' "--batch: '1,0' is not a list of numbers from 1 to 4096, at most 16" --batch 1,0 http://localhost/
fails 'lists that do not fit' \
	'URL, --protocol and --name must be given once, or once for each of the 3 runs' \
	--name a --name b http://localhost/a http://localhost/b http://localhost/c
fails 'a header' "--header: 'X' is not a header such as 'X-Key: value'" --header X http://localhost/
fails 'a header with a line end' "--header: 'X: a\\nY: b' is not a header such as 'X-Key: value'" --header 'X: a
Y: b' http://localhost/
fails 'a header of our own' "--header: 'content-length' is set by emnist itself" --header 'content-length: 5' \
	http://localhost/
fails 'no token' "'$TMP/nowhere': No such file or directory" --token "$TMP/nowhere" http://localhost/
: >"$TMP/empty"
fails 'an empty token' "'$TMP/empty': the first line is not a token" --token "$TMP/empty" http://localhost/
fails 'no such socket' "'$TMP/nowhere': No such file or directory" --unix-socket "$TMP/nowhere" \
	http://localhost/classify
# Nothing listens at port 1.
fails 'no server' "'http://127.0.0.1:1/classify': Connection refused" http://127.0.0.1:1/classify

# ---------------------------------------------------------------- emnist serve

# serve NAME ARGUMENT...: starts a server; its address is in $address.
serve()
{
	log=$TMP/$1.log
	shift
	"$EMNIST" serve --name emnist "$@" "$model" 2>"$log" &
	pids="$pids $!"
	n=0
	until grep -q 'listening on' "$log" || [ $n -ge 300 ]; do
		sleep 0.1
		n=$((n + 1))
	done
	address=$(sed -n 's/.*listening on \(http:[^ ]*\).*/\1/p' "$log")
	grep -q 'listening on' "$log"
}

eval_json=$("$EMNIST" eval -f json -m "$model" "$strokes")
n_images=$(echo "$eval_json" | sed 's/.*"images":\([0-9]*\).*/\1/')
n_correct=$(echo "$eval_json" | sed 's/.*"correct":\([0-9]*\).*/\1/')
check 'the server starts' serve tcp --listen 127.0.0.1:0
for way in 'image /classify' 'tfs /v1/models/emnist:predict' 'tfs-column /v1/models/emnist:predict' 'flask /' 'v2 /v2/models/emnist/infer' 'v2-binary /v2/models/emnist/infer' \
	'graphpipe /' 'auto /' 'auto /v2/models/emnist/infer'; do
	protocol=${way% *}
	url=$address${way#* }
	for batch in 1 7; do
		check "$protocol, batch $batch: every image is sent once" \
			runs 0 -f json -q --protocol $protocol --batch $batch -c 3 "$url" "$strokes"
		is "$protocol, batch $batch: images, answers as those of eval" "$n_images $n_images $n_correct" \
			"$(of images) $(of graded) $(of correct)"
	done
done
check 'a connection for each request' runs 0 -f json --connection close -n 20 -c 2 "$address/classify"
is 'as many connections' '20 20' "$(of requests) $(of connections)"
check 'connections that are kept' runs 0 -f json -n 20 -c 2 "$address/classify"
is 'connections, images' '20 2 20' "$(of requests) $(of connections) $(of images)"
check 'a time, and a warm-up' runs 0 -f json --duration 0.2 --warm-up 0.1 "$address/classify"
check 'the time is kept' sh -c "echo $(of seconds) | grep -q '^0\.[2-9]'"
check 'images are chosen' runs 0 -f json --sample 5 --seed 3 "$address/classify" "$strokes"
is 'as many' '5 5' "$(of images) $(of graded)"
# The first of these two images is empty.
{
	printf '\000\000\010\003\000\000\000\002\000\000\000\034\000\000\000\034'
	head -c 784 /dev/zero
	head -c 800 "$strokes-images-idx3-ubyte" | tail -c 784
} >"$TMP/blank-images-idx3-ubyte"
printf '\000\000\010\001\000\000\000\002\000\001' >"$TMP/blank-labels-idx1-ubyte"
check 'an image without ink' runs 0 -f json --transpose no "$address/classify" "$TMP/blank"
is 'is sent, and left out of the accuracy' '2 1' "$(of images) $(of graded)"
check 'the format csv' runs 0 -f csv -n 4 --batch 1,2 --name 'a,"b"' "$address/classify"
is 'a row for each batch' 'name,url,protocol,batch|"a,""b""",'"$address"'/classify,image,1|"a,""b""",'"$address"'/classify,image,2' \
	"$(cut -d, -f1-4 "$TMP/out" | sed '1!d' | tr '\n' '|')$(sed '1d; s/^\("[^"]*""[^"]*""",[^,]*,[^,]*,[^,]*\),.*/\1/' "$TMP/out" | paste -sd '|' -)"
check 'a URL with a query, and a host by name' runs 0 -n 2 "http://localhost:${address##*:}/classify?top=1"
check 'text: the lines' test "$(sed 's/ .*//' "$TMP/out" | tr '\n' ' ')" = \
	'server protocol connections batch time requests images latency, traffic client failed '
check 'a full disk' sh -c "'$EMNIST' load -n 1 '$address/classify' >/dev/full 2>'$TMP/stderr'; [ \$? -eq 2 ]"

# ------------------------------------------------------- several runs, the manual

runs 0 -f json -n 2 --batch 1,128 --name 'a <&> b' -o "$TMP/runs.json" "$address/classify"
is 'JSON to a file' '0 1' "$? $(wc -l <"$TMP/runs.json")"
check 'compared with earlier runs' runs 0 -q -n 2 --compare "$TMP/runs.json" --chart "$TMP/chart.svg" \
	"$address/classify"
is 'a table of all' 'a <&> b 1|a <&> b 128|image 1' \
	"$(sed '1,/images\/s/d; s/\(  *[0-9][0-9]*\) .*/\1/; s/  */ /g' "$TMP/out" | paste -sd '|' -)"
is 'a chart of all: bars, the blog'"'"'s figures' '3 6' \
	"$(grep -c 'class="bar"' "$TMP/chart.svg") $(grep -c 'class="blog"' "$TMP/chart.svg")"
check 'a chart of all: names' grep -q 'a &lt;&amp;&gt; b' "$TMP/chart.svg"
if command -v xmllint >/dev/null; then
	check 'the chart is XML' xmllint --noout "$TMP/chart.svg"
else
	skip 'the chart is XML' 'no xmllint'
fi
runs 0 --compare "$TMP/runs.json"
is 'earlier runs alone' '0 3' "$? $(wc -l <"$TMP/out")"
echo '{"runs":[{"name":5}]}' >"$TMP/other.json"
fails 'a file that is something else' "'$TMP/other.json': not a result of 'emnist load --format json'" \
	--compare "$TMP/other.json"
fails 'a file that is no JSON' "'Makefile': not a result of 'emnist load --format json'" --compare Makefile
fails 'a chart that is an input' "--chart: refusing to overwrite the input '$TMP/runs.json'" --compare "$TMP/runs.json" \
	--chart "$TMP/runs.json"

# The examples of the manual, with a server's true address, and a few requests each.
mkdir "$TMP/work"
for kind in images-idx3-ubyte labels-idx1-ubyte.gz; do
	cp "$strokes-$kind" "$TMP/work/emnist-byclass-test-$kind"
done
cp "${strokes%-test}-mapping.txt" "$TMP/work/emnist-byclass-mapping.txt"
sed -n '/^\.SH EXAMPLES/,/^\.SH "SEE/{/^\$ /,/^\.EE/p;}' man/emnist-load.1 |
	sed "s/^\\$ emnist load/$command -n 5 -q/; s/^> //; /^\.EE/d; s/\\\\-/-/g; s/\\\\e\$/\\\\/; s,http://localhost:8501,$address,g" \
		>"$TMP/examples"
emnist_load() { "$EMNIST" load "$@" >>"$TMP/out" 2>>"$TMP/stderr"; }
sed -i 's/^load /emnist_load /' "$TMP/examples"
n=$(grep -c '^emnist_load' "$TMP/examples")
check 'the manual has examples' [ "$n" -ge 4 ]
(cd "$TMP/work" && set -e && . "$TMP/examples")
report 'the examples of the manual'
check 'they draw a chart' [ -s "$TMP/work/chart.svg" ]

check 'a server on a socket of the file system' serve unix --listen "unix:$TMP/socket"
runs 0 -f json --unix-socket "$TMP/socket" -n 3 http://localhost/classify
is 'is reached' '0 3' "$? $(of requests)"
if serve six --listen '[::1]:0' 2>/dev/null; then
	runs 0 -f json -n 3 "$address/classify"
	is 'IPv6' '0 3' "$? $(of requests)"
else
	skip 'IPv6' 'there is none here'
fi

# ------------------------------------------------------------------------ faults

if ! command -v python3 >/dev/null; then
	skip 'servers that fail' 'no python3'
	finish
fi
python3 cli/test/load_server.py "$TMP/port" &
pids="$pids $!"
check 'the server of Python starts' waits_for "$TMP/port"
server=http://127.0.0.1:$(cat "$TMP/port")

# against PATH STATUS FAILED ARGUMENT...: three requests, unless told otherwise.
against()
{
	path=$1 wanted_status=$2 wanted_failed=$3
	shift 3
	runs "$wanted_status" --protocol image -n 3 "$@" "$server$path"
	is "$path $*: status, failures" "$wanted_status $wanted_failed" "$status $(failed)"
}

lost='the connection was closed within the response'
for path in /good /chunked /continue /old /closes /drip /null; do
	against $path 0 'failed 0'
done
against /leaves 0 'failed 0'
against /good 0 'failed 0' -c 3
against /xml 1 'failed 3| answer 3: the answer is not JSON: Invalid value.'
against /other 1 'failed 3| answer 3: an answer without a "label"'
against /garbage 1 'failed 3| answer 3: not an HTTP/1.1 response'
against /large 1 'failed 3| answer 3: the body is larger than 64 MiB'
against /head 1 'failed 3| answer 3: a head or a chunk header that is too long'
against /half 1 "failed 3| connection 3: $lost"
against /nothing 1 'failed 3| connection 3: the connection was closed without a response'
against /500 1 'failed 3| status 3: HTTP status 500: out\n of order'
against /nowhere 1 'failed 3| status 3: HTTP status 404: {"label": "A", "probability": 1}'
against /never 1 'failed 3| timeout 3: no answer within 0.2 s' --timeout 0.2
against /never 1 'failed 3| timeout 3: no answer within 0.2 s' --timeout 0.2 -c 3
against /echo 1 'failed 3| answer 3: the server'"'"'s error: our value' --header 'X-Key: our value'
echo s3cret >"$TMP/token"
against /token 0 'failed 0' --token "$TMP/token"
echo wrong >"$TMP/token"
against /token 1 'failed 3| status 3: HTTP status 401: {"label": "A", "probability": 1}' --token "$TMP/token"

# A request every 2 ms, and 20 ms for an answer: nine of ten are not sent, and have waited.
runs 1 -f json --protocol image --rate 500 --duration 1 "$server/late"
is 'a rate that is too high: status' 1 $status
check 'a rate that is too high: unsent ones are counted' grep -q '"kind":"unsent","count":[34][0-9][0-9],' "$TMP/out"
check 'a rate that is too high: so is their time' sh -c "echo $(of p90_ms) | grep -q '^[6-9][0-9][0-9]\.'"
runs 0 -f json --protocol image --rate 200 -n 50 "$server/late"
check 'a rate that is too high: time counts from when a request was due' sh -c \
	"echo $(of p50_ms) | grep -q '^[2-9][0-9][0-9]\.'"
runs 0 -f json --protocol image --rate 50 --duration 1 -c 20 "$server/late"
is 'a rate that can be had: status, requests' '0 50' "$status $(of requests)"

# Whoever runs the tests may have SIGINT ignored, which is inherited.
env --default-signal=INT "$EMNIST" load --protocol image --duration 600 "$server/good" >"$TMP/out" 2>"$TMP/stderr" &
pid=$!
sleep 1
kill -s INT $pid
wait $pid
is 'SIGINT: ends by it' 130 $?
check 'SIGINT: what was measured is printed' grep -q '^requests *[1-9]' "$TMP/out"
finish
