#!/bin/sh
# serve_examples.sh - the files in cli/serve/examples, each by the program that reads it, and nginx
# in front of a server.
. cli/test/tap.inc
. cli/test/serve.inc

EXAMPLES=cli/serve/examples
A=testdata/samples/capital-a-chalk.jpg
have() { command -v "$1" >/dev/null; }

# ----------------------------------------------------------------------- systemd

if have systemd-analyze; then
	mkdir "$TMP/units"
	cp "$EXAMPLES/emnist.socket" "$TMP/units"
	sed "s,/usr/local/bin/emnist,$EMNIST," "$EXAMPLES/emnist.service" >"$TMP/units/emnist.service"
	is 'systemd-analyze has nothing to say' '' \
		"$(systemd-analyze verify --man=no "$TMP"/units/emnist.* 2>&1 | grep "$TMP/units\|^emnist")"
else
	skip 'systemd-analyze has nothing to say' 'no systemd-analyze'
fi

# ------------------------------------------------- options and paths in all of them

"$EMNIST" serve --help >"$TMP/help"
unknown_options()
{
	{
		sed -n 's/^ExecStart=//p' "$EXAMPLES/emnist.service"
		sed -n 's/^ *args://p' "$EXAMPLES"/*.yaml
		sed -n 's/#.*//; s/.*\(--[a-z-]*\).*/\1/p' "$EXAMPLES"/*
	} | grep -o -- '--[a-z][a-z-]*' | sort -u | while read -r option; do
		grep -q -- "$option\( \|$\)" "$TMP/help" || echo "$option"
	done
}
is 'all options are there' '' "$(unknown_options)"
start_server
is 'and all paths' '' "$(sed -n 's/^ *path: //p; s,^ *prometheus.io/path: ,,p' "$EXAMPLES"/*.yaml | sort -u |
	while read -r path; do
		[ "$(status_of GET "$path")" = 200 ] || echo "$path"
	done)"

# -------------------------------------------------------------------------- YAML

if python3 -c 'import yaml' 2>/dev/null; then
	check 'YAML, and what Kubernetes wants of it' python3 - "$EXAMPLES"/*.yaml <<-'END'
		import sys, yaml
		for path in sys.argv[1:]:
		    for document in yaml.safe_load_all(open(path)):
		        assert document["apiVersion"] and document["kind"] and document["metadata"]["name"]
		        spec = document["spec"]
		        spec = spec.get("template", {}).get("spec", spec)
		        for container in spec.get("containers", []):
		            assert all(isinstance(a, str) for a in container["command"] + container["args"])
		            ports = [p["containerPort"] for p in container["ports"]]
		            names = [p.get("name") for p in container["ports"]]
		            assert container["args"][2] == ":%d" % ports[0]
		            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
		                if probe in container:
		                    port = container[probe]["httpGet"]["port"]
		                    assert port in ports or port in names, (path, probe)
	END
else
	skip 'YAML, and what Kubernetes wants of it' 'no Python with yaml'
fi

# ------------------------------------------------------------------------- nginx

if ! have nginx || ! have openssl || ! have curl; then
	skip 'nginx' 'no nginx, openssl or curl'
	finish
fi

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$TMP/key" -out "$TMP/certificate" -days 2 \
	-subj /CN=emnist.example.org -addext subjectAltName=DNS:emnist.example.org 2>"$TMP/openssl.log"

# configure UPSTREAM: the example as $TMP/emnist.conf, and what lies around it as $TMP/nginx.conf. It
# listens on sockets in the file system, so that no port is taken.
configure()
{
	sed "s,server 127.0.0.1:8501;,server $1;,
		s,listen 443 ,listen unix:$TMP/tls.sock ,; s,listen 80;,listen unix:$TMP/http.sock;,
		/listen \[::\]/d
		s,/etc/ssl/emnist.example.org.pem,$TMP/certificate,; s,/etc/ssl/emnist.example.org.key,$TMP/key," \
		"$EXAMPLES/nginx.conf" >"$TMP/emnist.conf"
	cat >"$TMP/nginx.conf" <<-END
		$([ "$(id -u)" -ne 0 ] || echo 'user root;')
		pid $TMP/nginx.pid;
		error_log $TMP/nginx.log;
		events {}
		http {
			access_log off;
			client_body_temp_path $TMP/nginx-body;
			proxy_temp_path $TMP/nginx-proxy;
			fastcgi_temp_path $TMP/nginx-fastcgi;
			uwsgi_temp_path $TMP/nginx-uwsgi;
			scgi_temp_path $TMP/nginx-scgi;
			include $TMP/emnist.conf;
		}
	END
}
start_nginx()
{
	rm -f "$TMP/tls.sock" "$TMP/http.sock"
	nginx -p "$TMP" -c "$TMP/nginx.conf" -e "$TMP/nginx.log" -g 'daemon off;' 2>"$TMP/nginx.err" &
	NGINX=$!
	trap 'kill -9 $SERVER $NGINX 2>/dev/null; rm -rf "$TMP"' EXIT
	nginx_tries=0
	until [ -S "$TMP/tls.sock" ] || [ $nginx_tries -gt 200 ]; do
		sleep 0.05
		nginx_tries=$((nginx_tries + 1))
	done
}
stop_nginx()
{
	kill -QUIT "$NGINX"
	wait "$NGINX"
}
# through PATH [OPTION-OF-CURL]...: by way of nginx.
through()
{
	through_path=$1
	shift
	curl -sS --unix-socket "$TMP/tls.sock" --cacert "$TMP/certificate" "$@" \
		"https://emnist.example.org$through_path"
}

configure "${URL#http://}"
check 'nginx -t has nothing to say' nginx -t -q -p "$TMP" -c "$TMP/nginx.conf" -e "$TMP/nginx.log"
start_nginx
through '/classify?top=3' --data-binary "@$A" >"$TMP/answer"
"$CLIENT" -d "$A" POST "$URL/classify?top=3" >"$TMP/wanted"
check 'an image through TLS' cmp "$TMP/wanted" "$TMP/answer"
is 'by HTTP/1.1 as well as HTTP/2' '1.1 2' "$(for version in --http1.1 --http2; do
	through /healthz $version -o /dev/null -w '%{http_version} '; done | sed 's/ $//')"

# A white page of 5 MB, with a stroke.
LC_ALL=C awk 'BEGIN {
	printf "P5 2300 2300 255\n"
	for (y = 0; y < 2300; y++) {
		row = ""
		for (x = 0; x < 2300; x += 100)
			row = row (x == 1100 && y > 500 && y < 1800 ? black : white)
		if (y == 0) {
			for (x = 0; x < 100; x++) { white = white "\377"; black = black " " }
			for (x = 0; x < 2300; x += 100) row = row white
		}
		printf "%s", row
	}
}' >"$TMP/large.pgm"
check 'an image of 5 MB' test "$(wc -c <"$TMP/large.pgm")" -ge 5000000
through /classify --data-binary "@$TMP/large.pgm" >"$TMP/answer"
"$EMNIST" classify -f jsonl --engine kernels "$TMP/large.pgm" | sed 's/^{"path":"[^"]*",/{/' >"$TMP/wanted"
check 'is answered through TLS' cmp "$TMP/wanted" "$TMP/answer"
truncate -s 65M "$TMP/huge"
is 'a larger body than the limit' 413 \
	"$(through /classify -X POST -T "$TMP/huge" -o /dev/null -w '%{http_code}' 2>/dev/null)"
is 'metrics are not for everybody' '403 403' "$(echo $(through /metrics -o /dev/null -w '%{http_code}') \
	$(through /monitoring/prometheus/metrics -o /dev/null -w '%{http_code}'))"
is 'HTTP leads to HTTPS' '301 https://emnist.example.org/x?y=z' \
	"$(curl -s --unix-socket "$TMP/http.sock" -o /dev/null -w '%{http_code} %{redirect_url}' \
		'http://emnist.example.org/x?y=z')"
for i in 1 2 3 4 5 6 7 8; do
	through /classify --data-binary "@$A" -o /dev/null
done
connections() { "$CLIENT" GET "$1/metrics" | sed -n 's/^emnist_connections //p'; }
is 'nginx keeps its connection' 2 "$(connections "$URL")"
is 'nginx has nothing to complain about' '' "$(grep -v ' \[notice\] \|larger\|too large\|forbidden by rule' "$TMP/nginx.log")"
stop_nginx
stop_server

: >"$TMP/server.log"
"$EMNIST" serve --listen "unix:$TMP/emnist.sock" 2>"$TMP/server.log" &
SERVER=$!
configure "unix:$TMP/emnist.sock"
start_nginx
example_tries=0
until grep -q listening "$TMP/server.log" || [ $example_tries -gt 200 ]; do
	sleep 0.05
	example_tries=$((example_tries + 1))
done
through '/classify?top=3' --data-binary "@$A" >"$TMP/answer"
"$CLIENT" -d "$A" POST "unix:$TMP/emnist.sock:/classify?top=3" >"$TMP/wanted"
check 'through a socket in the file system' cmp "$TMP/wanted" "$TMP/answer"
is 'which is kept, too' 2 "$(connections "unix:$TMP/emnist.sock:")"
stop_nginx
stop_server
is 'the server ended well' 0 $?
finish
