#!/bin/sh
# inject_outputs.sh - an allocation, an opening or a thread fails in every command that writes files:
# either the run says so, and each file is whole or not there, or it succeeds, and all is as if
# nothing had failed. Of many allocations the first and some of the others are tried.
. cli/test/tap.inc

library=$BUILD/test/inject_calls.so
if [ -n "$SANITIZE" ]; then
	skip 'calls that fail' "not with -fsanitize=$SANITIZE, which brings its own malloc"
	finish
fi
if [ -n "$EMULATED" ]; then
	skip 'calls that fail' 'thousands of starts, slow in QEMU and the same on every machine'
	finish
fi
if [ ! -f "$library" ]; then
	not_ok 'calls that fail' "$library is not built"
	finish
fi
FIRST=40 OTHERS=40

data=$PWD/testdata
byclass=$data/idx/strokes-byclass-test
mkdir -p "$TMP/images/2" "$TMP/images/5" && cd "$TMP" || exit 1
for i in 1 2 3; do
	cp "$data/samples/digit-2-scan.png" images/2/$i.png
	cp "$data/samples/digit-2-scan.png" images/5/$i.png
done
"$EMNIST" model convert in.onnx || exit 1

# run INJECT PROGRAM-ARGUMENT...: in an empty folder, out.
run()
{
	rm -rf out log count && mkdir out
	injected=$1
	shift
	(cd out && timeout 60 env INJECT="$injected" INJECT_LOG="$TMP/log" INJECT_COUNT="$TMP/count" \
		LD_PRELOAD="$library" "$EMNIST" "$@" >stdout 2>"$TMP/stderr" </dev/null)
}

# fault STATUS: what is wrong with the run that was; nothing where all is well.
fault()
{
	if [ "$1" -eq 0 ]; then
		diff -r wanted out >difference 2>&1 || head -n 1 difference
		return
	fi
	# libgfortran, which OpenBLAS may come with, ends a process itself.
	[ "$1" -eq 2 ] || grep -q '^Operating system error: Cannot allocate' stderr || echo "status $1"
	grep -qE 'out of memory|cannot start a thread|cannot load|Cannot allocate|Too many open' stderr ||
		echo "status $1, $(head -n 1 stderr)"
	(cd out && find . -type f ! -name stdout) | while read -r file; do
		cmp -s "wanted/$file" "out/$file" || echo "status $1, and $file is torn"
	done
}

# every_one CALL ERROR PROGRAM-ARGUMENT...
every_one()
{
	call=$1 error=$2
	shift 2
	run "$call:999999999:$error" "$@" || not_ok "$*" "$(cat stderr)"
	rm -rf wanted && mv out wanted
	n=$(cat count)
	step=$(((n - FIRST) / OTHERS + 1))
	number=1 unsound=
	while [ "$number" -le "$n" ]; do
		run "$call:$number:$error" "$@"
		why=$(fault $?)
		[ -z "$why" ] || unsound="$unsound
$call:$number: $why"
		[ $number -lt $FIRST ] && number=$((number + 1)) || number=$((number + step))
	done
	is "$call: $*" '' "$unsound"
}

each()
{
	every_one malloc ENOMEM "$@"
	every_one open EMFILE "$@"
	every_one thread EAGAIN "$@"
}

each model convert x.onnx
each model convert saved
each model convert x.pb
each model convert ../in.onnx x.safetensors
each model show -f json -o x.json ../in.onnx
each dataset import -q -j 2 -o x.gz ../images
each dataset export -q -j 2 ../images x.csv
each dataset export -q -j 2 ../images x.npz
each dataset export -q -j 2 -f npy ../images x.npy
each dataset export -q -j 2 ../images x
each dataset stats -f json -o x.json --chart x.png ../images
each dataset montage -o x.png ../images
each train -q -j 2 --no-checkpoint --batch 32 --epochs 1 --hidden 4 -o x.onnx "$byclass"
each eval -q -j 2 --engine kernels -f csv -o x.csv --confusion c.csv --errors e.csv --errors-montage m.png \
	-m "$data/idx/nearest.onnx" "$byclass"
finish
