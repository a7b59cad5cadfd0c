#!/bin/sh
# teacher.sh - a convolutional teacher from lib/train/conv_teacher.py, and a network that learns what
# it says: over the files that both write, and with a teacher's training that was killed.
. cli/test/tap.inc

python=${PYTHON:-python3}
if [ -n "$SANITIZE" ]; then
	skip 'a convolutional teacher' "says nothing new with -fsanitize=$SANITIZE"
	finish
fi
if ! "$python" -c 'import numpy, torch' 2>/dev/null; then
	skip 'a convolutional teacher' 'no Python with numpy and torch; PYTHON can name one'
	finish
fi

# teacher COMMAND ARGUMENT...
teacher()
{
	"$python" lib/train/conv_teacher.py "$@" >"$TMP/stderr" 2>&1
}

data=testdata/idx/strokes-balanced-train
small='--batch 8 --width 4 --epochs 6 --stem pool'
"$EMNIST" train "$data" --write-variants "$TMP/variants" --variants 3 --validation 0.2 2>/dev/null
teacher train "$TMP/variants" "$TMP/whole.pt" $small &&
	grep -q '^epoch 6/6  loss [0-9.]*  validation [0-9.]* % (loss [0-9.]*)  [0-9]* s$' "$TMP/stderr"
report "a teacher is trained on what is written for it"

# Killed after an epoch or later, it goes on to the same answers.
"$python" lib/train/conv_teacher.py train "$TMP/variants" "$TMP/killed.pt" $small >"$TMP/stderr" 2>&1 &
pid=$!
n=0
while [ ! -e "$TMP/killed.pt.part" ] && [ ! -e "$TMP/killed.pt" ] && [ $n -lt 600 ]; do
	sleep 0.1
	n=$((n + 1))
done
kill -9 $pid
wait $pid 2>/dev/null
[ -e "$TMP/killed.pt" ] || teacher train "$TMP/variants" "$TMP/killed.pt" $small
teacher label "$TMP/variants" "$TMP/whole" "$TMP/whole.pt" &&
	teacher label "$TMP/variants" "$TMP/killed" "$TMP/killed.pt" &&
	cmp "$TMP/whole" "$TMP/killed"
report "a training that was killed goes on to the same teacher"

# 3 variants of 40 images, 47 classes, floats.
is "soft labels are an idx file of floats" "00000d0300000003000000280000002f 22576" \
	"$(head -c 16 "$TMP/whole" | od -An -tx1 | tr -d ' \n') $(wc -c <"$TMP/whole")"

# One whole variant of 7520 bytes, and a part of the next.
head -c 9000 "$TMP/whole" >"$TMP/partly.part"
teacher label "$TMP/variants" "$TMP/partly" "$TMP/whole.pt" && cmp "$TMP/whole" "$TMP/partly" &&
	[ "$(sed -n 's/  .*//p' "$TMP/stderr" | tr '\n' ' ')" = "variant 2/3 variant 3/3 " ]
report "labels that were interrupted go on after the last whole variant"
teacher label "$TMP/variants" "$TMP/both" "$TMP/whole.pt" "$TMP/killed.pt" &&
	cmp "$TMP/whole" "$TMP/both"
report "the mean of a teacher and itself is what it says alone"

# Two teachers that did not learn one half each, of the dataset and of the same again, are asked about
# that half, and both about images held out. What shows an image again is answered as that image is.
"$EMNIST" train "$data" "$data" --write-variants "$TMP/twice" --variants 2 --validation 0.2 2>/dev/null
folds_answer()
{
	for fold in 0 1; do
		teacher train "$TMP/twice" "$TMP/fold$fold.pt" $small --epochs 2 --fold $fold/2 \
			--sources 1,1 || return 1
	done
	teacher label "$TMP/twice" "$TMP/folds" "$TMP/fold0.pt" "$TMP/fold1.pt" --sources 1,1 || return 1
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=lib/train "$python" - "$TMP" <<-'END'
		import sys
		import numpy as np
		from conv_teacher import Convolutional, Variants, read_idx

		folder = sys.argv[1]
		variants = Variants(f"{folder}/twice")
		soft = read_idx(f"{folder}/folds", ">f4", 3)[1]
		teachers = [Convolutional(f"{folder}/fold{fold}.pt") for fold in range(2)]
		halves = variants.parts(2, [1, 1])
		assert halves[:40].tolist() == [0] * 20 + [1] * 20
		shown = variants.learned[variants.learned < 40]
		originals = shown[np.arange(40) * len(shown) // 40]
		assert halves[40:].tolist() == halves[originals].tolist()
		answers = [teacher.ask(variants.batch(1, np.arange(80))) for teacher in teachers]
		assert abs(answers[0] - answers[1]).max() > 1e-3
		assert (soft[40:] == soft[originals]).all()
		for image in range(40):
		    held_out = image in variants.held_out
		    right = sum(answers) / 2 if held_out else answers[halves[image]]
		    assert abs(soft[image] - right[image]).max() < 1e-5, image
	END
}
folds_answer 2>"$TMP/stderr"
report "teachers of folds are asked about what they did not learn"
teacher label "$TMP/twice" "$TMP/half" "$TMP/fold0.pt" --sources 1,1
is "a fold that is missing is told of" \
	"1 conv_teacher.py: some images were learned by all teachers; those of the other folds are missing" \
	"$? $(cat "$TMP/stderr")"
"$EMNIST" train "$data" -o "$TMP/student.onnx" --soft-labels "$TMP/whole" --validation 0.2 \
	--batch 32 --hidden 16 --epochs 3 2>"$TMP/stderr" && [ -s "$TMP/student.onnx" ]
report "a network learns what the teacher says"

# Of the first of two datasets, the mean of a file of labels, of what a teacher says, and of what `emnist classify`
# says, moved by the same for each image; of the second, the labels of the file.
"$EMNIST" model convert --force "$TMP/student.onnx" "$TMP/student.safetensors" >/dev/null
teacher label "$TMP/twice" "$TMP/first" "$TMP/whole.pt" && teacher label "$TMP/twice" "$TMP/second" "$TMP/fold0.pt" \
	"$TMP/fold1.pt" && teacher mix "$TMP/twice" "$TMP/mixed" "$TMP/second" \
	--specialists "$TMP/whole.pt" "$TMP/student.safetensors" --known 1 --sources 1,2
"$EMNIST" classify --preprocess raw --probabilities -f csv -m "$TMP/student.onnx" \
	"$TMP/twice/variant1-images-idx3-ubyte" >"$TMP/student.csv"
mixture_is_right()
{
	"$python" - "$TMP" <<-'END'
		import sys
		import numpy as np

		folder = sys.argv[1]

		def soft(name):
		    return np.fromfile(f"{folder}/{name}", ">f4", offset=16).reshape(2, 80, 47).astype(float)[1]

		def loss(answers):
		    return -np.log((answers * classes).sum(1)[weights == 0]).mean()

		said = np.loadtxt(f"{folder}/student.csv", delimiter=",", skiprows=1, usecols=range(4, 51))
		weights = np.fromfile(f"{folder}/twice/weights-idx1-float", ">f4", offset=8)[:40]
		classes = np.fromfile(f"{folder}/twice/classes-idx2-ubyte", np.uint8, offset=12).reshape(80, 47)[:40]
		mean = (soft("first") + soft("second"))[:40] / 3 + said[:40] / 3
		moved = np.log(soft("mixed")[:40] / mean)
		moved -= moved.mean(1, keepdims=True)
		assert abs(moved - moved[0]).max() < 1e-3
		assert loss(soft("mixed")[:40]) < loss(mean) - 0.01
		assert abs(soft("mixed")[40:] - soft("second")[40:]).max() < 1e-6
	END
}
mixture_is_right 2>"$TMP/stderr"
report "labels are mixed with what specialists say, and moved to the frequencies of what is held out"
finish
