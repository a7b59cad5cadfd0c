#!/bin/sh
# serve_log.sh - the access log: its lines, what clients send made harmless, and that nothing that
# becomes of standard output stops the server.
. cli/test/tap.inc
. cli/test/serve.inc

A=testdata/samples/capital-a-chalk.jpg
get() { "$CLIENT" -o /dev/null GET "$URL$1"; }
# raw BYTES [OPTION]...: sent as they are, for printf.
raw()
{
	printf "$1" >"$TMP/raw"
	shift
	"$CLIENT" "$@" -r "$TMP/raw" "$URL" >/dev/null
}
some_requests()
{
	get '/nowhere?a=%20b'
	"$CLIENT" -o /dev/null -d "$A" POST "$URL/classify?top=3"
	get "/$(printf 'a%.0s' $(seq 1000))"
	raw 'GET /a\\b\033[2J\303\251\377 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
	raw 'POST /classify HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc' -t 0.05
}
# wait_for N: until the log has so many lines, or a second and a half went by; slow machines get more.
wait_for()
{
	wait_tries=0
	until [ "$(wc -l <"$TMP/server.out")" -ge "$1" ] || [ $wait_tries -gt 200 ]; do
		sleep 0.05
		wait_tries=$((wait_tries + 1))
	done
}
# masked: times and durations are shown as such, sizes of bodies as N.
masked()
{
	sed -E 's/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z /TIME /
		s/ ([0-9]{3}) [0-9]+ [0-9]+\.[0-9]{3} / \1 N MS /' "$@"
}

start_server --log text
some_requests
wait_for 5
cp "$TMP/server.out" "$TMP/lines"
is 'text' "TIME 127.0.0.1 GET /nowhere?a=%20b 404 N MS - - 0
TIME 127.0.0.1 POST /classify?top=3 200 N MS plain emnist 1
TIME 127.0.0.1 GET /$(printf 'a%.0s' $(seq 399))... 404 N MS - - 0
TIME 127.0.0.1 GET /a\\\\b\\x1b[2Jé\\xff 404 N MS - - 0
TIME 127.0.0.1 POST /classify 499 N MS - - 0" "$(masked "$TMP/lines")"
now=$(date -u +%Y-%m-%dT%H)
check 'the time is UTC, and now' grep -q "^$now\|^$(date -u -d '1 hour ago' +%Y-%m-%dT%H)" "$TMP/lines"
get /last
stop_server
is 'at the end, all is written' 1 "$(grep -c ' GET /last 404 ' "$TMP/server.out")"

start_server --log json
some_requests
wait_for 5
is 'JSON' '{"client":"127.0.0.1","method":"GET","target":"/nowhere?a=%20b","status":404,"protocol":null,"model":null,"images":0}
{"client":"127.0.0.1","method":"POST","target":"/classify?top=3","status":200,"protocol":"plain","model":"emnist","images":1}' \
	"$(head -n 2 "$TMP/server.out" |
		sed -E 's/"time":"20[0-9-]*T[0-9:]*\.[0-9]{3}Z",//; s/"bytes":[0-9]+,"milliseconds":[0-9]+\.[0-9]{3},//')"
is 'JSON of what is not UTF-8' 1 "$(grep -cF '"target":"/a\\b\u001b[2Jé�",' "$TMP/server.out")"
is 'a target that is cut' 1 "$(grep -cE '"target":"/a{399}\.\.\."' "$TMP/server.out")"
stop_server

start_server
some_requests
stop_server
is 'no log unless it is asked for' '' "$(cat "$TMP/server.out")"

: >"$TMP/server.log"
"$EMNIST" serve --log text --listen "unix:$TMP/socket" >"$TMP/server.out" 2>"$TMP/server.log" &
SERVER=$!
wait_tries=0
until grep -q listening "$TMP/server.log" || [ $wait_tries -gt 600 ]; do
	sleep 0.05
	wait_tries=$((wait_tries + 1))
done
"$CLIENT" -o /dev/null GET "unix:$TMP/socket:/healthz"
stop_server
is 'a client of a socket in the file system' 'TIME unix GET /healthz 200 N MS plain - 0' \
	"$(masked "$TMP/server.out")"

# At a socket of IPv6.
: >"$TMP/server.log"
"$EMNIST" serve --log text --listen '[::ffff:127.0.0.1]:0' >"$TMP/server.out" 2>"$TMP/server.log" &
SERVER=$!
wait_tries=0
until grep -q listening "$TMP/server.log" || ! kill -0 $SERVER 2>/dev/null; do
	sleep 0.05
	wait_tries=$((wait_tries + 1))
	[ $wait_tries -lt 600 ] || break
done
port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$TMP/server.log")
if [ -n "$port" ]; then
	"$CLIENT" -o /dev/null GET "http://127.0.0.1:$port/healthz"
	stop_server
	is 'a client of IPv4 at a socket of IPv6' 'TIME 127.0.0.1 GET /healthz 200 N MS plain - 0' \
		"$(masked "$TMP/server.out")"
else
	skip 'a client of IPv4 at a socket of IPv6' 'there is no IPv6 here'
fi

# ------------------------------------------------- what becomes of standard output

# serve_to FILE: a server whose log goes there.
serve_to()
{
	: >"$TMP/server.log"
	"$EMNIST" serve --log text --listen 127.0.0.1:0 >"$1" 2>"$TMP/server.log" &
	SERVER=$!
	wait_tries=0
	until URL=$(sed -n 's/.*listening on \(http:.*\)/\1/p' "$TMP/server.log") && [ -n "$URL" ]; do
		sleep 0.05
		wait_tries=$((wait_tries + 1))
		[ $wait_tries -lt 600 ] || break
	done
}
lost() { "$CLIENT" GET "$URL/metrics" | sed -n 's/^emnist_log_lines_lost_total //p'; }
# wait_for_lost N: until so many lines were lost.
wait_for_lost()
{
	wait_tries=0
	until [ "$(lost)" -ge "$1" ] || [ $wait_tries -gt 200 ]; do
		sleep 0.05
		wait_tries=$((wait_tries + 1))
	done
}

serve_to /dev/full
for i in 1 2 3; do
	get /nowhere
done
wait_for_lost 3
get /nowhere
wait_for_lost 7
is 'a full disk: requests are answered' 200 "$(status_of GET /healthz)"
stop_server
is 'and the end is well' 0 $?
is 'one message' 'emnist: access log: No space left on device; lines are lost' \
	"$(grep 'access log' "$TMP/server.log")"

mkfifo "$TMP/fifo"
exec 3<>"$TMP/fifo"
serve_to "$TMP/fifo"
long=$(printf 'b%.0s' $(seq 400))
awk -v long="$long" 'BEGIN {
	for (i = 0; i < 2500; i++)
		printf "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n", long
}' >"$TMP/many"
for i in 1 2 3 4 5; do
	"$CLIENT" -t 0.2 -o /dev/null -r "$TMP/many" "$URL"
done
wait_for_lost 1
is 'a pipe that is not read: requests are answered' 200 "$(status_of GET /healthz)"
check 'lines are lost' test "$(lost)" -gt 0
wait_tries=0
until grep -q 'access log' "$TMP/server.log" || [ $wait_tries -gt 200 ]; do
	sleep 0.05
	wait_tries=$((wait_tries + 1))
done
is 'which is said' 'emnist: access log: standard output is not read; lines are lost' \
	"$(grep 'access log' "$TMP/server.log")"
started=$(date +%s)
stop_server
is 'the end is well' 0 $?
check 'and not waited for long' test $(($(date +%s) - started)) -lt 20
head -c 1000 <&3 >"$TMP/read"
exec 3<&-
check 'what was written is whole lines' test "$(masked "$TMP/read" | sed '$d' |
	grep -cvx "TIME 127.0.0.1 GET /b*\.\.\. 404 N MS - - 0")" = 0

# A reader that ends early.
: >"$TMP/server.log"
{ "$EMNIST" serve --log text --listen 127.0.0.1:0 2>"$TMP/server.log" & echo $! >"$TMP/pid"; wait; } |
	head -n 1 >"$TMP/first" &
wait_tries=0
until URL=$(sed -n 's/.*listening on \(http:.*\)/\1/p' "$TMP/server.log") && [ -n "$URL" ]; do
	sleep 0.05
	wait_tries=$((wait_tries + 1))
	[ $wait_tries -lt 600 ] || break
done
get /one
wait_tries=0
until [ -s "$TMP/first" ] || [ $wait_tries -gt 200 ]; do
	sleep 0.05
	wait_tries=$((wait_tries + 1))
done
get /two
wait_for_lost 1
is 'a pipe that is closed: requests are answered' 200 "$(status_of GET /healthz)"
is 'the reader had its line' 'TIME 127.0.0.1 GET /one 404 N MS - - 0' "$(masked "$TMP/first")"
kill -TERM "$(cat "$TMP/pid")"
wait
is 'one message about it' 'emnist: access log: Broken pipe; lines are lost' \
	"$(grep 'access log' "$TMP/server.log")"
finish
