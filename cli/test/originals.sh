#!/bin/sh
# originals.sh - lib/bench/export_originals, which converts bilevel characters as EMNIST did, and
# distorts them before: that it gives EMNIST's own pixels, and depends on nothing but the options.
. cli/test/tap.inc

export=$BUILD/bench/export_originals

# row BYTES: one row of 128 pixels, from 16 bytes in octal; rows N BYTES: N of them.
rows()
{
	rows_left=$1
	while [ "$rows_left" -gt 0 ]; do
		# shellcheck disable=SC2059
		printf "$2"
		rows_left=$((rows_left - 1))
	done
}
none='\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
post='\0\0\0\0\0\0\0\77\200\0\0\0\0\0\0\0'
beam='\0\0\0\0\0\377\377\377\377\377\377\0\0\0\0\0'
{
	printf '\0\0\10\3\0\0\0\2\0\0\0\200\0\0\0\20'
	rows 40 "$none" && rows 48 "$post" && rows 40 "$none"
	rows 40 "$none" && rows 7 "$beam" && rows 41 "$post" && rows 40 "$none"
} >"$TMP/bits"
printf '\0\0\10\1\0\0\0\2\1\35' >"$TMP/labels" # 1 and T
printf '\0\0\10\1\0\0\0\2\1\76' >"$TMP/no-class"

make()
{
	prefix=$TMP/$1
	shift
	"$export" "$@" "$TMP/bits" "$TMP/labels" "$prefix" 2>"$TMP/stderr"
}

check 'as they are' make plain --plain
is 'what they show' '2 1 T' "$("$EMNIST" classify -f csv "$TMP/plain-images-idx3-ubyte" |
	awk -F, 'NR > 1 { n++; all = all " " $2 } END { print n all }')"
check 'distorted' make drawn -n 8
is 'what they are' '8 images, 62 classes' "$("$EMNIST" dataset stats "$TMP/drawn" |
	awk '$1 == "images" && NF == 2 { n = $2 } $1 == "classes" { print n " images, " $2 " classes" }')"
is 'each is another' 0 "$("$EMNIST" dataset stats "$TMP/drawn" | awk '/^repeated images/ { print $3 }')"
is 'as they are, twice: repeated' 2 "$(make twice --plain -n 4 &&
	"$EMNIST" dataset stats "$TMP/twice" | awk '/^repeated images/ { print $3 }')"
make again -n 8
check 'the same again' cmp "$TMP/drawn-images-idx3-ubyte" "$TMP/again-images-idx3-ubyte"
make other -n 8 -s 2
check 'the seed decides' test "$(cmp -s "$TMP/drawn-images-idx3-ubyte" \
	"$TMP/other-images-idx3-ubyte"; echo $?)" -eq 1

# refuses NAME MESSAGE ARGUMENT...: status 2, this line, and no file.
refuses()
{
	refuses_name=$1 message=$2
	shift 2
	"$export" "$@" >"$TMP/stdout" 2>"$TMP/stderr"
	is "$refuses_name" "2 $message" "$? $(cat "$TMP/stdout")$(sed '/^usage:/,$d' "$TMP/stderr")"
	is "$refuses_name: nothing is left behind" '' "$(find "$TMP" -name 'refused*')"
}
head -c 3000 "$TMP/bits" >"$TMP/cut"
refuses 'bits that are cut short' "export_originals: $TMP/cut: cut short" \
	"$TMP/cut" "$TMP/labels" "$TMP/refused"
refuses 'other images' "export_originals: testdata/idx/strokes-byclass-test-images-idx3-ubyte: not such an idx file" \
	testdata/idx/strokes-byclass-test-images-idx3-ubyte "$TMP/labels" "$TMP/refused"
refuses 'a label that is none' 'export_originals: character 1: label 62' \
	"$TMP/bits" "$TMP/no-class" "$TMP/refused"
refuses 'a number that is none' "export_originals: '0' is out of range" \
	-n 0 "$TMP/bits" "$TMP/labels" "$TMP/refused"

# Images of EMNIST that were rebuilt from these originals are the same, to the pixel.
train=${EMNIST_DATA:-}/emnist/train
if [ -f "$train/nist-raw128-bits-idx3-ubyte.gz" ]; then
	"$export" --plain "$train/nist-raw128-bits-idx3-ubyte.gz" "$train/nist-raw128-labels-idx1-ubyte.gz" \
		"$TMP/nist"
	n_shared=$("$EMNIST" dataset stats -f json "$TMP/nist" "$train/part4-62-images-idx3-ubyte.gz" |
		grep -o '"distinct":[0-9]*' | cut -d: -f2)
	is "NIST's originals give EMNIST's images" 6630 "$n_shared"
else
	skip "NIST's originals give EMNIST's images" 'no EMNIST_DATA'
fi
finish
