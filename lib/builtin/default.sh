#!/bin/sh
# default.sh - `make default-model`: makes lib/builtin/default.onnx from that of version 0.1.0, and
# evaluates it.
#
# EMNIST_DATA is the folder that holds emnist/train/, emnist/*-test-* and foreign/. sources.sh makes the
# datasets of other people's characters. A convolutional teacher is trained in PyTorch on what
# `emnist train` would show a network. Starting from the first model, which six such teachers taught on
# EMNIST alone (see the script at that commit), `emnist train` learns what the new teacher says: of
# NIST's characters the mean of that and of what the first model says, and of photographs what is said of
# the characters that they show. The result is the mean of the weights before and after. Each step leaves
# its result in $BUILD/default-model (20 GB) and is not done again while that is there, and the long ones
# go on from where they were interrupted. PYTHON names a Python that has torch, numpy and Pillow; without
# it, one is set up there from PyPI. STEP=sources stops before the teacher, STEP=teachers before the
# network.
#
# The same machine and sources end at the same bytes; lib/builtin/default.txt says which bytes those of
# its commit should end at, and what they score. The kernels that OpenBLAS would choose by itself are
# used, whatever the environment says.
set -eu
. lib/builtin/sources.sh

teacher=lib/train/conv_teacher.py
first_commit=d6af1ad # the last that changed the model of 0.1.0
nist=1,2,3,4,8 # those of the lessons below that the first model knows
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
$work/photographs5          0.5  5
$work/photographs6          0.5  7
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
$work/pens5                 0.5  5
$work/pens6                 0.5  7
END
}

# column N: of the lines on standard input, with the separator $2 between them.
column()
{
	awk -v n="$1" -v separator="$2" '{ printf "%s%s", (NR > 1 ? separator : ""), $n }'
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
	train "$2" --write-variants "$work/$1.making" --variants 8
	mv "$work/$1.making" "$work/$1"
}

# The built-in model of version 0.1.0, as the model to start from and as a perceptron that teaches.
fetch_first()
{
	begin first.safetensors || return 0
	git show "$first_commit:lib/builtin/default.onnx" >"$work/first.onnx"
	"$emnist" model convert --force "$work/first.onnx" "$work/first.safetensors"
}

# teach NAME OPTION...: a convolutional teacher, on one thread.
teach()
{
	begin "$1.pt" || return 0
	name=$1
	shift
	"$python" $teacher train "$work/variants" "$work/$name.pt" --sources "$(list_lessons | column 3 ,)" "$@"
}

# ask NAME ARGUMENT...: what teachers say of the lessons.
ask()
{
	begin "$1" || return 0
	name=$1
	shift
	"$python" $teacher label "$work/lessons" "$work/$name" --sources "$(list_all | column 3 ,)" "$@"
}

# take_photographs: of parts 1, 2, 4, of letters whose case may be unknown, of pen strokes and fonts.
take_photographs()
{
	# shellcheck disable=SC2086
	photograph photographs1 28000 "$part1" -s 1 --most 3 $unseen
	photograph photographs2 24000 "$part2" -s 2 --most 3
	photograph photographs3 8000 "$work/case" -s 3 --most 3
	photograph photographs4 8000 "$part4" -s 7 --most 3
	photograph photographs5 24000 "$work/strokes.jsonl.gz" -s 8 --most 3 --zoom 1.3
	photograph photographs6 12000 "$work/fonts-drawn" -s 9 --most 3 --zoom 1.3
}

take_pens()
{
	# shellcheck disable=SC2086
	photograph pens1 28000 "$part1" -s 4 --most 1 --pens $unseen
	photograph pens2 24000 "$part2" -s 5 --most 1 --pens
	photograph pens3 8000 "$work/case" -s 6 --most 1 --pens
	photograph pens4 8000 "$part4" -s 10 --most 1 --pens
	photograph pens5 24000 "$work/strokes.jsonl.gz" -s 11 --most 1 --pens --zoom 1.3
	photograph pens6 12000 "$work/fonts-drawn" -s 12 --most 1 --pens --zoom 1.3
}

make_judges
make_lessons
fetch_first
unseen="--held-out $held_out --held-out-seed $seed"
take_photographs
[ "$step" = sources ] && exit 0

write variants list_lessons
teach stride --stem stride --width 32 --seed 1 --epochs 8 &
take_pens
write lessons list_all
wait
ask soft "$work/stride.pt" "$work/first.safetensors" --known $nist --threads 2
[ "$step" = teachers ] && exit 0

begin second.safetensors && train list_all -v -o "$work/second.safetensors" --init "$work/first.onnx" \
	--soft-labels "$work/soft" --epochs 24 --dropout 0 --weight-decay 0.02 --learning-rate 0.001 \
	--teacher-share 0.8 --temperature 1.5 -j 2
begin default.onnx && {
	"$python" $sources mean "$work/first.safetensors" "$work/second.safetensors" "$work/mean.safetensors"
	"$emnist" model convert --force "$work/mean.safetensors" "$work/default.onnx"
}
cp "$work/default.onnx" lib/builtin/default.onnx
sha256sum lib/builtin/default.onnx
"$emnist" eval -m lib/builtin/default.onnx "$data/emnist-byclass-test-images-idx3-ubyte.gz"
sh lib/bench/people.sh lib/builtin/default.onnx
