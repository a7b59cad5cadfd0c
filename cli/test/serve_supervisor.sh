#!/bin/sh
# serve_supervisor.sh - sockets that are handed over, and what a service manager is told.
. cli/test/tap.inc
. cli/test/serve.inc

SUPERVISOR=$BUILD/test/http_supervisor
A=testdata/samples/capital-a-chalk.jpg

# supervise [OPTION-OF-SUPERVISOR]... -- [OPTION-OF-SERVER]...
supervise()
{
	supervise_options=
	while [ "$1" != -- ]; do
		supervise_options="$supervise_options $1"
		shift
	done
	shift
	rm -f "$TMP/states" "$TMP/states.told"
	: >"$TMP/server.log"
	"$SUPERVISOR" $supervise_options "$TMP/states" "$EMNIST" serve "$@" \
		>"$TMP/server.out" 2>"$TMP/server.log" &
	RUN=$!
}
# states PATTERN N: waits until so many lines of the states match; prints the last.
states()
{
	states_tries=0
	until [ "$(grep -c "$1" "$TMP/states" 2>/dev/null)" -ge "$2" ] || [ $states_tries -gt 400 ]; do
		sleep 0.05
		states_tries=$((states_tries + 1))
	done 2>/dev/null
	grep "$1" "$TMP/states" | tail -n 1
}
stop() { kill -TERM "$(states '^pid' "$1" | cut -d' ' -f2)"; }

supervise -n 2 --
is 'it is told when requests are answered' 'told READY=1' "$(states '^told' 1)"
urls=$(sed -n 's/^socket //p' "$TMP/states")
for URL in $urls; do
	is "$(echo "$URL" | sed 's/:[0-9]*$/:PORT/'), a socket handed over" 200 "$(status_of GET /healthz)"
done
is 'no other address is listened on' "$(echo "$urls" | sed 's/^/emnist: listening on /')" \
	"$(grep listening "$TMP/server.log")"
kill -HUP "$(states '^pid' 1 | cut -d' ' -f2)"
is 'a reload ends with READY' 'told READY=1' "$(states 'READY=1' 2)"
is 'and begins before, at a time' 'told RELOADING=1 told MONOTONIC_USEC=N told READY=1' \
	"$(echo $(tail -n 3 "$TMP/states" | sed 's/USEC=[0-9]\{6,\}$/USEC=N/'))"
stop 1
is 'it ends' 'ended 0' "$(states '^ended' 1)"
is 'which is told before' 'told STOPPING=1' "$(grep told "$TMP/states" | tail -n 1)"
wait $RUN

# Between two runs, connections wait.
supervise -r 2 -a -- --listen 127.0.0.1:0
is 'an abstract name' 'told READY=1' "$(states '^told' 1)"
URL=$(sed -n 's/^socket //p' "$TMP/states")
is 'an address of --listen as well' 2 "$(grep -c listening "$TMP/server.log")"
stop 1
for i in 1 2 3 4 5 6 7 8; do
	"$CLIENT" -s -d "$A" POST "$URL/classify" >"$TMP/answer$i" 2>&1 &
	eval "client$i=$!"
	sleep 0.02
done
failed=0
for i in 1 2 3 4 5 6 7 8; do
	eval "wait \$client$i" || failed=$((failed + 1))
	grep -q '^200$' "$TMP/answer$i" || failed=$((failed + 1))
done
is 'no request is lost when it is started anew' 0 $failed
is 'it was' 'pid' "$(states '^pid' 2 | cut -d' ' -f1)"
stop 2
states '^ended' 2 >/dev/null
wait $RUN

supervise -w 200000 -n 0 -- --listen 127.0.0.1:0
is 'the watchdog hears something' 'told WATCHDOG=1' "$(states WATCHDOG 3)"
stop 1
wait $RUN

supervise -x -- --listen 127.0.0.1:0
is "sockets of another process are left alone" 'told READY=1' "$(states '^told' 1)"
is 'and not served' 1 "$(grep -c listening "$TMP/server.log")"
stop 1
wait $RUN

is 'what is no socket' '2 emnist: descriptor 3 of LISTEN_FDS is not a stream socket that listens' \
	"$(sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" serve -q --listen 127.0.0.1:0 2>&1 3</dev/null' "$EMNIST" |
		sed 's/^/2 /')"
LISTEN_FDS=x LISTEN_PID=y NOTIFY_SOCKET=relative WATCHDOG_USEC=99999999999999999999999 start_server
is 'variables without sense are ignored' 200 "$(status_of GET /healthz)"
stop_server
is 'and it ends' 0 $?

if command -v systemd-socket-activate >/dev/null; then
	port=$("$BUILD/test/http_supervisor" "$TMP/port" true && sed -n 's/.*:\([0-9]*\)$/\1/p' "$TMP/port")
	: >"$TMP/server.log"
	systemd-socket-activate -l "127.0.0.1:$port" "$EMNIST" serve >"$TMP/out" 2>"$TMP/server.log" &
	SERVER=$!
	URL=http://127.0.0.1:$port
	activate_tries=0
	until grep -qi 'listening on' "$TMP/server.log" || [ $activate_tries -gt 200 ]; do
		sleep 0.05
		activate_tries=$((activate_tries + 1))
	done
	is 'systemd-socket-activate' 200 "$(status_of POST /classify -d "$A")"
	stop_server
	is 'and its end' 0 $?
else
	skip 'systemd-socket-activate' 'not installed'
fi
finish
