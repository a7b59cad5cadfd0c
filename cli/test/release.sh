#!/bin/sh
# release.sh - what a release needs: one version, its entry in CHANGELOG.md, and a tarball whose bytes
# depend on the commit alone.
. cli/test/tap.inc

VERSION=${VERSION:-$(sed -n 's/^#define EMNIST_VERSION "\(.*\)"/\1/p' lib/emnist.h)}

# ------------------------------------------------------------------------- version

is 'the version is major, minor, patch' "$VERSION" "$(echo "$VERSION" | grep -xE '[0-9]+\.[0-9]+\.[0-9]+')"
is 'the manual has none of its own' '' "$(grep -l '^\.TH .*[0-9]\.[0-9]' man/*)"
is 'nor has the code' lib/emnist.h "$(grep -rlF "\"$VERSION\"" lib cli --include='*.[ch]' --include='*.sh')"
is 'examples have this version' "emnist:$VERSION" "$(grep -rhoE 'emnist:[0-9.]+' cli/serve/examples | sort -u)"

# ----------------------------------------------------------------------- changelog

sed -n 's/^## //p' CHANGELOG.md >"$TMP/entries"
releases() { grep -v '^Unreleased$' "$TMP/entries"; }
is 'CHANGELOG.md has the version, with its date, as the last release' \
	"$(releases | head -n 1 | grep -xE "$(echo "$VERSION" | sed 's/\./\\./g') - [0-9]{4}-[0-9]{2}-[0-9]{2}")" \
	"$(releases | head -n 1)"
check 'there is a release' test "$(releases | wc -l)" -gt 0
is 'what is not released stands on top' '' "$(tail -n +2 "$TMP/entries" | grep Unreleased)"
is 'versions descend' "$(releases | sed 's/ .*//' | sort -rV)" "$(releases | sed 's/ .*//')"

# ------------------------------------------------------------------------- tarball

if [ -n "$SANITIZE" ] || ! git rev-parse --verify -q HEAD >/dev/null 2>&1; then
	skip 'a tarball' 'no git checkout here'
	finish
fi
mkdir -p "$TMP/build/lib/builtin" "$TMP/build/proto"
cp "$BUILD"/proto/*.pb-c.[ch] "$TMP/build/proto"
cp "$BUILD/lib/builtin/default.panels" "$TMP/build/lib/builtin"
packed() { BUILD=$TMP/build sh lib/tool/dist.sh "$VERSION" >"$TMP/name" 2>"$TMP/stderr" && cksum <"$(cat "$TMP/name")"; }
first=$(packed)
is 'its name' "$TMP/build/emnist-$VERSION.tar.gz" "$(cat "$TMP/name")"
sleep 1
is 'the same bytes at another time' "$first" "$(umask 077 && TZ=Asia/Tokyo packed)"
tar -tvzf "$(cat "$TMP/name")" >"$TMP/list"
is 'all is in one folder' "emnist-$VERSION" "$(sed 's/.* //; s,/.*,,' "$TMP/list" | sort -u)"
is 'modes and owners' '-rw-r--r-- 0/0,-rwxr-xr-x 0/0,drwxr-xr-x 0/0' \
	"$(sed -E 's/^([^ ]+ [^ ]+).*/\1/' "$TMP/list" | sort -u | paste -sd,)"
is 'what is generated is there' 'default.panels onnx.pb-c.c onnx.pb-c.h sums tensorflow.pb-c.c tensorflow.pb-c.h' \
	"$(sed -n 's,.*/\.generated/\(.\),\1,p' "$TMP/list" | sort | xargs)"
is 'beside all that is committed' "$(git ls-tree -r --name-only HEAD | sort)" \
	"$(sed -n 's,.* emnist-[0-9.]*/\(.*[^/]\)$,\1,p' "$TMP/list" | grep -v '^\.generated/' | sort)"

# there TARGET...: what make would run in what was unpacked, without protoc-c.
tar -xzf "$(cat "$TMP/name")" -C "$TMP"
there()
{
	env -u MAKEFLAGS -u BUILD -u CROSS ${MAKE:-make} -n -C "$TMP/emnist-$VERSION" PROTOC_C=no-protoc-c "$@" 2>&1
}
generated() { there build/lib/builtin/default.panels build/proto/onnx.pb-c.c | grep -cE "$1"; }
is 'what is generated is taken there' 2 "$(generated '^cp \.generated/')"
is 'and protoc-c is not asked for' 0 "$(there deps | grep -c protobuf-c-compiler)"
printf x >>"$TMP/emnist-$VERSION/lib/builtin/default.onnx"
is 'it is not taken where another model is' 0 "$(generated '^cp \.generated/')"
is 'but made' 1 "$(generated '^ *build/pack_model lib/builtin/default.onnx')"
finish
