#!/bin/sh
# bench_serve.sh - `make bench-serve`: `emnist serve` beside the servers that people use, goal by goal.
#
#	EMNIST_DATA     folder with emnist/ inside; requests have images of its test split
#	BENCH           which parts: single sixteen batch raw-single raw image (each server's speed),
#	                client floor idle memory latency files (emnist's alone); default all
#	BENCH_RIVALS    which rivals: flask,gunicorn,fastapi,fastapi-orjson,mlserver,triton; default
#	                all; empty: none
#	BENCH_RUNS      runs; default 3
#	BENCH_SECONDS   seconds for each figure of a run; default 3
#	BENCH_PYTHON    a Python that has the rivals; default: virtual environments made in build/,
#	                with packages from PyPI, where that can be reached
#
# All of it takes a quarter of an hour. In half a minute:
#
#	make bench-serve BENCH='single batch' BENCH_RIVALS=flask BENCH_RUNS=1 BENCH_SECONDS=1
#
# Where the server's time goes:
#
#	build/emnist serve --quiet & server=$!
#	sleep 1; build/emnist load -q --duration 20 http://127.0.0.1:8501/v1/models/emnist:predict &
#	sleep 1; perf stat -p $server sleep 5
#	perf record -g -p $server sleep 5; perf report --no-children
#	kill $server
set -eu

build=${BUILD:-build}
parts=${BENCH:-single sixteen batch raw-single raw image client floor idle memory latency files}
rivals=${BENCH_RIVALS-all}
venvs=$build/bench/serve-venv
log=$build/bench/serve-venv.log

if [ -z "${EMNIST_DATA:-}" ]; then
	echo "bench: set EMNIST_DATA to the folder that holds emnist/" >&2
	exit 2
fi
if ! command -v python3 >/dev/null 2>&1; then
	echo "bench: there is no python3" >&2
	exit 2
fi

# The rivals, as they were when these comparisons were written. They do not agree on the versions of
# what they have in common: each group has an environment of its own.
packages_of()
{
	echo onnxruntime==1.32.0
	case $1 in
	web) echo flask==3.1.3 gunicorn==27.0.1 fastapi==0.165.0 uvicorn==0.54.0 httptools==0.9.0 \
		uvloop==0.23.0 orjson==3.13.0 numpy==2.4.6 ;;
	mlserver) echo mlserver==1.7.1 httptools==0.9.0 ;;
	triton) echo nvidia-pytriton==0.7.0 ;;
	esac
}

# Debian's Python where it is: Triton's is linked for it.
base=/usr/bin/python3
[ -x "$base" ] || base=python3

# make_environment GROUP: says on stdout what is missing, if anything.
make_environment()
{
	mkdir -p "$venvs"
	[ -x "$venvs/$1/bin/python" ] || "$base" -m venv "$venvs/$1" >>"$log" 2>&1 || {
		echo "bench: 'python3 -m venv' fails, see $log"
		return
	}
	# shellcheck disable=SC2046
	"$venvs/$1/bin/python" -m pip install -q --disable-pip-version-check $(packages_of "$1") \
		>>"$log" 2>&1 || echo "bench: cannot install all of $1 from PyPI, see $log"
}

pythons=
for group in web mlserver triton; do
	case $group,$rivals in
	*,all | web,*flask* | web,*gunicorn* | web,*fastapi* | mlserver,*mlserver* | triton,*triton*) ;;
	*) continue ;;
	esac
	if [ -n "${BENCH_PYTHON:-}" ]; then
		pythons="$pythons $group=$BENCH_PYTHON"
	else
		make_environment "$group"
		pythons="$pythons $group=$venvs/$group/bin/python"
	fi
done
case " $parts " in
*' files '*) listing=$(sh cli/bench/export_test_images.sh "$build" 116323) ;;
*) listing=none ;;
esac
# shellcheck disable=SC2086
exec python3 cli/bench/serving/bench_serve.py "$build" "$EMNIST_DATA/emnist" "$listing" $pythons -- \
	"${BENCH_RUNS:-3}" "${BENCH_SECONDS:-3}" "$rivals" $parts
