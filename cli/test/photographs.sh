# photographs.sh - lib/bench/export_photographs, which makes datasets to train on: that they are
# whole, stand beside the one they are made from, and depend on nothing but the options.
. cli/test/tap.inc

export=$BUILD/bench/export_photographs
data=testdata/idx/strokes-balanced-train
n_images=$(($(wc -c <"$data-labels-idx1-ubyte") - 8))

# make PREFIX OPTION...
make()
{
	prefix=$TMP/$1
	shift
	"$export" "$@" "$data" "$prefix"
}

# refuses NAME MESSAGE ARGUMENT...: status 2, this last line but for the usage, and no file.
refuses()
{
	refuses_name=$1 message=$2
	shift 2
	"$export" "$@" >"$TMP/stdout" 2>"$TMP/stderr"
	is "$refuses_name" "2 $message" "$? $(cat "$TMP/stdout")$(sed '/^usage:/,$d' "$TMP/stderr")"
	is "$refuses_name: nothing is left behind" '' "$(find "$TMP" -name 'refused*')"
}

check 'a photograph of each image' make each -j1
is 'images: their number, and 28x28' "00000803 $(printf %08x "$n_images") 0000001c 0000001c" \
	"$(od -An -N16 -tx1 "$TMP/each-images-idx3-ubyte" | tr -d ' \n' | sed 's/......../& /g; s/ $//')"
is 'as many bytes as the header says' $((16 + 784 * n_images)) \
	"$(($(wc -c <"$TMP/each-images-idx3-ubyte")))"
check 'the labels are those of the dataset' \
	cmp "$data-labels-idx1-ubyte" "$TMP/each-labels-idx1-ubyte"

"$EMNIST" eval -f json -m testdata/idx/nearest.onnx "$TMP/each" >"$TMP/eval.json" 2>"$TMP/eval.err"
is 'the photographs are read as a dataset' '0 yes' "$? $(grep -q "\"images\": *$n_images[,}]" \
	"$TMP/eval.json" && echo yes)"

make same -j3 && make other -s 2
check 'the same for every -j: images' cmp "$TMP/each-images-idx3-ubyte" "$TMP/same-images-idx3-ubyte"
check 'the same for every -j: labels' cmp "$TMP/each-labels-idx1-ubyte" "$TMP/same-labels-idx1-ubyte"
check 'the seed decides' test "$(cmp -s "$TMP/each-images-idx3-ubyte" \
	"$TMP/other-images-idx3-ubyte"; echo $?)" -eq 1

make plain --most 0 && make pens --most 0 --pens && make pens_again --most 0 --pens -j4
check '--pens: other strokes' test "$(cmp -s "$TMP/plain-images-idx3-ubyte" \
	"$TMP/pens-images-idx3-ubyte"; echo $?)" -eq 1
check '--pens: the same again' cmp "$TMP/pens-images-idx3-ubyte" "$TMP/pens_again-images-idx3-ubyte"

make rest --held-out 0.25
is 'what is held out is left out' $((n_images - n_images / 4 + 8)) \
	"$(($(wc -c <"$TMP/rest-labels-idx1-ubyte")))"
make twice -n $((2 * n_images))
is '-n may ask for more than there are' $((16 + 784 * 2 * n_images)) \
	"$(($(wc -c <"$TMP/twice-images-idx3-ubyte")))"
check 'to train on beside the dataset itself' "$EMNIST" train "$data" "$TMP/twice" -q --epochs 1 \
	--batch 32 --hidden 16 -o "$TMP/model.onnx"

# Pen strokes are drawn anew for each photograph, even where nothing else changes.
strokes=testdata/formats/pen-strokes.jsonl
"$export" -n 32 --most 0 $strokes "$TMP/strokes" && "$export" -n 4 --most 0 --donors ann,bob $strokes \
	"$TMP/donors" && "$export" -n 4 --zoom 1 $strokes "$TMP/small"
is 'pen strokes: no two alike' 0 \
	"$("$EMNIST" dataset stats "$TMP/strokes" | awk '/^repeated images/ { print $3 }')"
is 'pen strokes of some donors' '4 7 A L i' "$("$EMNIST" dataset stats "$TMP/donors" |
	awk '$1 == "images" { n = $2 } NF == 3 && $2 == 1 && length($1) == 1 { all = all " " $1 }
	END { print n all }')"
is 'small pictures' 4 "$("$EMNIST" dataset stats "$TMP/small" | awk '$1 == "images" && NF == 2 { print $2 }')"

refuses 'a share that is too large' "export_photographs: '0.95' is out of range" \
	--held-out 0.95 "$data" "$TMP/refused"
refuses 'a number that is none' "export_photographs: '1x' is out of range" \
	-n 1x "$data" "$TMP/refused"
refuses 'no dataset' "export_photographs: no such file, folder or dataset" "$TMP/none" "$TMP/refused"
refuses 'a folder that is not there' "export_photographs: \
'$TMP/no/refused-images-idx3-ubyte': No such file or directory" "$data" "$TMP/no/refused"
refuses 'no prefix' '' "$data"

finish
