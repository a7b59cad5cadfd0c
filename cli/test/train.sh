#!/bin/sh
# train.sh - emnist train on the command line: what it writes, says and refuses, and that a run that
# is interrupted or killed goes on to the very same model.
#
# A run that is to be stopped prints its epochs into a FIFO that is read only until the signal is
# sent. 4,000 lines are more than a pipe holds, so it cannot end before, however fast the machine.
. cli/test/tap.inc

data=testdata/idx/strokes-balanced-train
test_data=testdata/idx/strokes-byclass-test

# A small network, quick to train; more options follow.
train()
{
	"$EMNIST" train "$data" --batch 32 --hidden 32,16 "$@" 2>"$TMP/stderr"
}

# refuses NAME MESSAGE ARGUMENT...: status 2, exactly this message, and nothing written.
refuses()
{
	refuses_name=$1 message=$2
	shift 2
	"$EMNIST" train "$@" >"$TMP/stdout" 2>"$TMP/stderr"
	is "$refuses_name" "2 emnist: $message" "$? $(cat "$TMP/stdout" "$TMP/stderr")"
	[ ! -e "$TMP/refused.onnx" ] || not_ok "$refuses_name: nothing is written"
}

# ------------------------------------------------------------------ a short run

train -o "$TMP/one.onnx" --epochs 2 -j1 >"$TMP/stdout" && [ ! -s "$TMP/stdout" ] &&
	[ "$(sed 's/loss [0-9]\.[0-9]\{4\}  [0-9]* s, [0-9]* s left$/loss/' "$TMP/stderr")" = "\
epoch 1/2  loss
epoch 2/2  loss" ]
report "a line an epoch on stderr, nothing on stdout"

train -o "$TMP/two.onnx" --epochs 2 -j2 && cmp "$TMP/one.onnx" "$TMP/two.onnx"
report "the model does not depend on -j"

train -o - --epochs 2 -q >"$TMP/piped.onnx" && [ ! -s "$TMP/stderr" ] &&
	cmp "$TMP/one.onnx" "$TMP/piped.onnx"
report "-o - writes the same model to stdout, -q says nothing"

: >"$TMP/target"
ln -s target "$TMP/link"
train -o "$TMP/link" --epochs 2 --no-checkpoint && [ -h "$TMP/link" ] &&
	cmp "$TMP/one.onnx" "$TMP/target"
report "a symbolic link stays, and what it leads to is replaced"

chmod 640 "$TMP/target"
train -o "$TMP/target" --epochs 2 && [ "$(stat -c %a "$TMP/target")" = 640 ]
report "a file that is replaced keeps its permissions"

train -o /dev/stdout --epochs 2 -q >"$TMP/target" && cmp "$TMP/one.onnx" "$TMP/target" &&
	[ ! -e /dev/stdout.checkpoint ]
report "/dev/stdout may lead to a file"

train -o "$TMP/seed.onnx" --epochs 2 --seed 2 && ! cmp -s "$TMP/one.onnx" "$TMP/seed.onnx"
report "another seed gives another model"

rm -f "$TMP/two.onnx" "$TMP/piped.onnx" "$TMP/seed.onnx" "$TMP/link" "$TMP/target"
is "no checkpoint and no temporary file is left" "one.onnx stderr stdout" \
	"$(ls "$TMP" | tr '\n' ' ' | sed 's/ $//')"

"$EMNIST" eval -m "$TMP/one.onnx" "$test_data" --format json >"$TMP/stdout" \
	2>"$TMP/stderr" && grep -q '"images":40,' "$TMP/stdout"
report "the model is read by eval"

train -o "$TMP/v.onnx" --epochs 1 -v --validation 0.1 --no-checkpoint &&
	head -n 1 "$TMP/stderr" | grep -qx "emnist: '$data': 40 images, 47 classes, idx" &&
	tail -n 1 "$TMP/stderr" |
	grep -q '^epoch 1/1  loss [0-9.]*  validation [0-9]*\.[0-9][0-9] % (loss [0-9.]*)  '
report "-v says what is trained on, --validation the accuracy"

train -o "$TMP/f.onnx" --epochs 2 --class-frequencies "$data-labels-idx1-ubyte" &&
	cmp "$TMP/one.onnx" "$TMP/f.onnx"
report "--class-frequencies of the dataset itself changes nothing"

printf '\000\000\010\001\000\000\000\003\001\001\002' >"$TMP/labels"
train -o "$TMP/f.onnx" --epochs 2 --class-frequencies "$TMP/labels" &&
	! cmp -s "$TMP/one.onnx" "$TMP/f.onnx"
report "--class-frequencies of other labels changes the model"

train -o "$TMP/f.onnx" --epochs 2 --weights 3 && cmp "$TMP/one.onnx" "$TMP/f.onnx"
report "--weights of one dataset changes nothing"
train -o "$TMP/f.onnx" --epochs 2 "$data" && train -o "$TMP/g.onnx" --epochs 2 --weights 1,.25 "$data" &&
	train -o "$TMP/h.onnx" --epochs 2 --weights 4,1 "$data" &&
	! cmp -s "$TMP/f.onnx" "$TMP/g.onnx" && cmp "$TMP/g.onnx" "$TMP/h.onnx"
report "--weights of two datasets changes the model, by their ratio"

train -o "$TMP/f.onnx" --epochs 1 && cp "$TMP/f.onnx" "$TMP/start.onnx" &&
	"$EMNIST" train --batch 32 --epochs 1 -o "$TMP/g.onnx" --init "$TMP/start.onnx" --learning-rate 1e-9 \
		"$test_data" 2>"$TMP/stderr" &&
	"$EMNIST" eval -m "$TMP/start.onnx" -f json "$data" | grep -o '"correct":[0-9]*' >"$TMP/stdout" &&
	"$EMNIST" eval -m "$TMP/g.onnx" -f json "$data" | grep -o '"correct":[0-9]*' | cmp - "$TMP/stdout"
report "--init goes on from a model, whose classes it keeps"
refuses "--init and other layers" "hidden layers and activation are those of the initial model" \
	"$data" --batch 32 -o "$TMP/refused.onnx" --init "$TMP/start.onnx" --hidden 32,16
refuses "--init from what is no model" "'$data-mapping.txt': not a model: neither ONNX, TensorFlow nor safetensors" \
	"$data" --batch 32 -o "$TMP/refused.onnx" --init "$data-mapping.txt"
refuses "--init where the model is to be" "--output: refusing to overwrite the input '$TMP/start.onnx'" \
	"$data" --batch 32 -o "$TMP/start.onnx" --init "$TMP/start.onnx"

# Some classes of a dataset: the model that the same images make alone. Twice, since a step takes 32.
"$EMNIST" dataset export --classes 0-9A-V "$data" "$TMP/part-images-idx3-ubyte" 2>"$TMP/stderr"
is '--classes: an export has no others' 32 "$(wc -l <"$TMP/part-mapping.txt")"
is '--classes: stats of it has a row for each' 32 \
	"$("$EMNIST" dataset stats "$TMP/part" | sed '1,/^label/d' | wc -l)"
"$EMNIST" train -q --batch 32 --hidden 16 --epochs 1 --no-checkpoint -o "$TMP/part.onnx" \
	"$TMP/part" "$TMP/part" 2>"$TMP/stderr" &&
	"$EMNIST" train -q --batch 32 --hidden 16 --epochs 1 --no-checkpoint -o "$TMP/chosen.onnx" \
		--classes 0-9A-V "$data" "$data" 2>"$TMP/stderr" &&
	cmp "$TMP/part.onnx" "$TMP/chosen.onnx" >"$TMP/stderr"
report '--classes: the model of these images alone'
refuses '--classes that are not there' "--classes: no class for 'é'" \
	-o "$TMP/refused.onnx" --classes é "$data"

"$EMNIST" train "$data" testdata/idx/strokes-letters -o "$TMP/sets.onnx" --batch 32 --epochs 1 \
	--hidden 8 --labels testdata/idx/strokes-byclass-mapping.txt 2>"$TMP/stderr" &&
	"$EMNIST" classify -m "$TMP/sets.onnx" -f csv --probabilities /dev/null 2>/dev/null |
	grep -q ',p_Z,p_a,p_b,'
report "several datasets, whose classes are sets, train the 62 classes of --labels"

# ------------------------------------------------------------- stopping, going on

n_long=4000
[ -z "$EMULATED" ] || n_long=300 # long enough in QEMU
long="--epochs $n_long --checkpoint-seconds 0.02"
mkfifo "$TMP/fifo"

# interrupt SIGNAL NAME: runs a long training to $TMP/NAME.onnx, sends SIGNAL when there is a
# checkpoint, and leaves its status in $status and its messages in $TMP/stderr. A shell starts
# what is in the background with SIGINT ignored, and whoever runs the tests may have ignored more;
# env undoes that.
interrupt()
{
	# shellcheck disable=SC2086
	env --default-signal=INT,TERM,HUP "$EMNIST" train "$data" --batch 32 --hidden 32,16 $long \
		-o "$TMP/$2.onnx" 2>"$TMP/fifo" &
	pid=$!
	{
		while read -r line && [ ! -e "$TMP/$2.onnx.checkpoint" ]; do :; done
		kill -s "$1" $pid
		echo "$line"
		cat
	} <"$TMP/fifo" >"$TMP/stderr"
	wait $pid
	status=$?
}

# goes_on NAME: the same command again ends in the same model as an uninterrupted run, having begun
# after its first epoch, and cleans up.
goes_on()
{
	# shellcheck disable=SC2086
	train $long -o "$TMP/$1.onnx" && ! grep -q '^epoch 1/' "$TMP/stderr" &&
		grep -q "^epoch $n_long/$n_long  " "$TMP/stderr" &&
		cmp "$TMP/whole.onnx" "$TMP/$1.onnx" &&
		[ ! -e "$TMP/$1.onnx.checkpoint" ] && [ -z "$(find "$TMP" -name '.emnist-*')" ]
}

# shellcheck disable=SC2086
train $long -o "$TMP/whole.onnx"
report "a long run"

for signal in INT:130 TERM:143 HUP:129; do
	name=${signal%:*}
	interrupt "$name" "$name"
	[ "$status" -eq "${signal#*:}" ] && [ ! -e "$TMP/$name.onnx" ] &&
		[ -e "$TMP/$name.onnx.checkpoint" ] &&
		tail -n 1 "$TMP/stderr" | grep -qx \
		"emnist: stopped at step [0-9]* of $n_long; run the same command again to resume"
	report "SIG$name: a checkpoint is written, and the run ends by the signal"
done

goes_on INT
report "after SIGINT the same command goes on to the same model"

interrupt KILL KILL
[ "$status" -eq 137 ] && [ -e "$TMP/KILL.onnx.checkpoint" ] && goes_on KILL
report "after SIGKILL the same command goes on to the same model"

refuses "a checkpoint of other options is refused" \
	"'$TMP/HUP.onnx.checkpoint': the checkpoint was made with other options or data; use --restart to start again" \
	"$data" --batch 32 --hidden 32,16 --epochs $((n_long - 1)) -o "$TMP/HUP.onnx"

"$EMNIST" train nowhere -o "$TMP/HUP.onnx" --restart 2>"$TMP/stderr"
[ $? -eq 2 ] && [ -e "$TMP/HUP.onnx.checkpoint" ]
report "--restart with a wrong dataset leaves the checkpoint alone"

train --epochs 2 --restart -o "$TMP/HUP.onnx" && grep -q '^epoch 1/2  ' "$TMP/stderr" &&
	cmp "$TMP/one.onnx" "$TMP/HUP.onnx" && [ ! -e "$TMP/HUP.onnx.checkpoint" ]
report "--restart begins anew"

# shellcheck disable=SC2086
(
	trap '' HUP
	exec "$EMNIST" train "$data" --batch 32 --hidden 32,16 $long -o "$TMP/nohup.onnx" \
		2>"$TMP/fifo"
) &
pid=$!
{
	read -r line
	kill -s HUP $pid
	echo "$line"
	cat
} <"$TMP/fifo" >"$TMP/stderr"
wait $pid && cmp "$TMP/whole.onnx" "$TMP/nohup.onnx"
report "a signal that was ignored from the start stays ignored"

# ----------------------------------------------------------- teachers elsewhere

"$EMNIST" train "$data" --write-variants "$TMP/variants" --variants 2 --seed 4 2>"$TMP/stderr" &&
	[ ! -s "$TMP/stderr" ] &&
	[ "$(cd "$TMP/variants" && echo *)" = "classes-idx2-ubyte sizes-idx1-int\
 variant0-images-idx3-ubyte variant1-images-idx3-ubyte weights-idx1-float" ] &&
	! cmp -s "$TMP/variants/variant0-images-idx3-ubyte" \
		"$TMP/variants/variant1-images-idx3-ubyte"
report "--write-variants writes what would be shown, and trains nothing"

# One variant of 40 images, 47 classes as likely as each other: 1/47 is 0x3cae4c41.
{
	printf '\000\000\015\003\000\000\000\001\000\000\000\050\000\000\000\057'
	awk 'BEGIN { for (i = 0; i < 1880; i++) printf "\\074\\256\\114\\101" }' | xargs -0 printf
} >"$TMP/soft"
train --soft-labels "$TMP/soft" -o "$TMP/soft.onnx" --epochs 2 &&
	train -o "$TMP/hard.onnx" --epochs 2 --variants 1 &&
	! cmp -s "$TMP/soft.onnx" "$TMP/hard.onnx"
report "--soft-labels are learned from"

# ---------------------------------------------------------------------- refusals

refuses "soft labels that are none" "'lib/fuzz/corpus/soft_labels/magic-of-bytes': not an idx file of soft labels: it begins with\
 0x00000803 instead of 0x00000d03" "$data" --batch 32 -o "$TMP/refused.onnx" \
	--soft-labels lib/fuzz/corpus/soft_labels/magic-of-bytes
refuses "variants into a folder that cannot be" \
	"'$TMP/none/variants': cannot make the folder: No such file or directory" "$data" \
	--write-variants "$TMP/none/variants"

refuses "no -o" "train: missing -o FILE; see 'emnist train --help'" "$data"
refuses "no dataset" "train: missing DATASET; see 'emnist train --help'" \
	-o "$TMP/refused.onnx"
refuses "a dataset that is not there" \
	"'nowhere': no such file, folder or dataset" \
	nowhere -o "$TMP/refused.onnx"
for widths in 3,x 0 ',' '12,' 65537 ''; do
	refuses "--hidden '$widths'" "--hidden: '$widths' is not a list of up to 64 widths from 1\
 to 65536, such as 512,256" "$data" -o "$TMP/refused.onnx" --hidden "$widths"
done
for weights in 1 1,2,3; do
	refuses "--weights '$weights' of two datasets" \
		"--weights: '$weights' is not one weight for each of 2 datasets" \
		"$data" "$data" -o "$TMP/refused.onnx" --weights "$weights"
done
for weight in x 0 -1 1001 ''; do
	refuses "--weights 1,$weight" "--weights: '$weight' is not a number from 0.001 to 1000" \
		"$data" "$data" -o "$TMP/refused.onnx" --weights "1,$weight"
done
refuses "--batch 48" "--batch: '48' is not a multiple of 32" "$data" -o "$TMP/refused.onnx" \
	--batch 48
refuses "fewer images than a step takes" "40 images to train on: fewer than the 256 of a step" \
	"$data" -o "$TMP/refused.onnx"
refuses "an output in a folder that is not there" \
	"'$TMP/none/a.onnx': cannot write there: No such file or directory" \
	"$data" -o "$TMP/none/a.onnx"
refuses "an output that is a directory" "'$TMP': cannot write there: Is a directory" \
	"$data" -o "$TMP"
refuses "an output without a name" "'': cannot write there: No such file or directory" "$data" -o ""
refuses "a checkpoint in a folder that is not there" \
	"'$TMP/none/c': cannot write there: No such file or directory" \
	"$data" -o "$TMP/refused.onnx" --checkpoint "$TMP/none/c"
refuses "a dataset that is cut short" "dataset 2: the file ends after 2 of 3 images" \
	testdata/idx/strokes-byclass-test testdata/idx/malformed/images-cut-images-idx3-ubyte \
	-o "$TMP/refused.onnx"
refuses "labels that are none of the classes" "'$test_data-labels-idx1-ubyte.gz': label 49 of\
 image 32 is not one of the 47 classes" "$data" -o "$TMP/refused.onnx" --batch 32 \
	--class-frequencies "$test_data-labels-idx1-ubyte.gz"
printf 'not a checkpoint' >"$TMP/junk"
refuses "a checkpoint that is none" "'$TMP/junk': not a usable checkpoint: it is cut short" \
	"$data" --batch 32 -o "$TMP/refused.onnx" --checkpoint "$TMP/junk"
refuses "a checkpoint that is none, and would be removed" \
	"'$TMP/junk': not a checkpoint; --restart does not remove it" \
	"$data" --batch 32 -o "$TMP/refused.onnx" --checkpoint "$TMP/junk" --restart
is "it is there yet" 'not a checkpoint' "$(cat "$TMP/junk")"

mkfifo "$TMP/waiting"
refuses "a checkpoint that would be waited for" "'$TMP/waiting': a checkpoint must be a regular file" \
	"$data" --batch 32 -o "$TMP/refused.onnx" --checkpoint "$TMP/waiting"
for checkpoint in "$TMP/refused.onnx" "$TMP/../${TMP##*/}/refused.onnx"; do
	refuses "a checkpoint where the model is to be: $checkpoint" \
		"--checkpoint: '$checkpoint' is where --output goes" \
		"$data" --batch 32 -o "$TMP/refused.onnx" --checkpoint "$checkpoint"
done
: >"$TMP/kept.onnx"
ln -s kept.onnx "$TMP/to_kept"
refuses "a checkpoint that is a link to the model" \
	"--checkpoint: '$TMP/to_kept' is where --output goes" \
	"$data" --batch 32 -o "$TMP/kept.onnx" --checkpoint "$TMP/to_kept" --restart
check "--restart does not remove the model's file" [ -e "$TMP/kept.onnx" ]

mkdir "$TMP/readonly" && chmod 555 "$TMP/readonly"
if [ -w "$TMP/readonly" ]; then
	skip "a folder without write permission" "the superuser may write anywhere"
else
	refuses "a folder without write permission" \
		"'$TMP/readonly/a.onnx': cannot write there: Permission denied" \
		"$data" -o "$TMP/readonly/a.onnx"
fi

finish
