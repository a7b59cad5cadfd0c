#!/bin/sh
# own_input.sh - no output destroys an input: every command, every output, whatever the name.
. cli/test/tap.inc

data=$PWD/testdata
scan=$data/samples/digit-2-scan.png
cd "$TMP" || exit 1
"$EMNIST" model convert model.onnx && "$EMNIST" model convert --to savedmodel saved &&
	"$EMNIST" dataset export -f csv --range 0..9 \
		"$data/idx/strokes-byclass-test-images-idx3-ubyte" table.csv || exit 1
rm table-mapping.txt
"$EMNIST" dataset export table.csv arrays.npz && "$EMNIST" dataset export table.csv x.npy || exit 1
mv x-labels.npy y.npy
rm x-mapping.txt

# afresh: all that the commands below read, in w.
afresh()
{
	rm -rf w && mkdir -p w/folder/5 w/scans w/seen && cp -R model.onnx saved table.csv *.np[yz] w || exit 1
	cp "$data/idx/strokes-byclass-test-images-idx3-ubyte" w/d-test-images-idx3-ubyte
	gzip -dc "$data/idx/strokes-byclass-test-labels-idx1-ubyte.gz" >w/d-test-labels-idx1-ubyte
	cp "$data/idx/strokes-byclass-mapping.txt" w/d-mapping.txt
	for image in folder/5/a.png scans/a.png scans/x.gif seen/000001-a.png; do
		cp "$scan" w/$image
	done
	ln -s d-test-labels-idx1-ubyte w/link
	ln w/scans/a.png w/hard
	ln w/d-mapping.txt w/mapping
	ln w/saved/saved_model.pb w/inner
	ln w/table.csv w/table
	echo 0 >w/indices
	printf 'path,label\nscans/a.png,5\nhard,5\n' >w/list.csv
	printf 'path,label\nscans/a.png,5\n000001-5.png,5\n' >w/exported.csv
	cp "$scan" w/000001-5.png
	printf 'scans/a.png\nscans/x.gif\n' >w/names
	tr '\n' '\000' <w/names >w/names0
	echo seen/000001-a.png >w/dumps
	(cd w && tar cf scans.tar scans)
}

sums() { (cd w && find . -type f -exec cksum {} + | sort -k3); }

# refused PROGRAM-ARGUMENT...: in w; it is told, and no file that was there is lost.
refused()
{
	afresh
	sums >before
	(cd w && timeout 60 "$EMNIST" "$@") >stdout 2>stderr </dev/null
	status=$?
	sums >after
	if [ $status -eq 2 ] && grep -q 'refusing to overwrite the input' stderr &&
		[ "$(grep -cxFf after before)" -eq "$(wc -l <before)" ]; then
		ok "$*"
	else
		not_ok "$*" "status $status, $(tail -n 1 stderr)
$(diff before after | head -n 4)"
	fi
}

# By its own name, by another path, through links, in a directory, in a list, in an archive.
refused classify scans/a.png -o scans/a.png
refused classify scans/a.png -o ./scans/../scans/a.png
refused classify scans/a.png -o hard
refused classify scans.tar -o scans.tar
refused classify scans -o scans/x.gif
refused classify -r . -o scans/x.gif
refused classify scans -o hard
refused classify --files-from names -o scans/x.gif
refused classify --files0-from names0 -o scans/x.gif
refused classify --files-from names -o hard
refused classify --files-from names -o names
refused classify --files0-from names0 -o names0
refused classify -m model.onnx scans -o model.onnx
refused classify -m saved scans -o saved/saved_model.pb
refused classify --labels d-mapping.txt scans -o d-mapping.txt
refused classify scans/a.png seen/000001-a.png --dump-preprocessed seen
refused classify seen --dump-preprocessed seen
refused classify --files-from dumps --dump-preprocessed seen

for option in --output --report --confusion --errors --errors-montage; do
	for file in d-test-images-idx3-ubyte d-test-labels-idx1-ubyte mapping link; do
		refused eval -q d-test $option $file
	done
	refused eval -q -m saved d-test $option inner
done
refused eval -q -m model.onnx d-test -o model.onnx
refused eval -q --compare model.onnx d-test --report model.onnx
refused eval -q --indices indices d-test -o indices
refused eval -q --labels d-mapping.txt d-test -o d-mapping.txt
refused eval -q table.csv -o table.csv
refused eval -q folder -o folder/5/a.png
refused eval -q arrays.npz -o arrays.npz
refused eval -q x.npy -o x.npy
refused eval -q x.npy -o y.npy
refused eval -q list.csv -o list.csv
refused eval -q list.csv --report hard

train="train -q --batch 32 --epochs 1 --hidden 4"
refused $train --batch 32 d-test -o d-test-images-idx3-ubyte
refused $train d-test --no-checkpoint -o d-test-labels-idx1-ubyte
refused $train d-test --checkpoint d-mapping.txt -o new.onnx
refused $train d-test --checkpoint d-test-images-idx3-ubyte --restart -o new.onnx
refused $train --teacher model.onnx d-test --no-checkpoint -o model.onnx
refused $train --labels d-mapping.txt d-test --no-checkpoint -o d-mapping.txt
refused $train --class-frequencies d-test-labels-idx1-ubyte d-test --no-checkpoint \
	-o d-test-labels-idx1-ubyte

for option in -o --chart; do
	for file in d-test-images-idx3-ubyte d-test-labels-idx1-ubyte mapping; do
		refused dataset stats d-test $option $file
	done
	refused dataset stats d-test-labels-idx1-ubyte $option d-test-labels-idx1-ubyte
	refused dataset stats d-test-labels-idx1-ubyte $option mapping
	refused dataset stats d-test table.csv $option table
done
refused dataset montage d-test --sample 9 -o d-test-images-idx3-ubyte
refused dataset montage d-test --sample 9 -o mapping
refused dataset export d-test d-test-images-idx3-ubyte
refused dataset export -f idx d-test d-test
refused dataset export -f csv d-test d.csv
refused dataset export table.csv table.csv
refused dataset export -f csv --indices indices table.csv indices
refused dataset export -f npy table.csv table.csv
refused dataset export arrays.npz arrays.npz
refused dataset export -f csv x.npy y.npy
refused dataset export -q -f flat --force exported.csv scans/..
refused dataset import -o d-test d-test
refused dataset import -o d table.csv d-test

refused model show -o model.onnx model.onnx
refused model show -m model.onnx -o model.onnx
refused model show saved -o saved/saved_model.pb
refused model show --labels d-mapping.txt -o d-mapping.txt
refused model convert --force model.onnx model.onnx
refused model convert --force saved saved
refused model convert --force --to savedmodel saved/saved_model.pb saved
refused model convert --force --labels d-mapping.txt --to onnx model.onnx d-mapping.txt
refused bench --seconds 0.1 --only network -m model.onnx -o model.onnx
refused bench --seconds 0.1 --only network --images d-test -o d-test-images-idx3-ubyte

# What is no input may be written, again and again; what was written is no input of the next run.
afresh
cd w || exit 1
for file in scans/out.csv scans/results; do
	for round in 1 2; do
		"$EMNIST" classify -f csv scans -o $file
		is "-o $file, round $round" '0 3' "$? $(wc -l <$file)"
	done
done
rm scans/out.csv scans/results
"$EMNIST" classify -r scans --dump-preprocessed scans/seen >/dev/null &&
	"$EMNIST" classify -r scans --dump-preprocessed scans/seen >out
is 'what was seen is no input' '0 2' "$? $(wc -l <out)"

# Two outputs are not one file.
two_outputs()
{
	"$EMNIST" eval -q d-test "$@" 2>&1
	echo $?
}
for second in both ./both ../w/both; do
	is "two outputs, one of them $second" "emnist: --report: '$second' is where --output goes
2" "$(two_outputs --output both --report $second)"
done
ln -s both to_both
echo old >both
is 'two outputs, one of them through a link' "emnist: --report: 'to_both' is where --output goes
2" "$(two_outputs --output both --report to_both)"
is 'what was there stays' old "$(cat both)"
finish
