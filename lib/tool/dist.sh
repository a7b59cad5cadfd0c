#!/bin/sh
# dist.sh VERSION - packs the sources of the last commit as $BUILD/emnist-VERSION.tar.gz, with the files that
# are generated from them in .generated: a build from it needs no protoc-c, and one for another kind of
# machine needs no emulator. `sums` there says of which sources they are. Prints its name.
#
# The same commit gives the same bytes. $SOURCE_DATE_EPOCH is the time of its files; default: the commit's.
set -eu
umask 022

version=$1
name=emnist-$version
BUILD=${BUILD:-build}
if ! commit=$(git rev-parse --verify -q HEAD); then
	echo 'dist: not a git checkout' >&2
	exit 2
fi
[ -z "$(git status --porcelain)" ] || echo 'dist: what is not committed is left out' >&2
time=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

rm -rf "$BUILD/dist"
mkdir -p "$BUILD/dist"
git archive --prefix="$name/" "$commit" | tar -x -C "$BUILD/dist"
mkdir "$BUILD/dist/$name/.generated"
cp "$BUILD"/proto/*.pb-c.[ch] "$BUILD/lib/builtin/default.panels" "$BUILD/dist/$name/.generated"
cksum lib/builtin/default.onnx lib/format/*.proto >"$BUILD/dist/$name/.generated/sums"
tar -c -C "$BUILD/dist" --format=ustar --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner \
	--mode=u=rwX,go=rX "$name" | gzip -9n >"$BUILD/$name.tar.gz"
rm -rf "$BUILD/dist"
echo "$BUILD/$name.tar.gz"
