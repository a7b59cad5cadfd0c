#!/bin/sh
# default.sh - `make default-model`: makes lib/builtin/default.onnx from nothing, and evaluates it.
#
# EMNIST_DATA is the folder that holds emnist/train/ and emnist/*-test-*. Six convolutional teachers are
# trained in PyTorch, on what `emnist train` would show a network: two on all images, and four on three
# quarters each, which are asked about the fourth alone, and not about photographs but what they show.
# `emnist train` learns what both kinds say. Each step leaves its result in $BUILD/default-model (10 GB)
# and is not done again while that is there, and the long ones go on from where they were interrupted.
# PYTHON names a Python that has torch and numpy; without it, one is set up there from PyPI.
#
# The same machine and sources end at the same bytes; lib/builtin/default.txt says which bytes those of
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

# train ARGUMENT...: emnist train, on the parts, their photographs, and datasets among the arguments.
train()
{
	"$emnist" train --seed $seed --validation $held_out --elastic 0.5 --anneal 0.25 \
		--class-frequencies "$data/emnist-byclass-train-labels-idx1-ubyte.gz" \
		"$part1" "$part2" "$part3" "$work/photographs1" "$work/photographs2" \
		"$work/photographs3" "$@"
}

# train_lessons ARGUMENT...: the same, and on photographs of other pens.
train_lessons()
{
	train "$work/photographs4" "$work/photographs5" "$work/photographs6" "$@"
}

# photograph I N PART [OPTION]...: N photographs of PART, normalized, as the dataset photographsI.
photograph()
{
	begin "photographs$1-mapping.txt" || return 0
	i=$1 n=$2 part=$3
	shift 3
	"$build/bench/export_photographs" -n "$n" -s "$i" "$@" "$part" "$work/making"
	for ending in images-idx3-ubyte labels-idx1-ubyte mapping.txt; do
		mv "$work/making-$ending" "$work/photographs$i-$ending"
	done
}

# write NAME COMMAND [ARGUMENT]...: what COMMAND shows a network, as NAME.
write()
{
	begin "$1" || return 0
	"$2" --write-variants "$work/$1.making" --variants $variants
	mv "$work/$1.making" "$work/$1"
}

# teach NAME OPTION...: a convolutional teacher, on one thread.
teach()
{
	begin "$1.pt" || return 0
	name=$1
	shift
	"$python" $teacher train "$work/variants" "$work/$name.pt" --sources 1,2,3,1,2,3 "$@"
}

# teach_fold I: one that does not learn part I of 4.
teach_fold()
{
	teach "fold$1" --stem pool --width 32 --seed "1$1" --epochs 9 --fold "$1/4"
}

# ask NAME ARGUMENT...: what teachers say of the lessons.
ask()
{
	begin "$1" || return 0
	name=$1
	shift
	"$python" $teacher label "$work/lessons" "$work/$name" "$@"
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

photograph 1 28000 "$part1" --most 3 --held-out $held_out --held-out-seed $seed
photograph 2 24000 "$part2" --most 3
photograph 3 8000 "$part3" --most 3
photograph 4 28000 "$part1" --most 1 --pens --held-out $held_out --held-out-seed $seed
photograph 5 24000 "$part2" --most 1 --pens
photograph 6 8000 "$part3" --most 1 --pens
write variants train
write lessons train_lessons
(
	teach stride --stem stride --width 64 --seed 1 --epochs $variants
	ask soft-stride "$work/stride.pt"
	teach_fold 0
) &
other=$!
teach pool --stem pool --width 32 --seed 2 --epochs $variants
ask soft-pool "$work/pool.pt"
teach_fold 1
teach_fold 2
teach_fold 3
wait $other
ask soft-folds "$work/fold0.pt" "$work/fold1.pt" "$work/fold2.pt" "$work/fold3.pt" \
	--sources 1,2,3,1,2,3,1,2,3
begin default.onnx && train_lessons -v -o "$work/default.onnx" --soft-labels "$work/soft-stride" \
	--soft-labels "$work/soft-pool" --soft-labels "$work/soft-folds" --hidden 512,256 \
	--activation relu --epochs 1200 --dropout 0 --weight-decay 0.1 --freeze-norm 0.15 \
	--teacher-share 1 --temperature 1.5 -j 2
cp "$work/default.onnx" lib/builtin/default.onnx
sha256sum lib/builtin/default.onnx
"$build/emnist" eval -m lib/builtin/default.onnx "$data/emnist-byclass-test-images-idx3-ubyte.gz"
