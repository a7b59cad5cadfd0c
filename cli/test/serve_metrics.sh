#!/bin/sh
# serve_metrics.sh - what /metrics says after some requests, in Prometheus' format, and the same
# under TensorFlow Serving's names.
. cli/test/tap.inc
. cli/test/serve.inc

start_server --name 'a"b\c'
A=testdata/samples/capital-a-chalk.jpg
post() { "$CLIENT" -o /dev/null -d "$1" POST "$URL$2"; }
get() { "$CLIENT" -o /dev/null GET "$URL$1"; }

# value LINE: the value of the sample that begins so.
value()
{
	[ ! -f "$TMP/metrics" ] ||
		LINE="$1 " awk 'index($0, ENVIRON["LINE"]) == 1 { print $NF }' "$TMP/metrics"
}
requests() { value "emnist_requests_total{protocol=\"$1\",api=\"$2\",model=\"$3\",status=\"$4\"}"; }

"$CLIENT" -o "$TMP/before" GET "$URL/metrics"
is 'nothing was classified before' 0 \
	"$(sed -n 's/^emnist_images_total{.*} //p' "$TMP/before")"
for i in 1 2 3; do
	post "$A" /classify
done
post /dev/null /classify
post "$A" '/classify?model=no%22such'
printf -- '--X\r\nContent-Disposition: form-data; name=a\r\n\r\n' >"$TMP/form"
cat "$A" >>"$TMP/form"
printf -- '\r\n--X\r\nContent-Disposition: form-data; name=b\r\n\r\nb\r\n--X--' >>"$TMP/form"
"$CLIENT" -o /dev/null -H 'Content-Type: multipart/form-data; boundary=X' -d "$TMP/form" \
	POST "$URL/classify"
get /nowhere
get /v1/models/nosuch
get '/v1/models/a%22b%5Cc'
# Requests that end before they are answered.
printf 'POST /classify HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc' >"$TMP/cut"
"$CLIENT" -t 0.05 -r "$TMP/cut" "$URL"
metrics_tries=0
until [ "$(requests '' '' '' 499)" = 1 ] || [ $metrics_tries -gt 100 ]; do
	sleep 0.05
	metrics_tries=$((metrics_tries + 1))
	"$CLIENT" -i -o "$TMP/metrics" GET "$URL/metrics" >"$TMP/head"
done

is 'ended early' 1 "$(requests '' '' '' 499)"
is 'no such path' 1 "$(requests '' '' '' 404)"
is 'answered, with the name of the model' 4 "$(requests plain classify 'a\"b\\c' 200)"
is 'refused' 1 "$(requests plain '' '' 400)"
is 'no label has what clients call a model' 0 "$(grep -c 'such' "$TMP/metrics")"
is 'images that were classified' 4 "$(value 'emnist_images_total{model="a\"b\\c"}')"
is 'the model is ready' 1 "$(value 'emnist_model_ready{model="a\"b\\c"}')"
is 'its version' 1 "$(value 'emnist_model_info{model="a\"b\\c",version="1"}')"
is 'this request and its connection' '1 1' \
	"$(value emnist_requests_in_flight) $(value emnist_connections)"
is 'the version' 1 "$(value "emnist_build_info{version=\"$("$EMNIST" --version | sed 's/emnist //')\"}")"
is 'Content-Type' 'Content-Type: text/plain; version=0.0.4; charset=utf-8' \
	"$(grep '^Content-Type' "$TMP/head")"

# Each histogram grows from bucket to bucket, ends with its count, and is within its sum.
histograms()
{
	awk '/_bucket\{/ {
		sub(/,?le="[^"]*"/, "")
		if ($1 != name) { name = $1; last = 0 }
		if ($2 < last) print "falls: " $0
		last = $2
		end[$1] = $2
	}
	/_count[{]/ {
		bucket = $1
		sub(/_count/, "_bucket", bucket)
		if (!(bucket in end)) next
		if (end[bucket] != $2) print "count: " $0
		n++
	}
	END { if (n < 1) print "none" }' "$1"
}
is 'histograms' '' "$(histograms "$TMP/metrics")"
is 'as many durations as requests' 6 "$(value 'emnist_request_seconds_count{protocol="plain"}')"
is 'in none of no time' 0 "$(awk -v a="$(value 'emnist_request_seconds_sum{protocol="plain"}')" \
	'BEGIN { print !(a > 0.00001 && a < 600) }')"
now=$(date +%s)
is 'the process' 1 "$(awk -v cpu="$(value process_cpu_seconds_total)" \
	-v memory="$(value process_resident_memory_bytes)" -v fds="$(value process_open_fds)" \
	-v max="$(value process_max_fds)" -v start="$(value process_start_time_seconds)" -v now="$now" \
	'BEGIN { print (cpu > 0 && memory > 1e6 && fds >= 6 && fds < 64 && max > fds &&
		start <= now && start > now - 3600) }')"

"$CLIENT" -o "$TMP/tensorflow" GET "$URL/monitoring/prometheus/metrics"
is "TensorFlow Serving's names" 1 \
	"$(grep -cxF ':tensorflow:serving:request_count{model_name="a\"b\\c",status="OK"} 1' "$TMP/tensorflow")"
is 'its names of statuses' 1 \
	"$(grep -cxF ':tensorflow:serving:request_count{model_name="",status="NOT_FOUND"} 1' "$TMP/tensorflow")"
{
	printf '{"instances":[['
	seq -s, 784
	printf ']]}'
} >"$TMP/body"
post "$TMP/body" '/v1/models/a%22b%5Cc:predict'
post "$TMP/body" '/v1/models/a%22b%5Cc:predict'
"$CLIENT" -o "$TMP/tensorflow" PUT "$URL/monitoring/prometheus/metrics"
# latency NAME LABEL: its count, and its first and last buckets.
latency()
{
	grep -F ":tensorflow:serving:$1" "$TMP/tensorflow" | grep -F "$2" |
		sed -n 's/.*_count.* /count /p; s/.*,le="\(10\|18\|1.47476e+09\|+Inf\)"} .*/\1/p' | tr '\n' ' '
}
is 'durations of requests' '10 18 1.47476e+09 +Inf count 2 ' \
	"$(latency request_latency 'API="predict",entrypoint="REST"')"
is 'durations in the network' '10 18 1.47476e+09 +Inf count 2 ' \
	"$(latency runtime_latency 'API="Predict",runtime="TF1"')"
is 'its histograms' '' "$(histograms "$TMP/tensorflow")"
is 'statuses and methods' '405 200 400' "$(echo $(status_of POST /metrics) \
	$(status_of HEAD /metrics) $(status_of GET '/monitoring/prometheus/metrics?x'))"
if command -v promtool >/dev/null; then
	check 'promtool has nothing to say' promtool check metrics <"$TMP/metrics"
else
	skip 'promtool has nothing to say' 'no promtool'
fi
stop_server
is 'the server ended well' 0 $?

# Requests of many connections at once are all counted.
start_server
for i in 1 2 3 4 5 6 7 8; do
	for j in 1 2 3 4 5; do
		post "$A" /classify
	done &
done
until [ "$("$CLIENT" GET "$URL/metrics" | sed -n 's/^emnist_images_total.* //p')" = 40 ] ||
	[ $metrics_tries -gt 400 ]; do
	sleep 0.1
	metrics_tries=$((metrics_tries + 1))
done
"$CLIENT" -o "$TMP/metrics" GET "$URL/metrics"
is 'all are counted' 40 "$(requests plain classify emnist 200)"
stop_server
finish
