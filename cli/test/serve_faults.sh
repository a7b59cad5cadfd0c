#!/bin/sh
# serve_faults.sh - clients that are broken, hostile, slow, or many; a server that has to end.
. cli/test/tap.inc
. cli/test/serve.inc

FAULTS=$BUILD/test/http_faults

# ---------------------------------------------------------------- heads and bodies

# raw NAME BYTES WANTED: what comes back for these bytes, as printf writes them: the statuses, and
# "close" where the server closed the connection.
raw()
{
	printf "$2" >"$TMP/request"
	"$CLIENT" -r "$TMP/request" -t 1 "$URL" >"$TMP/raw" 2>/dev/null
	raw_status=$?
	got=$(grep -ao 'HTTP/1\.1 [0-9]*' "$TMP/raw" | cut -d' ' -f2 | tr '\n' ' ')
	[ $raw_status -ne 0 ] || got="${got}close"
	case $got in
	$3) ok "raw request: $1" ;;
	*) not_ok "raw request: $1" "wanted $3, got $got" ;;
	esac
}

start_server
P='POST /null HTTP/1.1\r\nHost: x\r\n'
GET='GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
raw 'valid' "${P}Content-Length: 5\r\n\r\n[1,2]" '404 '
raw 'Content-Length and chunked' "${P}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" '400 close'
raw 'gzip, chunked' "${P}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" '501 close'
raw 'a tab before chunked' "${P}Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" '400 close'
raw 'a blank before the colon' "${P}Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" '400 close'
raw 'two lengths' "${P}Content-Length: 5\r\nContent-Length: 6\r\n\r\n[1,2]" '400 close'
raw 'the same length twice' "${P}Content-Length: 5\r\nContent-Length: 5\r\n\r\n[1,2]" '400 close'
# The library itself answers these, and writes the head twice.
raw 'length -1' "${P}Content-Length: -1\r\n\r\n" '400 *close'
raw 'length +5' "${P}Content-Length: +5\r\n\r\n[1,2]" '400 *close'
raw 'length 5abc' "${P}Content-Length: 5abc\r\n\r\n[1,2]" '400 *close'
raw 'length 2^64+1' "${P}Content-Length: 18446744073709551617\r\n\r\n[1,2]" '413 *close'
raw 'no Host' 'POST /null HTTP/1.1\r\nContent-Length: 5\r\n\r\n[1,2]' '400 *close'
raw 'two Hosts' "${P}Host: y\r\nContent-Length: 5\r\n\r\n[1,2]" '400 close'
raw 'lines that end in LF' 'POST /null HTTP/1.1\nHost: x\nContent-Length: 5\n\n[1,2]' '400 close'
raw 'a header on two lines' "${P}X: a\r\n b\r\nContent-Length: 5\r\n\r\n[1,2]" '400 close'
raw 'a zero byte' "${P}X: a\\000b\r\nContent-Length: 5\r\n\r\n[1,2]" '400 close'
raw 'a control character' "${P}X: a\\001b\r\nContent-Length: 5\r\n\r\n[1,2]" '400 close'
raw 'chunk size 0x5' "${P}Transfer-Encoding: chunked\r\n\r\n0x5\r\n[1,2]\r\n0\r\n\r\n" '400 close'
raw 'chunked' "${P}Transfer-Encoding: chunked\r\n\r\n5\r\n[1,2]\r\n0\r\n\r\n" '404 '
raw 'HTTP/1.0' 'POST /null HTTP/1.0\r\nContent-Length: 5\r\n\r\n[1,2]' '404 close'
raw 'HTTP/2.0' 'POST /null HTTP/2.0\r\nHost: x\r\nContent-Length: 5\r\n\r\n[1,2]' '505 close'
raw 'TLS' '\026\003\001\002\000\001\000\001\374\003\003\r\n\r\n' '*close'
raw 'a head of 64 KiB' "${P}X: $(printf '%065536d' 0)\r\n\r\n" '431 close'
raw 'two Content-Encoding' "${P}Content-Encoding: identity\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n[1,2]" '415 close'
raw 'an expectation' "${P}Expect: nonsense\r\nContent-Length: 5\r\n\r\n[1,2]" '417 close'
raw 'two requests at once' "${P}Content-Length: 5\r\n\r\n[1,2]${P}Content-Length: 5\r\n\r\n[1,2]" '404 404 '
raw 'twenty' "$(for i in 1 2 3 4 5; do printf '%s' "$GET$GET$GET$GET"; done)" \
	"$(printf '%.0s200 ' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20)"
{
	printf 'P4\n5000 4000\n'
	head -c 2500000 /dev/zero
} >"$TMP/large"
is 'an image of 20 million pixels' 413 "$(status_of POST /classify -d "$TMP/large" | head -n 1)"
stop_server
is 'the server ends well' 0 $?

# ----------------------------------------------------------------------- limits

start_server --max-body 1000 --max-memory 1500 --max-pixels 1000 --max-connections 4
head -c 1001 /dev/zero >"$TMP/large"
is 'a body that is too large' 413 "$(status_of POST /classify -d "$TMP/large" | head -n 1)"
raw 'a length that is too large' "${P}Content-Length: 1001\r\n\r\n$(printf '%01001d' 0)" '413 close'
raw 'chunks that are too large' "${P}Transfer-Encoding: chunked\r\n\r\n3e9\r\n$(printf '%01001d' 0)\r\n0\r\n\r\n" '413 close'
raw 'a client that waits to continue' "${P}Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n" '413 close'
{
	printf -- '--x\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\n'
	cat testdata/formats/images/00.png
	printf '\r\n--x--\r\n'
} >"$TMP/form"
is 'a response that is larger than the memory' 503 \
	"$(status_of POST /emnist/result -H 'Content-Type: multipart/form-data; boundary=x' \
		-d "$TMP/form" -o "$TMP/page")"
check 'says so' grep -q 'no memory for the response now' "$TMP/page"
is 'an image that is too large' 413 "$(status_of POST /classify -d testdata/samples/small-b-cropped.png | head -n 1)"
stop_server

# ------------------------------------------------------------------------- time

start_server --head-timeout 1 --body-timeout 2 --idle-timeout 3
PORT=${URL##*:}
printf 'POST /classify HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n%050d' 0 >"$TMP/slow"

# closes_after NAME BYTES SECONDS: how many bytes come at once.
closes_after()
{
	"$FAULTS" slow "$PORT" "$TMP/slow" "$2" >"$TMP/got"
	read -r what seconds failed <"$TMP/got"
	check "$1 is closed in time, and others are served" \
		[ "$what" = closed ] && [ "$seconds" -ge "$3" ] && [ "$failed" = 0 ]
}

closes_after 'a slow request line' 0 1
closes_after 'a slow head' 32 1
closes_after 'a slow body' 60 2
stop_server

# --------------------------------------------------------------- many connections

# The limit of descriptors, as far as it may be raised.
n=$(ulimit -H -n)
case $n in unlimited) n=10000 ;; esac
n=$((n < 10256 ? n - 256 : 10000))
start_server
"$FAULTS" idle "${URL##*:}" $n $SERVER >"$TMP/got"
read -r kb _ answered _ <"$TMP/got"
is "$n connections that are kept all answer" $n "$answered"
if [ -z "$SANITIZE" ]; then
	check "each takes at most 10 KB: $kb" [ "${kb%.*}" -lt 10 ]
fi
stop_server

# With few descriptors there are few connections, and those are served.
(
	ulimit -n 300
	start_server
	"$FAULTS" idle "${URL##*:}" 160 $SERVER >"$TMP/got"
	"$FAULTS" storm "${URL##*:}" 200 500 keep "$TMP/slow" >"$TMP/got_storm"
	status_of GET /healthz >"$TMP/alive"
	stop_server
	trap - EXIT
)
is 'with 300 descriptors, 160 connections answer' '160 answer' "$(cut -d' ' -f3,4 "$TMP/got")"
is 'and the server lives on after more came' 200 "$(head -n 1 "$TMP/alive")"

# -------------------------------------------------------------------------- end

image=testdata/formats/images/00.png
{
	printf 'POST /classify HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n' $(wc -c <$image)
	cat $image
} >"$TMP/classify"
for mode in keep close; do
	start_server
	"$FAULTS" storm "${URL##*:}" 8 20000 $mode "$TMP/classify" >"$TMP/storm" &
	sleep 0.7
	stop_server
	is "SIGTERM under load ($mode): the status" 0 $?
	wait
	read -r answered lost refused <"$TMP/storm"
	is "SIGTERM under load ($mode): no request is lost" 0 "$lost"
	check "SIGTERM under load ($mode): there was load" [ "$answered" -gt 8 ]
	is "SIGTERM under load ($mode): then nobody listens" 8 "$refused"
done

start_server --drain 60
"$FAULTS" slow "${URL##*:}" "$TMP/slow" 60 >"$TMP/got" 2>&1 &
client=$!
sleep 0.3
kill -TERM $SERVER
sleep 0.3
kill -0 $SERVER 2>/dev/null
is 'a request in flight is waited for' 0 $?
kill -TERM $SERVER
wait $SERVER 2>/dev/null
is 'a second signal ends the server at once' 143 $?
trap 'rm -rf "$TMP"' EXIT
kill $client 2>/dev/null

# Some seconds of work, of which nearly all is left when the time is over.
n=1800
{
	for i in $(seq $n); do
		printf -- '--x\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\n'
		cat testdata/montage.png
		printf '\r\n'
	done
	printf -- '--x--\r\n'
} >"$TMP/form"
start_server --drain 0 -j 1 --log json
status_of POST /classify -H 'Content-Type: multipart/form-data; boundary=x' -d "$TMP/form" >/dev/null 2>&1 &
client=$!
sleep 0.7
stop_server
is 'the time to answer is over: the status' 0 $?
wait $client
n_done=$(sed -n 's/.*"images":\([0-9]*\).*/\1/p' "$TMP/server.out")
check "and work is not done to its end: ${n_done:-0} images" [ "${n_done:-0}" -lt $n ]

finish
