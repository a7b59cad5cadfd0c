#!/bin/sh
# default.sh - `make default-model`: makes lib/model/default.onnx from nothing, and evaluates it.
#
# EMNIST_DATA is the folder that holds emnist/train/ and emnist/*-test-*. Three convolutional teachers
# are trained in PyTorch, on what `emnist train` would show a network, and `emnist train` learns what
# they say. Each step leaves its result in $BUILD/default-model (6 GB) and is not done again while
# that is there, and the long ones go on from where they were interrupted. PYTHON names a Python that
# has torch and numpy; without it, one is set up there from PyPI.
#
# The same machine and sources end at the same bytes; lib/model/default.txt says which bytes those of
# its commit should end at, and what they score. The kernels that OpenBLAS would choose by itself are
# used, whatever the environment says.
set -eu

build=${BUILD:-build}
data=${EMNIST_DATA:?set EMNIST_DATA to the folder that holds emnist/}/emnist
work=$build/default-model
emnist=$build/emnist
teacher=lib/train/conv_teacher.py
seed=1
held_out=0.1
variants=16
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
export OMP_NUM_THREADS=1

part1=$data/train/part1-62-images-idx3-ubyte.gz
part2=$data/train/part2-32-images-idx3-ubyte.gz
part3=$data/train/part3-letters-images-idx3-ubyte.gz

# begin NAME: whether NAME is still to be made.
begin()
{
	[ ! -e "$work/$1" ] && echo "== $1 ($(date +%T))"
}

# train ARGUMENT...: emnist train, on the parts and their photographs.
train()
{
	"$emnist" train "$@" --seed $seed --validation $held_out --elastic 0.5 --anneal 0.25 \
		--class-frequencies "$data/emnist-byclass-train-labels-idx1-ubyte.gz" \
		"$part1" "$part2" "$part3" "$work/photographs1" "$work/photographs2" \
		"$work/photographs3"
}

# photograph I N PART [OPTION]...: N photographs of PART, normalized, as the dataset photographsI.
photograph()
{
	begin "photographs$1-mapping.txt" || return 0
	i=$1 n=$2 part=$3
	shift 3
	"$build/bench/export_photographs" -n "$n" --most 3 -s "$i" "$@" "$part" "$work/making"
	for ending in images-idx3-ubyte labels-idx1-ubyte mapping.txt; do
		mv "$work/making-$ending" "$work/photographs$i-$ending"
	done
}

# teach NAME OPTION...: a convolutional teacher and what it says, on one thread.
teach()
{
	name=$1
	shift
	if begin "$name.pt"; then
		"$python" $teacher train "$work/variants" "$work/$name.pt" --epochs $variants "$@"
	fi
	if begin "soft-$name"; then
		"$python" $teacher label "$work/variants" "$work/soft-$name" "$work/$name.pt"
	fi
}

mkdir -p "$work"
if [ -n "${PYTHON:-}" ]; then
	python=$PYTHON
else
	python=$work/python/bin/python
	if begin python; then
		python3 -m venv "$work/python.making"
		"$work/python.making/bin/pip" install -q torch==2.15.0 numpy==2.4.6
		mv "$work/python.making" "$work/python"
	fi
fi

photograph 1 28000 "$part1" --held-out $held_out --held-out-seed $seed
photograph 2 24000 "$part2"
photograph 3 8000 "$part3"
if begin variants; then
	train --write-variants "$work/variants.making" --variants $variants
	mv "$work/variants.making" "$work/variants"
fi
teach stride --stem stride --width 64 --seed 1 &
other=$!
teach pool --stem pool --width 32 --seed 2
teach pool2 --stem pool --width 32 --seed 3
wait $other
begin default.onnx && train -v -o "$work/default.onnx" \
	--soft-labels "$work/soft-stride" --soft-labels "$work/soft-pool" \
	--soft-labels "$work/soft-pool2" --hidden 512,256 --activation relu --epochs 480 \
	--dropout 0 --weight-decay 0.1 --temperature 1.5 -j 2
cp "$work/default.onnx" lib/model/default.onnx
sha256sum lib/model/default.onnx
"$build/emnist" eval -m lib/model/default.onnx "$data/emnist-byclass-test-images-idx3-ubyte.gz"
