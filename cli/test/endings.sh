#!/bin/sh
# endings.sh - the ending of an output's name says what is written, or is refused.
. cli/test/tap.inc

byclass=testdata/idx/strokes-byclass-test-images-idx3-ubyte
out=$TMP/out
mkdir "$out"

# refused NAME PROGRAM-ARGUMENT...: about that name, and nothing is written.
refused()
{
	name=$1
	shift
	"$EMNIST" "$@" >/dev/null 2>"$TMP/stderr"
	is "$*" "2 1 " "$? $(grep -c "'$out/$name': .*ending\|'$out/$name': only idx files" "$TMP/stderr") $(ls "$out")"
}

# is_written FORMAT NAME: by what `model show` takes it for.
trained()
{
	"$EMNIST" train -q --no-checkpoint --batch 32 --epochs 1 --hidden 4 -o "$out/$2" $byclass 2>"$TMP/stderr"
	is "train -o $2" "0 $1" "$? $("$EMNIST" model show -f json "$out/$2" |
		sed 's/.*"format":"\([^"]*\)".*/\1/')"
	rm -f "$out/$2"
}
trained onnx w.onnx
trained onnx w
trained onnx w-1.2
trained safetensors w.safetensors
trained graphdef w.pb
for name in w.h5 w.pt w.zip w.keras; do
	refused $name train -q --batch 32 --epochs 1 --hidden 4 -o "$out/$name" $byclass
done

for name in w.zip w.mat w.csv.gz w.jpg; do
	refused $name dataset export $byclass "$out/$name"
done
for name in w.csv w.npz w.zip; do
	refused $name dataset import -o "$out/$name" $byclass
done
refused w.jpg dataset montage -o "$out/w.jpg" $byclass
refused w.jpg dataset stats --chart "$out/w.jpg" $byclass
refused w.jpg eval -q --confusion "$out/w.jpg" $byclass
refused w.pdf eval -q --report "$out/w.pdf" $byclass
refused w.json eval -q --errors "$out/w.json" $byclass
refused w.gif eval -q --errors-montage "$out/w.gif" $byclass

# exported ARGUMENT...: the first line of files and folders that come of it.
exported()
{
	"$EMNIST" dataset export --range ..0 $byclass "$@" && ls "$out" | tr '\n' ' '
	rm -rf "${out:?}"/*
}
is 'a folder has no ending' 'w ' "$(exported "$out/w")"
is 'or a slash at the end' 'w.zip ' "$(exported "$out/w.zip/")"
is 'or --format tells' 'w.zip ' "$(exported -f folders "$out/w.zip")"
mkdir "$out/w.v"
is 'or is there' 'w.v ' "$(exported "$out/w.v")"
is 'Letters of any case' 0 "$("$EMNIST" dataset montage -o "$out/W.PNG" $byclass && echo $?)"
finish
