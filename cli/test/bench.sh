#!/bin/sh
# bench.sh - emnist bench: what it prints, and that it leaves nothing behind. Never how fast it is.
. cli/test/tap.inc

if [ -n "$EMULATED" ]; then
	skip 'bench' 'its least takes minutes in QEMU, and measures that'
	finish
fi
mkdir "$TMP/tmp"
TMPDIR=$TMP/tmp
export TMPDIR

left() { find "$TMP/tmp" -mindepth 1 | head -n 5; }

"$EMNIST" bench --seconds 0.1 -j 2 >"$TMP/out" 2>"$TMP/stderr"
is 'text: status, stderr' '0 ' "$? $(cat "$TMP/stderr")"
is 'text: leaves no files' '' "$(left)"
is 'text: says with what' 'emnist engine network blas processor threads system' \
	"$(sed '/^$/,$d; /^environment/d; /^warning/d' "$TMP/out" | sed 's/ .*//' | tr '\n' ' ' | sed 's/ $//')"
cat >"$TMP/wanted" <<'END'
engine threads images/s µs/image
network, batch 1 kernels 1 N N
network, batch 1 kernels 2 N N
network, batch 1 blas 1 N N
network, batch 1 blas 2 N N
network, batch 128 kernels 1 N N
network, batch 128 kernels 2 N N
network, batch 128 blas 1 N N
network, batch 128 blas 2 N N
network, batch 1024 kernels 1 N N
network, batch 1024 kernels 2 N N
network, batch 1024 blas 1 N N
network, batch 1024 blas 2 N N
decode PNG 28x28 1 N N
decode JPEG 500x500 1 N N
preprocess 28x28 1 N N
preprocess 500x500 1 N N
PNG files to CSV AUTO 1 N N
PNG files to CSV AUTO 2 N N
END
sed '1,/^$/d' "$TMP/out" | sed 's/  *[0-9][0-9,]*  *[0-9][0-9]*\.[0-9][0-9]$/ N N/; s/   */ /g; s/^ //' >"$TMP/got"
auto=$(sed -n 's/^engine *auto: \([a-z]*\).*/\1/p' "$TMP/out")
sed -i "s/AUTO/$auto/" "$TMP/wanted"
check 'text: the table' diff "$TMP/wanted" "$TMP/got"

"$EMNIST" bench --seconds 0.1 -j 1 --only network --engine kernels >"$TMP/out"
is 'one thread is not measured twice' 3 "$(grep -c '^network, ' "$TMP/out")"
is '--only: nothing else' 0 "$(grep -c -e '^decode' -e '^preprocess' -e '^PNG' "$TMP/out")"

if command -v python3 >/dev/null; then
	cat >"$TMP/read.py" <<'END'
import json, sys
printed = json.load(open(sys.argv[1]))
assert list(printed) == ["emnist", "machine", "model", "images", "seconds", "figures"], printed
assert printed["model"] == "testdata/idx/nearest.onnx" and printed["seconds"] == 0.1
assert printed["images"] == "testdata/idx/strokes-byclass-test"
assert list(printed["machine"]) == ["engine", "network", "blas", "kernels", "replaced_kernels", "better_kernels", "parallel", "processor",
    "instructions", "loops", "system", "processors", "allowed", "quota", "environment",
    "warnings"], printed["machine"]
assert printed["machine"]["environment"]["OMP_NUM_THREADS"] == '"3\n'
seen = [[f[k] for k in ("name", "image", "batch", "threads")] for f in printed["figures"]]
engines = [f["engine"] for f in printed["figures"]]
assert engines == 3 * (2 * ["kernels"] + 2 * ["blas"]) + 4 * [None] + 2 * [printed["machine"]["engine"]], engines
wanted = [["network", None, batch, n] for batch in (1, 128, 1024) for engine in (1, 2) for n in (1, 3)]
wanted += [["decode", "png-28x28", None, 1], ["decode", "jpeg-500x500", None, 1]]
wanted += [["preprocess", "28x28", None, 1], ["preprocess", "500x500", None, 1]]
wanted += [["files", "png-28x28", None, 1], ["files", "png-28x28", None, 3]]
assert seen == wanted, seen
for figure in printed["figures"]:
    assert figure["images_per_second"] > 0 and figure["microseconds"] > 0, figure
    product = figure["images_per_second"] * figure["microseconds"] / 1e6
    assert 0.9 < product < 1.1, figure
END
	OMP_NUM_THREADS=$(printf '"3\n.') && OMP_NUM_THREADS=${OMP_NUM_THREADS%.} \
		"$EMNIST" bench --seconds 0.1 -j 3 -f json -m testdata/idx/nearest.onnx \
		--images testdata/idx/strokes-byclass-test -o "$TMP/json" >"$TMP/out"
	is 'json: status, stdout' '0 ' "$? $(cat "$TMP/out")"
	is 'json: one line' 1 "$(wc -l <"$TMP/json")"
	check 'json: the fields' python3 "$TMP/read.py" "$TMP/json"
else
	skip 'json: the fields' 'no python3'
fi
is 'json: leaves no files' '' "$(left)"

# fails NAME MESSAGE ARGUMENT...: status 2, the message, nothing left.
fails()
{
	name=$1
	message=$2
	shift 2
	"$EMNIST" bench "$@" >"$TMP/out" 2>"$TMP/stderr"
	is "$name" "2 emnist: $message" "$? $(cat "$TMP/stderr")"
	is "$name: leaves no files" '' "$(left)"
}

fails 'no time' "--seconds: '0' is not a number from 0.1 to 3600" --seconds 0
fails 'an argument' "'x.png': bench takes no arguments; see 'emnist bench --help'" x.png
fails 'no such part' "--only: 'net' is not one of all, network, decode, preprocess, files" --only net
fails 'no model' "'nowhere.onnx': No such file or directory" -m nowhere.onnx
fails 'no images' "'Makefile': $("$EMNIST" eval Makefile 2>&1 | sed "s/^emnist: 'Makefile': //")" \
	--images Makefile --seconds 0.1
"$EMNIST" bench --seconds 0.1 --only decode >/dev/full 2>"$TMP/stderr"
is 'a full disk' '2 emnist: standard output: No space left on device' "$? $(cat "$TMP/stderr")"
TMPDIR=$TMP/nowhere
fails 'no folder for files' "'$TMP/nowhere': No such file or directory" --seconds 0.1 --only files
TMPDIR=$TMP/tmp

"$EMNIST" bench --seconds 0.1 --only decode | head -n 0
is 'a closed pipe' '' "$(left)"

# Whoever runs the tests may have SIGINT ignored, which is inherited.
for signal in INT:130 TERM:143; do
	name=${signal%:*}
	env --default-signal=$name "$EMNIST" bench --seconds 600 --only files >"$TMP/out" 2>"$TMP/stderr" &
	pid=$!
	n=0
	until [ -n "$(left)" ] || [ $n -ge 300 ]; do
		sleep 0.1
		n=$((n + 1))
	done
	check "SIG$name: files are there" test -n "$(left)"
	kill -s $name $pid
	wait $pid 2>/dev/null
	is "SIG$name: ends by it" ${signal#*:} $?
	is "SIG$name: takes the files along" '' "$(left)"
done
finish
