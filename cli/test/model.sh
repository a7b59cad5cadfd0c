#!/bin/sh
# model.sh - emnist model: what show prints, and what convert writes, refuses and leaves behind.
. cli/test/tap.inc

models=$PWD/testdata/models
cd "$TMP" || exit 1

# digits TEXT: the number behind "TEXT": in what show -f json printed.
digits()
{
	sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" shown
}

# fails NAME MESSAGE COMMAND...: with status 2 and this one line on stderr, and nothing on stdout.
fails()
{
	fails_name=$1
	fails_message=$2
	shift 2
	"$@" >printed 2>stderr </dev/null
	is "$fails_name" "2 emnist: $fails_message" "$? $(cat printed stderr)"
}

# ------------------------------------------------------------------------ show

"$EMNIST" model show -f json >shown 2>stderr
report 'the built-in model is shown'
is 'its path is null' '{"model":null,"format":"onnx"' "$(cut -d, -f1,2 shown)"
is 'its numbers are those of its layers' "549182 $((549182 * 4)) $((2 * (784 * 512 + 512 * 256 + 256 * 62)))" \
	"$(digits parameters) $(digits parameter_bytes) $(
		sed -n 's/.*"parameter_bytes":[0-9]*,"flops":\([0-9]*\),.*/\1/p' shown)"
"$EMNIST" model convert --to onnx - >copy.onnx 2>stderr
report 'it is written to standard output'
"$EMNIST" model show -f json copy.onnx >shown
is 'size and digest are those of the file' "$(wc -c <copy.onnx) $(sha256sum <copy.onnx | cut -d' ' -f1)" \
	"$(sed -n 's/.*"files":\[{"name":null,"bytes":\([0-9]*\),"sha256":"\([0-9a-f]*\)"}\].*/\1 \2/p' shown)"
if command -v python3 >/dev/null; then
	for model in "$models"/*.onnx; do
		"$EMNIST" model show -f json "$model" || echo "{$model"
	done >all 2>stderr
	python3 -c 'import json, sys; [json.loads(line) for line in open("all", encoding="utf-8")]' 2>stderr
	report 'what is shown of every model is JSON'
else
	skip 'what is shown of every model is JSON' 'no python3'
fi
"$EMNIST" model show "$models/dynamo_elu.onnx" >shown
cat >wanted <<END
model           $models/dynamo_elu.onnx
format          onnx
file            1,369 bytes, SHA-256 eabdca29f5fd4615274d61a82d98c33aae330f7d64983df93152b82e7c0ea812
network         6-5-4-10, softmax
parameters      109 (436 bytes)
work            180 FLOPs an image
classes         10: 0123456789
preprocessing   auto

layer   inputs  outputs  activation                   weights   biases         FLOPs
    1        6        5  elu (0.7)                         30        5            60
    2        5        4  elu (0.7)                         20        4            40
    3        4       10  identity                          40       10            80

The file says:
  producer               pytorch
  producer_version       2.15.0+cu132
  ir_version             10
  opset                  18
  graph                  main_graph
  operators              5
  input   input                float32 (N, 6)
  output  linear_2             float32 (N, 10)
END
check 'a model is shown as text' diff wanted shown
# A file may say things several times; protobuf joins what is appended.
{ cat "$models/plain.onnx" && printf 'r\006\n\001k\022\001ar\006\n\001k\022\001"'; } >twice.onnx
is 'what is said several times is an array' '"metadata k":["a","\""]}' \
	"$("$EMNIST" model show -f json twice.onnx | sed 's/.*\("metadata k[^}]*}\).*/\1/')"
is "a classifier's labels are those that its graph names" \
	'classes         5: 5ACbé classes         2: OQ' \
	"$("$EMNIST" model show "$models/graphs/sklearn_text_map.onnx" | grep classes) $(
		"$EMNIST" model show "$models/graphs/sklearn_two_columns.onnx" | grep classes)"
fails 'labels that say no characters are asked for' "'$models/graphs/text_of_words.onnx': \
the class labels of the model are not characters, such as 'cat': a mapping file is needed" \
	"$EMNIST" model show "$models/graphs/text_of_words.onnx"
# What was done to pixels outside of the graph goes into the weights, and is said.
scaled=$models/graphs/outside_unit.onnx
is 'nothing is said of an input that is not scaled' '' "$("$EMNIST" model show "$scaled" | grep 'input scaling')"
is 'what the graph shows is said' 'input scaling   (255 x - 0) / 1' \
	"$("$EMNIST" model show "$models/graphs/uint8_over_255.onnx" | grep 'input scaling')"
"$EMNIST" model convert --force --input-scale 255 --input-mean 33.3 --input-std 78.6 "$scaled" scaled.onnx &&
	"$EMNIST" model convert scaled.onnx scaled_again.safetensors
is 'a scaling that was given is said of what is written' 'input scaling   (255 x - 33.3) / 78.6 255,33.3,78.6' \
	"$("$EMNIST" model show scaled_again.safetensors | grep 'input scaling') $(
		"$EMNIST" model show -f json scaled.onnx |
			sed 's/.*"input_scale":\(.*\),"input_mean":\(.*\),"input_std":\([0-9.]*\).*/\1,\2,\3/')"
fails 'a scale of 0' '--input-scale: 0 would make all images the same' \
	"$EMNIST" model show --input-scale 0 "$scaled"
sample=$models/../samples/digit-2-scan.png
"$EMNIST" model convert --force --input-scale 255 copy.onnx copy255.onnx
is 'it is the same before and after' "$("$EMNIST" classify --input-scale 255 -m copy.onnx "$sample")" \
	"$("$EMNIST" classify -m copy255.onnx "$sample")"
# A model that comes through standard input.
is 'classify reads a model from standard input' "$("$EMNIST" classify "$sample")" \
	"$("$EMNIST" classify -m - "$sample" <copy.onnx)"
is 'eval does' "$("$EMNIST" eval "$models/../idx/strokes-byclass-test" | grep accuracy)" \
	"$("$EMNIST" eval -m - "$models/../idx/strokes-byclass-test" <copy.onnx | grep accuracy)"
if [ -n "$EMULATED" ]; then
	skip 'bench does' 'its least takes minutes in QEMU'
else
	"$EMNIST" bench -m - --only network --seconds 0.1 <copy.onnx >printed 2>stderr
	report 'bench does'
fi
fails 'eval reads standard input once' \
	'standard input can be only one of --model, --compare, --indices and DATASET' \
	"$EMNIST" eval -m - --compare - "$models/../idx/strokes-byclass-test"
"$EMNIST" model show -m copy.onnx | tail -n +2 >by_option
"$EMNIST" model show copy.onnx | tail -n +2 >by_operand
check '-m and an operand are the same' cmp by_option by_operand
"$EMNIST" model show -o shown.txt copy.onnx && tail -n +2 shown.txt | cmp - by_operand
report 'it is written to a file'
"$EMNIST" model convert copy.onnx - --to safetensors | "$EMNIST" model convert - - --to onnx |
	cmp - copy.onnx
report 'models go through pipes'
fails 'one model at a time' "one model at a time; see 'emnist model show --help'" \
	"$EMNIST" model show copy.onnx copy.onnx
fails 'what is no model' "'/dev/null': not a model: the file is empty" \
	"$EMNIST" model show /dev/null
fails 'what is not there' "'gone': No such file or directory" "$EMNIST" model show gone
"$EMNIST" model show >/dev/full 2>stderr
is 'a full disk is noticed' "2 emnist: standard output: No space left on device" "$? $(cat stderr)"

# --------------------------------------------------------------------- convert

for name in model.onnx model.pb model.safetensors saved slashed/; do
	"$EMNIST" model convert copy.onnx "$name" 2>stderr
	report "$name is written"
done
# The first field of each, and what stands behind the length of safetensors' header.
is 'each in its form' ' 08 08 0a 7b' "$(for name in model.onnx saved/saved_model.pb model.pb; do
	head -c 1 "$name" | od -An -tx1 | tr -d '\n'
done)$(tail -c +9 model.safetensors | head -c 1 | od -An -tx1)"
check 'a slash at the end makes no difference' cmp saved/saved_model.pb slashed/saved_model.pb
check 'ONNX goes through unchanged' cmp copy.onnx model.onnx
is 'a SavedModel is one file' 'saved_model.pb' "$(ls -A saved)"
for opset in 7 25; do
	"$EMNIST" model convert --opset $opset --batch 4 copy.onnx opset$opset.onnx 2>stderr &&
		"$EMNIST" model show -f json opset$opset.onnx >shown
	is "opset $opset, a batch of 4" "$opset 4 4" "$(digits opset) $(
		sed -n 's/.*"inputs":\[{"name":"images","type":"float32","shape":\[\([0-9]*\),784\]}\],"outputs":\[{"name":"probabilities","type":"float32","shape":\[\([0-9]*\),62\]}\].*/\1 \2/p' shown)"
done
"$EMNIST" model convert --input-name input.1 --output-name out/scores --logits copy.onnx named.onnx
is 'names are given, and a softmax is left out' \
	'  operators              5,  input   input.1              float32 (N, 784),  output  out/scores           float32 (N, 62),' \
	"$("$EMNIST" model show named.onnx | tail -n 3 | tr '\n' ',')"
for digit in 9 8 7 6 5 4 3 2 1 0; do
	echo "$((9 - digit)) $((48 + digit))"
done >reversed.txt
"$EMNIST" model convert --labels reversed.txt "$models/plain.onnx" relabeled.onnx
is 'labels become those of the model' 'classes         10: 9876543210' \
	"$("$EMNIST" model show relabeled.onnx | grep '^classes')"

# A state_dict as PyTorch alone writes it: weights and nothing else.
plain_weights()
{
	header='{"0.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"0.bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},"2.weight":{"dtype":"F32","shape":[10,2],"data_offsets":[32,112]},"2.bias":{"dtype":"F32","shape":[10],"data_offsets":[112,152]}}'
	printf "\\$(printf %o ${#header})"'\000\000\000\000\000\000\000%s' "$header"
	head -c 152 /dev/zero
}
plain_weights >plain.safetensors
"$EMNIST" model convert plain.safetensors guessed.onnx 2>stderr
is 'what a file does not say is guessed aloud' \
	"0 emnist: 'plain.safetensors': no activations are recorded: assuming relu; use --activation for another" \
	"$? $(cat stderr)"
"$EMNIST" model convert --activation tanh plain.safetensors told.onnx 2>stderr
is 'or told' '0 tanh ' "$? $("$EMNIST" model show told.onnx | awk '$1 == 1 { print $4 }') $(cat stderr)"

# From one form to the next, and back: to the byte what was there.
round=0
for model in "$models"/*.onnx; do
	"$EMNIST" model convert --force "$model" first.onnx &&
		"$EMNIST" model convert --force first.onnx second &&
		"$EMNIST" model convert --force second third.safetensors &&
		"$EMNIST" model convert --force third.safetensors fourth.pb &&
		"$EMNIST" model convert --force fourth.pb fifth.onnx &&
		cmp first.onnx fifth.onnx && round=$((round + 1)) || echo "$model"
done >differ 2>&1
is 'every model keeps every bit through all forms' "$(find "$models" -maxdepth 1 -name '*.onnx' | wc -l)" \
	"$round$(cat differ)"
"$EMNIST" model show -f json saved >shown
is 'a SavedModel is shown with its signatures' \
	'"signatures":[{"name":"predict_images","method":"tensorflow/serving/predict","inputs":[{"key":"images","name":"images:0","type":"float32","shape":[-1,784]}],"outputs":[{"key":"scores","name":"scores:0","type":"float32","shape":[-1,62]}]},{"name":"serving_default","method":"tensorflow/serving/predict","inputs":[{"key":"images","name":"images:0","type":"float32","shape":[-1,784]}],"outputs":[{"key":"scores","name":"scores:0","type":"float32","shape":[-1,62]}]}]}' \
	"$(sed 's/.*"signatures"/"signatures"/' shown)"

# Nothing is lost by a slip.
cp copy.onnx here.onnx
fails 'a file that is there stays' "'here.onnx': already exists; use --force to replace it" \
	"$EMNIST" model convert "$models/plain.onnx" here.onnx
check 'as it was' cmp copy.onnx here.onnx
fails 'a SavedModel that is there stays' "'saved': already exists; use --force to replace it" \
	"$EMNIST" model convert "$models/plain.onnx" saved
mkdir saved/variables
touch saved/variables/variables.index
"$EMNIST" model convert --force "$models/plain.onnx" saved 2>stderr
report 'it is replaced where that is asked for'
is 'with all that is in it' 'saved_model.pb' "$(ls -A saved)"
check 'by another' [ "$(wc -c <saved/saved_model.pb)" -lt 4096 ]
"$EMNIST" model convert --force "$models/plain.onnx" here.onnx && [ "$(wc -c <here.onnx)" -lt 4096 ]
report 'a file likewise'
mkdir empty others
touch others/thesis.txt
"$EMNIST" model convert copy.onnx empty 2>stderr
report 'an empty directory is taken'
fails 'a directory of other things is not' \
	"'others': the directory exists and contains more than a saved_model.pb" \
	"$EMNIST" model convert --force copy.onnx others
is 'and keeps them' 'thesis.txt' "$(ls -A others)"
ln -s empty link
"$EMNIST" model convert --force "$models/plain.onnx" link 2>stderr && [ -L link ] &&
	[ "$(wc -c <empty/saved_model.pb)" -lt 4096 ]
report 'a link stays, and what it leads to is replaced'
mkdir -p other.new/thesis
"$EMNIST" model convert copy.onnx other 2>stderr && cmp other/saved_model.pb slashed/saved_model.pb &&
	[ -d other.new/thesis ]
report 'what has a name beside it stays there'

fails 'an ending of no format' \
	"'model.h5': unknown ending; use .onnx, .pb, .safetensors, none for a SavedModel, or --format" \
	"$EMNIST" model convert copy.onnx model.h5
fails 'a SavedModel is named by its directory' \
	"'x/saved_model.pb': give the directory of a SavedModel" \
	"$EMNIST" model convert copy.onnx x/saved_model.pb
fails 'standard output has no ending' '--format is needed to write to standard output' \
	"$EMNIST" model convert copy.onnx -
fails 'a directory cannot go there' 'a SavedModel is a directory, and cannot go to standard output' \
	"$EMNIST" model convert --to savedmodel copy.onnx -
fails 'a batch of none' "--batch: '0' is neither 'dynamic' nor a number from 1 to 65536" \
	"$EMNIST" model convert --batch 0 copy.onnx x.onnx
fails 'a batch that is no number' "--batch: '8x' is neither 'dynamic' nor a number from 1 to 65536" \
	"$EMNIST" model convert --batch 8x copy.onnx x.onnx
fails 'weights have no batch' \
	"'x.safetensors': a safetensors file has only weights: no batch, names or softmax" \
	"$EMNIST" model convert --batch 8 copy.onnx x.safetensors
fails 'TensorFlow has no opset' "'x.pb': only ONNX files have an opset" \
	"$EMNIST" model convert --opset 9 copy.onnx x.pb
fails 'a name of the network' "'x.onnx': 'weights_1' is the name of a tensor inside the network" \
	"$EMNIST" model convert --input-name weights_1 copy.onnx x.onnx
fails 'the same in TensorFlow' "'x.pb': 'MatMul_2' is the name of a tensor inside the network" \
	"$EMNIST" model convert --output-name MatMul_2 copy.onnx x.pb
fails 'no name' "'x.onnx': '' is not a valid tensor name: use up to 255 letters, digits, '.', and after the first '_', '/', '-'" \
	"$EMNIST" model convert --input-name '' copy.onnx x.onnx
fails 'one name for both' "'x.onnx': 'y' cannot be both the input and the output" \
	"$EMNIST" model convert --input-name y --output-name y copy.onnx x.onnx
fails 'no softmax to leave out' "'x.onnx': the model has no softmax to omit" \
	"$EMNIST" model convert --logits "$models/sigmoid_last.onnx" x.onnx
fails 'no OUT' "convert: missing OUT; see 'emnist model convert --help'" "$EMNIST" model convert
fails 'a full disk' "'/dev/full': cannot write: No space left on device" \
	"$EMNIST" model convert --to onnx copy.onnx /dev/full
fails 'no directory to write to' "'gone/1': cannot write: No such file or directory" \
	"$EMNIST" model convert copy.onnx gone/1
fails 'what is no model, and OUT is not touched' "'/dev/null': not a model: the file is empty" \
	"$EMNIST" model convert --force /dev/null here.onnx
check 'nothing half-made is left' [ -z "$(find . -name '.emnist-*')" ]
check 'and no file that was refused' [ ! -e x.onnx ]
finish
