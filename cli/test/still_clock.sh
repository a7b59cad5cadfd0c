#!/bin/sh
# still_clock.sh - where no time passes, there is no rate, and nothing that is no number.
. cli/test/tap.inc

library=$BUILD/test/inject_clock.so
if [ -n "$SANITIZE" ]; then
	skip 'a clock that stands still' "not with -fsanitize=$SANITIZE, which must be loaded first"
	finish
fi

# still ARGUMENT...
still() { timeout -k 1 60 env LD_PRELOAD="$library" "$EMNIST" "$@" 2>&1; }
evaluate() { still eval -m testdata/idx/nearest.onnx testdata/idx/strokes-byclass-test "$@"; }

evaluate -f json >"$TMP/json"
is 'JSON has no rate' '"seconds":0.000000,"images_per_second":null' \
	"$(grep -o '"seconds":[^,]*,"images_per_second":[^,]*' "$TMP/json")"
is 'text has none' 'time                  0.00 s  (0 images a second)' "$(evaluate | grep '^time')"
evaluate --report "$TMP/page.html" >/dev/null
check 'nor has the page' grep -q '>0 images a second<' "$TMP/page.html"
is 'nor classify -v' '1 image in 0.00 s, 0 a second' \
	"$(still classify -v testdata/samples/digit-2-scan.png | grep -o '1 image.*second')"
if [ -n "$EMULATED" ]; then
	skip 'bench ends' 'its least takes minutes in QEMU'
	finish
fi
for part in network decode preprocess files; do
	still bench --seconds 0.1 --only $part >"$TMP/bench"
	is "bench --only $part ends" '2 emnist: the clock stands still (CLOCK_MONOTONIC)' \
		"$? $(grep '^emnist: ' "$TMP/bench")"
done
finish
