#!/bin/sh
# common_options.sh - options that mean the same in every command: of each command that has a use for
# them, they are taken, and -q says of files that cannot be read how many there are.
. cli/test/tap.inc

mkdir -p "$TMP/set/2" "$TMP/set/3" "$TMP/flat"
cp testdata/samples/digit-2-scan.png "$TMP/set/2/a.png"
cp testdata/samples/digit-3-photo.jpg "$TMP/set/3/a.jpg"
for name in b c; do
	head -c 300 testdata/samples/digit-2-scan.png >"$TMP/set/2/$name.png"
done
cp "$TMP"/set/2/*.png "$TMP/flat"

# said ARGUMENT...: what comes on stderr.
said() { "$EMNIST" "$@" 2>&1 >/dev/null; }
status() { "$EMNIST" "$@" >/dev/null 2>&1; echo $?; }
lines() { said "$@" | grep -c 'the file is cut short'; }

counted='emnist: 2 image files could not be read'
while read -r command; do
	set -- $command
	name=$(echo "$1 $2" | sed "s, $TMP.*,,")
	is "$name: each is named" 2 "$(lines "$@" -j 1)"
	is "$name: -q counts" "$counted" "$(said "$@" -q -j 2)"
	is "$name: the same status" '1 1' "$(status "$@") $(status "$@" -q)"
	check "$name: -v tells what is read" sh -c "'$EMNIST' $command -v 2>&1 >/dev/null | grep -q \"$TMP/set\""
done <<END
eval $TMP/set
dataset stats $TMP/set
dataset montage -o $TMP/sheet.png $TMP/set
dataset export --force $TMP/set $TMP/set.csv
dataset import -o $TMP/stem $TMP/set
END
i=0
while [ $((i += 1)) -le 32 ]; do
	ln "$TMP/set/2/a.png" "$TMP/set/2/a$i.png"
done
is 'train: -q counts' "$counted" "$(said train -q --epochs 1 --hidden 4 --validation 0 --batch 32 -o "$TMP/x.onnx" "$TMP/set")"

is 'classify: -q counts what has no record' 'emnist: 2 of 3 images could not be classified' \
	"$(said classify -q "$TMP/flat")"
for format in csv tsv jsonl; do
	is "classify: -q leaves it to the records: $format" '' "$(said classify -q -f $format "$TMP/flat")"
done

# One table in two forms.
set -- eval -q -m testdata/idx/nearest.onnx testdata/idx/strokes-byclass-test
is 'eval -f tsv is -f csv' "$("$EMNIST" "$@" -f csv)" "$("$EMNIST" "$@" -f tsv | tr '\t' ',')"
"$EMNIST" model convert -f safetensors - >"$TMP/by-f"
"$EMNIST" model convert --to safetensors - >"$TMP/by-to"
check 'model convert: -f is --to' cmp "$TMP/by-f" "$TMP/by-to"

# Each says which formats it has.
wrong() { said "$@" -f xml | sed 's/.*one of //'; }
is 'formats of classify' 'text, csv, tsv, jsonl' "$(wrong classify x)"
is 'formats of eval' 'text, json, csv, tsv' "$(wrong eval x)"
is 'formats of model show' 'text, json' "$(wrong model show)"
is 'formats of dataset stats' 'text, json' "$(wrong dataset stats x)"
is 'formats of bench' 'text, json' "$(wrong bench)"
finish
