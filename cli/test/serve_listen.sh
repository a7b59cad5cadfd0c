#!/bin/sh
# serve_listen.sh - addresses that the server cannot have, and files that it leaves alone.
. cli/test/tap.inc
. cli/test/serve.inc

# fails NAME WANTED ARGUMENT...: exit status 2, and this as the last line.
fails()
{
	fails_name=$1 fails_wanted=$2
	shift 2
	timeout 60 "$EMNIST" serve "$@" 2>"$TMP/stderr" >"$TMP/out"
	is "$fails_name" "2 emnist: $fails_wanted" "$? $(tail -n 1 "$TMP/stderr")"
}

FORM='not ADDRESS:PORT, [IPV6]:PORT or unix:PATH, with a port from 0 to 65535'
for address in 80 localhost ::1:80 '[::1' 127.0.0.1: 127.0.0.1:65536 127.0.0.1:99999999999999999999; do
	fails "no address: $address" "--listen $address: $FORM" --listen "$address"
done
fails 'no path' '--listen unix:: the path must have 1 to 107 bytes' --listen unix:

start_server
TAKEN=${URL#http://}
fails 'a port of another server' "--listen $TAKEN: Address already in use; stop the program that has \
it, or choose another port" --listen "$TAKEN"
stop_server

# ------------------------------------------------------------ files of --listen unix:

USED='Address already in use; another server has it, or the file is not a socket'
echo kept >"$TMP/file"
fails 'a file that is no socket' "--listen unix:$TMP/file: $USED" --listen "unix:$TMP/file"
is 'is kept' kept "$(cat "$TMP/file")"
fails 'a model that is not there' '1 model not available: none' --listen "unix:$TMP/file" "$TMP/none"
is 'keeps it, too' kept "$(cat "$TMP/file")"

start_server --listen "unix:$TMP/socket"
fails 'a socket of another server' "--listen unix:$TMP/socket: $USED" --listen "unix:$TMP/socket"
is 'which still answers there' ok "$("$CLIENT" GET "unix:$TMP/socket:/healthz")"
stop_server
check 'and removes it' test ! -e "$TMP/socket"

start_server --listen "unix:$TMP/socket"
kill -9 $SERVER
wait $SERVER 2>/dev/null
check 'what a server leaves that was killed' test -S "$TMP/socket"
start_server --listen "unix:$TMP/socket"
is 'is replaced' ok "$("$CLIENT" GET "unix:$TMP/socket:/healthz")"
stop_server
finish
