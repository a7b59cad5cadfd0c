#!/bin/sh
# check_static.sh - the program of `make static` needs nothing, and gives the answers of the other one. Where
# root runs it, in a folder with nothing but the images. Prints TAP.
. cli/test/tap.inc

static=$BUILD/static/emnist
mkdir "$TMP/root" "$TMP/root/tmp"
cp "$static" "$TMP/root/emnist"
cp -R testdata "$TMP/root"
(cd testdata && tar -cJf "$TMP/root/samples.tar.xz" samples && tar -czf "$TMP/root/samples.tar.gz" samples)
if [ "$(id -u)" -eq 0 ]; then
	inside() { chroot "$TMP/root" /emnist "$@"; }
else
	inside() { (cd "$TMP/root" && ./emnist "$@"); }
fi
outside() { (cd "$TMP/root" && "$EMNIST" "$@"); }
# same NAME ARGUMENT...
same()
{
	same_name=$1
	shift
	outside "$@" >"$TMP/wanted" 2>&1
	inside "$@" >"$TMP/got" 2>&1
	check "$same_name" diff "$TMP/wanted" "$TMP/got"
}

is 'no loader, no libraries' '' "$(readelf -ldW "$static" | grep -E 'INTERP|NEEDED')"
check 'under 5 MB' test "$(wc -c <"$static")" -lt 5000000
is 'its version' "$(outside --version)" "$(inside --version)"
same 'images' classify testdata/samples
same 'all formats' classify -r testdata/formats/images
same 'a tar archive, gzip' classify samples.tar.gz
same 'a tar archive, xz' classify samples.tar.xz
same 'other archives' classify $(ls -d testdata/archives/*.*)
same 'damaged archives' classify $(ls -d testdata/archives/malformed/*)
check 'training' inside train -q --epochs 1 --batch 32 --hidden 8 -o tmp/m.onnx testdata/idx/strokes-byclass-test
finish
