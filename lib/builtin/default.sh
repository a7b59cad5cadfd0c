#!/bin/sh
# default.sh - `make default-model`: makes lib/builtin/default.onnx from nothing, and evaluates it.
#
# EMNIST_DATA is the folder that holds emnist/train/, emnist/*-test-* and foreign/. sources.sh makes the
# datasets of other people's characters. Six convolutional teachers are trained in PyTorch, on what
# `emnist train` would show a network: two on all images, and four on three quarters each, which are
# asked about the fourth alone, and not about photographs but what they show. `emnist train` learns what
# both kinds say. Each step leaves its result in $BUILD/default-model (20 GB) and is not done again while
# that is there, and the long ones go on from where they were interrupted. PYTHON names a Python that has
# torch, numpy and Pillow; without it, one is set up there from PyPI. STEP=sources stops before the
# first teacher, STEP=teachers before the network.
#
# The same machine and sources end at the same bytes; lib/builtin/default.txt says which bytes those of
# its commit should end at, and what they score. The kernels that OpenBLAS would choose by itself are
# used, whatever the environment says.
set -eu
. lib/builtin/sources.sh

teacher=lib/train/conv_teacher.py
variants=16
step=${STEP:-network}

# What teachers and network learn: name, weight of an image, and which of them it shows again or its own
# number. Pen strokes are drawn anew in each variant.
list_lessons()
{
	cat <<END
$part1                      1    1
$part2                      1    2
$work/case                  1    3
$part4                      1    4
$work/strokes.jsonl.gz      0.3  5
$work/foreign               1    6
$work/fonts-drawn           0.3  7
$work/originals-drawn       0.3  8
$work/photographs1          1    1
$work/photographs2          1    2
$work/photographs3          1    3
$work/photographs4          1    4
$work/photographs5          0.3  5
$work/photographs6          0.3  7
END
}

# What the network learns besides: photographs with other pens.
list_pens()
{
	cat <<END
$work/pens1                 1    1
$work/pens2                 1    2
$work/pens3                 1    3
$work/pens4                 1    4
$work/pens5                 0.3  5
$work/pens6                 0.3  7
END
}

# column N: of the lines on standard input, with the separator $2 between them.
column()
{
	awk -v n="$1" -v separator="$2" '{ printf "%s%s", NR > 1 ? separator : "", $n }'
}

# train LIST OPTION...: emnist train on the datasets of a list.
train()
{
	list=$1
	shift
	# shellcheck disable=SC2046
	"$emnist" train --seed $seed --validation $held_out --elastic 0.5 --anneal 0.25 --labels "$mapping" \
		--class-frequencies "$frequencies" \
		--weights "$($list | column 2 ,)" "$@" $($list | column 1 ' ')
}

list_all()
{
	list_lessons
	list_pens
}

# write NAME LIST: what the datasets of a list show a network, as NAME.
write()
{
	begin "$1" || return 0
	train "$2" --write-variants "$work/$1.making" --variants $variants
	mv "$work/$1.making" "$work/$1"
}

# teach NAME OPTION...: a convolutional teacher, on one thread.
teach()
{
	begin "$1.pt" || return 0
	name=$1
	shift
	"$python" $teacher train "$work/variants" "$work/$name.pt" --sources "$(list_lessons | column 3 ,)" "$@"
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

make_judges
make_lessons
first="--held-out $held_out --held-out-seed $seed"
# shellcheck disable=SC2086
{
	photograph photographs1 28000 "$part1" -s 1 --most 3 $first
	photograph pens1 28000 "$part1" -s 4 --most 1 --pens $first
}
photograph photographs2 24000 "$part2" -s 2 --most 3
photograph photographs3 8000 "$work/case" -s 3 --most 3
photograph photographs4 8000 "$part4" -s 7 --most 3
photograph photographs5 40000 "$work/strokes.jsonl.gz" -s 8 --most 3 --zoom 1.3
photograph photographs6 20000 "$work/fonts-drawn" -s 9 --most 3 --zoom 1.3
photograph pens2 24000 "$part2" -s 5 --most 1 --pens
photograph pens3 8000 "$work/case" -s 6 --most 1 --pens
photograph pens4 8000 "$part4" -s 10 --most 1 --pens
photograph pens5 40000 "$work/strokes.jsonl.gz" -s 11 --most 1 --pens --zoom 1.3
photograph pens6 20000 "$work/fonts-drawn" -s 12 --most 1 --pens --zoom 1.3
[ "$step" = sources ] && exit 0

write variants list_lessons
write lessons list_all
(
	teach stride --stem stride --width 64 --seed 1 --epochs $variants
	ask soft-stride "$work/stride.pt"
	teach_fold 0
	teach_fold 1
) &
other=$!
teach pool --stem pool --width 32 --seed 2 --epochs $variants
ask soft-pool "$work/pool.pt"
teach_fold 2
teach_fold 3
wait $other
ask soft-folds "$work/fold0.pt" "$work/fold1.pt" "$work/fold2.pt" "$work/fold3.pt" \
	--sources "$(list_all | column 3 ,)"
[ "$step" = teachers ] && exit 0

begin default.onnx && train list_all -v -o "$work/default.onnx" --soft-labels "$work/soft-stride" \
	--soft-labels "$work/soft-pool" --soft-labels "$work/soft-folds" --hidden 512,256 \
	--activation relu --epochs 1200 --dropout 0 --weight-decay 0.1 --freeze-norm 0.15 \
	--teacher-share 1 --temperature 1.5 -j 2
cp "$work/default.onnx" lib/builtin/default.onnx
sha256sum lib/builtin/default.onnx
"$emnist" eval -m lib/builtin/default.onnx "$data/emnist-byclass-test-images-idx3-ubyte.gz"
sh lib/bench/people.sh lib/builtin/default.onnx
