#!/bin/sh
# compare.sh - `make bench`: files to CSV, beside Python.
#
#	EMNIST_DATA     folder with emnist/ inside; the test split is exported from it
#	BENCH_IMAGES    how many images; default all 116,323
#	BENCH_RUNS      runs of each program; default 3
#	BENCH_PYTHON    a Python that has the rivals; default: a virtual environment made in build/,
#	                with packages from PyPI, where that can be reached
set -eu

build=${BUILD:-build}
n=${BENCH_IMAGES:-116323}
python=${BENCH_PYTHON:-}
images=$build/bench/images-$n

if [ -z "${EMNIST_DATA:-}" ]; then
	echo "bench: set EMNIST_DATA to the folder that holds emnist/" >&2
	exit 2
fi
if [ ! -e "$images.csv" ]; then
	mkdir -p "$images"
	"$build/bench/export_images" "$EMNIST_DATA/emnist/emnist-byclass-test-images-idx3-ubyte.gz" \
		"$images" "$n" >"$images.csv.new"
	mv "$images.csv.new" "$images.csv"
fi
if [ -z "$python" ]; then
	if ! command -v python3 >/dev/null 2>&1; then
		echo "bench: left out all rivals: there is no python3; emnist alone:"
		"$build/emnist" classify -v -f csv -o "$build/bench/emnist.csv" "$images"
		exit
	fi
	python=$build/bench/python/bin/python
	if [ ! -x "$python" ]; then
		python3 -m venv "$build/bench/python" &&
			"$python" -m pip install -q numpy scikit-image onnxruntime ||
			echo "bench: cannot install the rivals from PyPI" >&2
		[ -x "$python" ] || python=python3
	fi
fi
"$python" cli/bench/compare.py "$build/emnist" lib/model/default.onnx "$images.csv" \
	"${BENCH_RUNS:-3}"
