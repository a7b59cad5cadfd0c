#!/bin/sh
# default.sh - `make default-model`: trains lib/model/default.onnx anew, and evaluates it.
#
# EMNIST_DATA is the folder that holds emnist/train/ and emnist/*-test-*. The same machine ends at
# the same bytes; lib/model/default.txt says which, and what they score. The kernels that OpenBLAS
# would choose by itself are used, whatever the environment says.
set -eu

build=${BUILD:-build}
data=${EMNIST_DATA:?set EMNIST_DATA to the folder that holds emnist/}/emnist
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

"$build/emnist" train -v -o lib/model/default.onnx \
	--hidden 512,256 --activation relu --epochs 120 --seed 1 \
	--class-frequencies "$data/emnist-byclass-train-labels-idx1-ubyte.gz" \
	"$data/train/part1-62-images-idx3-ubyte.gz" \
	"$data/train/part2-32-images-idx3-ubyte.gz" \
	"$data/train/part3-letters-images-idx3-ubyte.gz"
sha256sum lib/model/default.onnx
"$build/emnist" eval -m lib/model/default.onnx "$data/emnist-byclass-test-images-idx3-ubyte.gz"
