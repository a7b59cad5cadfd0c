#!/bin/sh
# compare.sh - `make bench`: emnist beside the same done in Python, goal by goal.
#
#	EMNIST_DATA     folder with emnist/ inside; images are exported from its test split
#	BENCH           which parts: network files pictures python one eval scale train; default all but train,
#	                which needs PyTorch, some gigabytes; `make bench-train` is that part
#	BENCH_IMAGES    how many image files; default all 116,323
#	BENCH_RUNS      runs of each program; default 3
#	BENCH_PYTHON    a Python that has the rivals; default: a virtual environment made in build/,
#	                with packages from PyPI, where that can be reached
set -eu

build=${BUILD:-build}
n=${BENCH_IMAGES:-116323}
parts=${BENCH:-network files pictures python one eval scale}
python=${BENCH_PYTHON:-}

# The rivals, as they were when these comparisons were written.
packages='numpy==2.4.6 onnxruntime==1.32.0 scikit-image==0.26.0 pillow==13.0.0 opencv-python-headless==5.0.0.93'
torch='torch==2.15.0'

if [ -z "${EMNIST_DATA:-}" ]; then
	echo "bench: set EMNIST_DATA to the folder that holds emnist/" >&2
	exit 2
fi
listing=$(sh cli/bench/export_test_images.sh "$build" "$n")
if [ -z "$python" ]; then
	if ! command -v python3 >/dev/null 2>&1; then
		echo "bench: left out everything but emnist on files: there is no python3"
		"$build/emnist" --version -v
		"$build/emnist" classify -v -f csv -o "$build/bench/emnist.csv" "${listing%.csv}"
		exit
	fi
	python=$build/bench/venv/bin/python
	if [ ! -x "$python" ] && ! python3 -m venv "$build/bench/venv" >"$build/bench/venv.log" 2>&1; then
		echo "bench: left out the rivals: 'python3 -m venv' fails, see $build/bench/venv.log"
		python=python3
	fi
	case " $parts " in *' train '*) packages="$packages $torch" ;; esac
	if [ "$python" != python3 ]; then
		# One that cannot be had is not to take the others along.
		for package in $packages; do
			"$python" -m pip install -q --disable-pip-version-check "$package" \
				>>"$build/bench/venv.log" 2>&1 ||
				"$python" -m pip install -q --disable-pip-version-check \
					"${package%%=*}" >>"$build/bench/venv.log" 2>&1 ||
				echo "bench: cannot install ${package%%=*} from PyPI, see $build/bench/venv.log"
		done
	fi
fi
# shellcheck disable=SC2086
exec "$python" cli/bench/compare.py "$build" "$EMNIST_DATA/emnist" "$listing" \
	"${BENCH_RUNS:-3}" $parts
