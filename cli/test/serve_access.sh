#!/bin/sh
# serve_access.sh - requests with a token, and pages of other origins.
. cli/test/tap.inc
. cli/test/serve.inc
set -f

A=testdata/samples/capital-a-chalk.jpg
TOKEN=0123456789abcdef-._~+/=
# headers METHOD PATH [OPTION-OF-CLIENT]...: the status and the headers that are about access, sorted.
headers()
{
	headers_method=$1 headers_path=$2
	shift 2
	"$CLIENT" -i "$@" "$headers_method" "$URL$headers_path" >"$TMP/response"
	echo $(sed -n '1s/HTTP.1.1 \([0-9]*\).*/\1/p' "$TMP/response") \
		$(grep -E '^(WWW|Access|Vary|Allow)' "$TMP/response" | sort)
}

# ------------------------------------------------------------------------- token

printf '%s \r\nanother line\n' "$TOKEN" >"$TMP/token"
chmod 600 "$TMP/token"
start_server --token "$TMP/token"
is 'nothing is said of a file that only its owner reads' 0 "$(grep -c warning "$TMP/server.log")"
is 'without a token' '401 WWW-Authenticate: Bearer realm="emnist"' "$(headers GET /v1/models)"
is 'which is said' '{"error":"a token is needed, as in Authorization: Bearer TOKEN"}' \
	"$(sed '1,/^$/d' "$TMP/response")"
for path in / /metrics /v1/models/emnist /v2 /classify /nowhere; do
	is "also $path" 401 "$(status_of GET "$path")"
done
wrong='401 WWW-Authenticate: Bearer realm="emnist", error="invalid_token"'
for header in "Bearer $TOKEN=" "Bearer ${TOKEN%?}" "Bearer x${TOKEN#?}" "Bearer" "Bearer " \
	"Basic $TOKEN" "$TOKEN" "Bearer${TOKEN}"; do
	is "wrong: $header" "$wrong" "$(headers GET /v1/models -H "Authorization: $header")"
done
for header in "Bearer $TOKEN" "bearer   $TOKEN  "; do
	is "right: $header" 200 "$(headers GET /v1/models -H "Authorization: $header")"
done
is 'health needs none' '200 200 200' "$(echo $(status_of GET /healthz) \
	$(status_of GET /v2/health/live) $(status_of GET /v2/health/ready))"
is 'with a body' '401 200' "$(echo $(status_of POST /classify -d "$A") \
	$(status_of POST /classify -d "$A" -H "Authorization: Bearer $TOKEN"))"
# The connection goes on where the body was read; who waits for leave to send it is answered at once.
printf 'POST /classify HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n' \
	>"$TMP/raw"
is 'the next request is answered' '401 200' \
	"$(echo $("$CLIENT" -r "$TMP/raw" "$URL" | grep -ao 'HTTP.1.1 ...' | cut -c10-))"
printf 'POST /classify HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\nExpect: 100-continue\r\n\r\n' \
	>"$TMP/raw"
is 'before the body is sent' '401 Connection: close' \
	"$(echo $("$CLIENT" -r "$TMP/raw" "$URL" | tr -d '\r' | sed -n 's/HTTP.1.1 \([0-9]*\).*/\1/p; /^Connection/p'))"
stop_server

chmod 644 "$TMP/token"
start_server --token "$TMP/token"
is 'a file that others read' "emnist: --token: '$TMP/token': warning: others may read it; use chmod 600" \
	"$(grep warning "$TMP/server.log")"
stop_server

# fails NAME MESSAGE OPTION...: the server does not start.
fails()
{
	fails_name=$1 fails_message=$2
	shift 2
	"$EMNIST" serve -q --listen 127.0.0.1:0 "$@" >"$TMP/out" 2>&1
	is "$fails_name" "2 emnist: $fails_message" "$? $(cat "$TMP/out")"
}
fails 'no file' "--token: '$TMP/none': No such file or directory" --token "$TMP/none"
fails 'an empty file' "--token: '/dev/null': its first line has 0 characters; a token has 16 to 1024" \
	--token /dev/null
printf '0123456789abcde\n' >"$TMP/token"
fails 'too short' "--token: '$TMP/token': its first line has 15 characters; a token has 16 to 1024" \
	--token "$TMP/token"
printf '0123456789 abcdef\n' >"$TMP/token"
fails 'a space' "--token: '$TMP/token': a token has no spaces, and no characters but ASCII" \
	--token "$TMP/token"

# -------------------------------------------------------------------------- CORS

O='Origin: https://example.org'
ASK='Access-Control-Request-Method: POST'
PREFLIGHT='Access-Control-Allow-Headers: Authorization, Content-Type, Content-Encoding, Inference-Header-Content-Length Access-Control-Allow-Methods: GET, HEAD, POST'
EXPOSE='Access-Control-Expose-Headers: Inference-Header-Content-Length, Retry-After'

start_server
is 'unless it is asked for, no headers' 200 "$(headers GET /v1/models -H "$O")"
is 'OPTIONS as TensorFlow Serving' '200 400' "$(headers OPTIONS /v1/models/emnist -H "$O") $(headers OPTIONS /v1/models/emnist)"
stop_server

printf '%s' "$TOKEN" >"$TMP/token"
start_server --cors https://example.org --cors http://localhost:8080 --token "$TMP/token"
is 'a browser asks, without the token' \
	"200 $PREFLIGHT Access-Control-Allow-Origin: https://example.org $EXPOSE Access-Control-Max-Age: 86400 Vary: Origin" \
	"$(headers OPTIONS /classify -H "$O" -H "$ASK")"
is 'from another origin' '403 Vary: Origin' "$(headers OPTIONS /classify -H "${O}x" -H "$ASK")"
is 'the answer' "200 Access-Control-Allow-Origin: https://example.org $EXPOSE Vary: Origin" \
	"$(headers POST /classify -H "$O" -H "Authorization: Bearer $TOKEN" -d "$A")"
is 'the other origin that may' "200 Access-Control-Allow-Origin: http://localhost:8080 $EXPOSE Vary: Origin" \
	"$(headers GET /v1/models -H 'Origin: http://localhost:8080' -H "Authorization: Bearer $TOKEN")"
is 'without a token, the page sees why' \
	"401 Access-Control-Allow-Origin: https://example.org $EXPOSE Vary: Origin WWW-Authenticate: Bearer realm=\"emnist\"" \
	"$(headers POST /classify -H "$O" -d "$A")"
is 'an origin that may not' '200 Vary: Origin' \
	"$(headers GET /v1/models -H 'Origin: https://example.com' -H "Authorization: Bearer $TOKEN")"
is 'no browser' '200 Vary: Origin' "$(headers GET /v1/models -H "Authorization: Bearer $TOKEN")"
stop_server

start_server --cors '*'
is 'all origins' "200 Access-Control-Allow-Origin: * $EXPOSE" "$(headers GET /v1/models -H "$O")"
{
	printf -- '--x\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\n'
	cat testdata/montage.png
	printf '\r\n--x--\r\n'
} >"$TMP/form"
is 'also of a picture for which a worker is needed' "200 Access-Control-Allow-Origin: * $EXPOSE" \
	"$(headers POST /emnist/result -H "$O" -H 'Content-Type: multipart/form-data; boundary=x' -d "$TMP/form")"
is 'all may ask' "200 $PREFLIGHT Access-Control-Allow-Origin: * $EXPOSE Access-Control-Max-Age: 86400" \
	"$(headers OPTIONS /v1/models/emnist:predict -H "$O" -H "$ASK")"
is 'the page keeps its own headers' 9 \
	"$("$CLIENT" -i -H "$O" GET "$URL/" | sed '/^$/q' |
		grep -cE '^(Access|Content-Sec|Cache|X-Cont|Referrer|ETag|Content-(Type|Length))')"
stop_server
for origin in example.org 'https://' 'https://example.org/' 'https://*.example.org' \
	'https://a,https://b' 'https://a b'; do
	fails "not an origin: $origin" "--cors $origin: not an origin, such as https://example.org, or *" \
		--cors "$origin"
done
finish
