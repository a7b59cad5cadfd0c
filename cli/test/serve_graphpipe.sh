#!/bin/sh
# serve_graphpipe.sh - GraphPipe: requests that its Python client wrote, which are those that the fuzz
# target begins with; metadata; the same probabilities as `emnist classify`.
. cli/test/tap.inc
. cli/test/serve.inc

RECORDED=lib/fuzz/corpus/graphpipe

start_server

# post FILE [PATH]: posts a recorded request, leaves the response in $TMP/body, prints its status.
post()
{
	"$CLIENT" -s -o "$TMP/body" -d "$RECORDED/$1" POST "$URL${2-/}"
}
# values: the floats that the response ends in, a line each.
values()
{
	tail -c 248 "$TMP/body" | od -An -v -tf4 --endian=little -w4
}

"$EMNIST" classify --engine kernels --probabilities -f csv testdata/samples/capital-g-emnist.png | sed 1d | cut -d , -f 5- |
	tr ',' '\n' >"$TMP/classified"
is 'floats are taken' 200 "$(post float32)"
is 'with the probabilities of classify' '' "$(values | paste - "$TMP/classified" |
	awk '{ d = $1 - $2 } NF != 2 || d > 6e-7 || d < -6e-7 { print NR ": " $0 }
		END { if (NR == 0) print "no values" }')"
# An InferResponse and its fields, a vector of one Tensor, that and its fields, its shape, its data.
is 'in a FlatBuffer' "$(printf '%s\n' '0c000000 00000600 08000400 06000000' \
	'04000000 01000000 10000000 00000a00' '10000400 08000c00 0a000000 0a000000' \
	'0c000000 28000000 00000000 02000000' '01000000 00000000 3e000000 00000000' \
	'00000000 00000000 00000000 f8000000')" \
	"$(head -c -248 "$TMP/body" | od -An -v -tx4 --endian=big -w16 | sed 's/^ //')"
cp "$TMP/body" "$TMP/wanted"
cp "$TMP/body" "$TMP/one"
for request in float64-names flat-784 config; do
	check "so is $request, with the same response" eval "post $request && cmp '$TMP/body' '$TMP/wanted'"
done
for path in /graphpipe /any/path '/?query'; do
	check "so is a request to $path" eval "post float32 '$path' && cmp '$TMP/body' '$TMP/wanted'"
done
is 'two rows in three dimensions are taken' 200 "$(post rows-of-one)"
cp "$TMP/body" "$TMP/two"
check 'so are bytes of pixels, with the same response' eval 'post uint8-28x28 && cmp "$TMP/body" "$TMP/two"'
is 'the first row is that alone' "$(tail -c 248 "$TMP/wanted" | od -An -v -tx1)" \
	"$(tail -c 496 "$TMP/two" | head -c 248 | od -An -v -tx1)"
is 'no rows are taken' 200 "$(post no-rows)"
is 'the response is bytes' 'Content-Type: application/octet-stream' \
	"$("$CLIENT" -i -o /dev/null -d $RECORDED/float32 POST "$URL/" | grep ^Content-Type)"

# ------------------------------------------------------------------------- metadata

cat >"$TMP/wanted" <<END
{
    "Name": "emnist",
    "Version": "1",
    "Server": "emnist $VERSION",
    "Description": "recognizes single characters in images",
    "Inputs": [
        {
            "Name": "images",
            "Description": "28x28 values per image, 0 = background, 1 = ink",
            "Shape": [
                -1,
                784
            ],
            "Type": 10
        }
    ],
    "Outputs": [
        {
            "Name": "probabilities",
            "Description": "a probability per class",
            "Shape": [
                -1,
                62
            ],
            "Type": 10
        }
    ]
}
END
"$CLIENT" GET "$URL/graphpipe" >"$TMP/got"
echo >>"$TMP/got"
check 'metadata is answered as JSON' cmp "$TMP/wanted" "$TMP/got"
"$CLIENT" -H 'Accept: application/json' GET "$URL/" >"$TMP/got"
echo >>"$TMP/got"
check 'also at / to whoever asks for JSON' cmp "$TMP/wanted" "$TMP/got"
is 'but not to a browser' 'Content-Type: text/html; charset=utf-8' \
	"$("$CLIENT" -i -H 'Accept: text/html, application/json' GET "$URL/" | grep ^Content-Type)"
is 'metadata is answered to a request for it' 200 "$(post metadata)"
is 'with its names' "emnist
1
emnist $VERSION
recognizes single characters in images
images
28x28 values per image, 0 = background, 1 = ink
probabilities
a probability per class" "$(tr -c ' -~' '\n' <"$TMP/body" | grep -E '.{4}|^1$')"
is 'the server is alive and ready' 'ok ok' \
	"$(echo $("$CLIENT" GET "$URL/control/is_alive") $("$CLIENT" GET "$URL/control/is_ready"))"

# ------------------------------------------------------------------- what is refused

# refused FILE [PATH]: the status and text of a response.
refused()
{
	post "$@"
	cat "$TMP/body"
}
is 'another type is refused' '400
tensors of type 8 are not supported (supported: Uint8, Float32, Float64)' "$(refused int64)"
is 'another shape' '400
unexpected shape of the input: expected [-1,784], got [3,5]' "$(refused wrong-width)"
is 'another name' "400
unexpected name 'pictures': the model has one input and one output, here 'images'" \
	"$(refused other-input-name)"
is 'an error is text' 'Content-Type: text/plain; charset=utf-8' \
	"$("$CLIENT" -i -d $RECORDED/int64 POST "$URL/" | grep ^Content-Type)"
is 'what is no FlatBuffer at all' '400
the body is not a GraphPipe request' "$(refused json /graphpipe)"
is 'and nothing' '400
the body is not a GraphPipe request' "$(refused empty /graphpipe)"
is 'which is for others on other paths' 404 "$(post json /any/path)"
head -c 100 $RECORDED/float32 >"$TMP/cut"
is 'one that is cut off' '400' "$(status_of POST / -d "$TMP/cut")"
is 'other methods' '405 405' "$(echo $(status_of PUT /graphpipe) $(status_of POST /control/is_ready))"

stop_server
is 'the server ends well' 0 $?

# Floats are what the graph of a SavedModel takes. This one is said to take 0 to 255, but takes [0,1]: so
# the floats of before give the same, and bytes, which are always pixels, do not.
"$EMNIST" model convert --input-name images --output-name probabilities "$TMP/saved/" 2>"$TMP/stderr"
report 'a SavedModel'
start_server --name emnist --input-scale 255 "$TMP/saved"
is 'floats are handed to its graph' 200 "$(post float32)"
is 'which gives the same as before' '' "$(values | paste - "$TMP/classified" |
	awk '{ d = $1 - $2 } d > 1e-5 || d < -1e-5 || NF != 2')"
is 'bytes are divided by 255' 200 "$(post config)"
is 'and are then 255 times as large' 1 "$(values | awk '$1 > 0.9999' | wc -l)"
stop_server

start_server --max-images 2
is 'more images than may be are refused' '413
3 images in a request; the limit is 2' "$(refused three-rows)"
stop_server

finish
