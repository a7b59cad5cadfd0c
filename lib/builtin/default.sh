#!/bin/sh
# default.sh - `make default-model`: makes lib/builtin/default.onnx from that of version 0.1.0, and
# evaluates it.
#
# EMNIST_DATA is the folder that holds emnist/train/, emnist/*-test-* and foreign/. sources.sh makes the
# datasets of other people's characters. Two convolutional teachers are trained in PyTorch on what
# `emnist train` would show a network: one on all characters, one on NIST's. Starting from the first
# model, which six such teachers taught on EMNIST alone (see the script at that commit), `emnist train`
# learns what the first teacher says; of NIST's characters together with what the second and the first
# model say; of photographs and linked letters what is said of the characters that they show. Each step
# leaves its result in $BUILD/default-model (14 GB) and is not done again while that is there, and the long
# ones go on from where they were interrupted. PYTHON names a Python that has torch, numpy and Pillow;
# without it, one is set up there from PyPI. STEP=sources stops before the teachers, STEP=teachers before
# the network.
#
# The same machine and sources end at the same bytes; lib/builtin/default.txt says which bytes those of
# its commit should end at, and what they score. The kernels that OpenBLAS would choose by itself are
# used, whatever the environment says.
set -eu
. lib/builtin/sources.sh

teacher=lib/train/conv_teacher.py
first_commit=d6af1ad # the last that changed the model of 0.1.0
nist=1,2,3,4,8 # those of the lessons below whose images are NIST's
step=${STEP:-network}

# What teachers and network learn: name, weights of an image in the three stages of the network, of which
# teachers have the first, and which of these it shows again or its own number. Pen strokes are drawn
# anew in each variant. The first stage learns other people's characters; then their weights fall, which
# costs little there, and gains more on EMNIST. The result is the mean of the last two stages.
list_lessons()
{
	cat <<END
$part1                   1     1     1     1
$part2                   1     1     1     2
$work/case               1     1     1     3
$part4                   1     1     1     4
$work/strokes.jsonl.gz   0.5   0.2   0.1   5
$work/foreign            1     0.7   0.5   6
$work/fonts-drawn        0.3   0.15  0.08  7
$work/originals-drawn    0.3   0.3   0.3   8
END
}

# What the network learns besides: pen strokes whose small letters are linked, and photographs, some with
# other pens.
list_pictures()
{
	cat <<END
$work/linked.jsonl.gz    0.3   0.15  0.08  5
$work/photographs1       0.7   0.5   0.4   1
$work/photographs2       0.7   0.5   0.4   2
$work/photographs3       0.7   0.5   0.4   3
$work/photographs4       0.7   0.5   0.4   4
$work/photographs5       0.5   0.2   0.1   5
$work/photographs6       0.5   0.2   0.1   7
$work/photographs7       0.5   0.2   0.1   5
$work/pens1              0.7   0.5   0.4   1
$work/pens2              0.7   0.5   0.4   2
$work/pens5              0.5   0.2   0.1   5
END
}

# column N: of the lines on standard input, with the separator $2 between them.
column()
{
	awk -v n="$1" -v separator="$2" '{ printf "%s%s", (NR > 1 ? separator : ""), $n }'
}

# train LIST STAGE OPTION...: emnist train on the datasets of a list.
train()
{
	list=$1 stage=$2
	shift 2
	# shellcheck disable=SC2046
	"$emnist" train --seed $seed --validation $held_out --elastic 0.5 --anneal 0.25 --labels "$mapping" \
		--class-frequencies "$frequencies" \
		--weights "$($list | column $((stage + 1)) ,)" "$@" $($list | column 1 ' ')
}

list_all()
{
	list_lessons
	list_pictures
}

# Those of the lessons whose images are NIST's.
list_nist()
{
	list_lessons | sed -n "$(echo $nist | sed 's/,/p;/g')p"
}

# write NAME LIST N: what the datasets of a list show a network, in N variants, as NAME.
write()
{
	begin "$1" || return 0
	train "$2" 1 --write-variants "$work/$1.making" --variants "$3"
	mv "$work/$1.making" "$work/$1"
}

# The built-in model of version 0.1.0, as the model to start from and as a teacher of NIST's characters.
fetch_first()
{
	begin first.safetensors || return 0
	git show "$first_commit:lib/builtin/default.onnx" >"$work/first.onnx"
	"$emnist" model convert --force "$work/first.onnx" "$work/first.safetensors"
}

# teach NAME VARIANTS OPTION...: a convolutional teacher, on one thread.
teach()
{
	begin "$1.pt" || return 0
	name=$1 variants=$2
	shift 2
	"$python" $teacher train "$work/$variants" "$work/$name.pt" --stem pool --width 32 "$@"
}

# What the teacher of all characters says of the lessons.
ask()
{
	begin soft-all || return 0
	"$python" $teacher label "$work/lessons" "$work/soft-all" "$work/all.pt" \
		--sources "$(list_all | column 5 ,)" --threads 2
}

# The same, and of NIST's characters what the teachers of these and the first model say besides.
mix()
{
	begin soft || return 0
	"$python" $teacher mix "$work/lessons" "$work/soft" "$work/soft-all" \
		--specialists "$work/nist.pt" "$work/first.safetensors" --known $nist \
		--sources "$(list_all | column 5 ,)" --threads 2
}

# learn MODEL NAME STAGE EPOCHS RATE: trains on from a model.
learn()
{
	begin "$2.safetensors" || return 0
	train list_all "$3" -v -o "$work/$2.safetensors" --init "$work/$1.safetensors" --soft-labels "$work/soft" \
		--epochs "$4" --learning-rate "$5" --dropout 0 --weight-decay 0.02 --teacher-share 0.8 --temperature 1.5 \
		-j 2
}

# take_photographs: of parts 1, 2, 4, of letters whose case may be unknown, of pen strokes, fonts and
# linked letters.
take_photographs()
{
	# shellcheck disable=SC2086
	photograph photographs1 8000 "$part1" -s 1 --most 3 $unseen
	photograph photographs2 8000 "$part2" -s 2 --most 3
	photograph photographs3 4000 "$work/case" -s 3 --most 3
	photograph photographs4 4000 "$part4" -s 7 --most 3
	photograph photographs5 12000 "$work/strokes.jsonl.gz" -s 8 --most 3 --zoom 1.3
	photograph photographs6 6000 "$work/fonts-drawn" -s 9 --most 3 --zoom 1.3
	photograph photographs7 6000 "$work/linked.jsonl.gz" -s 12 --most 3 --zoom 1.3
	# shellcheck disable=SC2086
	photograph pens1 6000 "$part1" -s 4 --most 1 --pens $unseen
	photograph pens2 6000 "$part2" -s 5 --most 1 --pens
	photograph pens5 6000 "$work/strokes.jsonl.gz" -s 11 --most 1 --pens --zoom 1.3
}

make_judges
make_lessons
fetch_first
unseen="--held-out $held_out --held-out-seed $seed"
take_photographs
[ "$step" = sources ] && exit 0

write variants list_lessons 12
write nist-variants list_nist 24
write lessons list_all 12
teach all variants --seed 2 --epochs 16 &
teach nist nist-variants --seed 3 --epochs 24
wait
ask
mix
[ "$step" = teachers ] && exit 0

learn first second 1 80 0.001
learn second third 2 24 0.0007
learn third fourth 3 30 0.0007
"$python" $sources mean "$work/third.safetensors" "$work/fourth.safetensors" "$work/mean.safetensors"
"$emnist" model convert --force "$work/mean.safetensors" lib/builtin/default.onnx
sha256sum lib/builtin/default.onnx
"$emnist" eval -m lib/builtin/default.onnx "$data/emnist-byclass-test-images-idx3-ubyte.gz"
sh lib/bench/people.sh lib/builtin/default.onnx
