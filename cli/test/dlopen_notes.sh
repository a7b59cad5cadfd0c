#!/bin/sh
# dlopen_notes.sh - the libraries that are loaded on demand are named where packaging tools look for
# them: https://systemd.io/ELF_DLOPEN_METADATA/
. cli/test/tap.inc

# That of another kind of machine has a name of its own.
OBJCOPY=${OBJCOPY:-objcopy}

for tool in readelf "$OBJCOPY"; do
	if ! command -v "$tool" >/dev/null; then
		skip 'notes of libraries' "no $tool"
		finish
	fi
done

# What dlopen() is called with: the literals that name a library. The server's is of the program alone.
find lib cli -name '*.[ch]' | grep -vE '^(lib|cli)/(test|fuzz|bench|tool)/' |
	xargs grep -hoE '"lib[a-z]+\.so\.[0-9]+"' | sort -u >"$TMP/loaded"
cat >"$TMP/wanted" <<'END'
archives recommended "libarchive.so.13"
blas recommended "libopenblas.so.0","libblas.so.3"
http recommended "libmicrohttpd.so.12"
tiff recommended "libtiff.so.6"
webp recommended "libwebp.so.7"
END

n=5
for file in emnist libemnist.so; do
	if [ $file = libemnist.so ]; then
		n=4
		sed -i /microhttpd/d "$TMP/loaded" "$TMP/wanted"
	fi
	is "$file: owner and type of each" $n "$(readelf -nW "$BUILD/$file" 2>/dev/null | tr '\t' ' ' |
		grep -oE 'FDO +0x[0-9a-f]+ +(Unknown note type: \(0x407c0c0a\)|FDO_DLOPEN)' | wc -l)"
	"$OBJCOPY" -O binary --only-section=.note.dlopen "$BUILD/$file" "$TMP/section"
	tr '\0' '\n' <"$TMP/section" | grep -a '^\[' >"$TMP/json"
	sed 's/^\[{"feature":"\([a-z]*\)","description":"[^"]*","priority":"\([a-z]*\)","soname":\[\(.*\)\]}\]$/\1 \2 \3/' \
		"$TMP/json" | sort >"$TMP/got"
	check "$file: what they say" diff "$TMP/wanted" "$TMP/got"
	cut -d' ' -f3 "$TMP/got" | tr , '\n' | sort -u >"$TMP/named"
	check "$file: every library that is loaded is named" diff "$TMP/loaded" "$TMP/named"
done
if command -v python3 >/dev/null; then
	check 'they are JSON' python3 -c 'import json, sys
for line in open(sys.argv[1]):
    [note] = json.loads(line)
    assert set(note) == {"feature", "description", "priority", "soname"}, note' "$TMP/json"
else
	skip 'they are JSON' 'no python3'
fi
finish
