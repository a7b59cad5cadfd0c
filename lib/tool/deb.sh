#!/bin/sh
# deb.sh VERSION SOVERSION - builds Debian packages from the last commit with the files of .debian, in
# $BUILD/deb, which also has their source package. Tests them with lintian, where that is installed.
#
# Names, versions and symbols come from the headers. $DEBFULLNAME and $DEBEMAIL are the maintainer's.
set -eu
umask 022

version=$1
soversion=$2
BUILD=${BUILD:-build}
maintainer="${DEBFULLNAME:-the emnist authors} <${DEBEMAIL:-emnist@$(hostname -f 2>/dev/null || hostname)}>"
package=libemnist$soversion
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"

for tool in dpkg-buildpackage dh; do
	command -v $tool >/dev/null || {
		echo "deb: no $tool; run as root: apt-get install dpkg-dev debhelper fakeroot lintian" >&2
		exit 2
	}
done

tarball=$(BUILD=$BUILD sh lib/tool/dist.sh "$version")
rm -rf "$BUILD/deb"
mkdir -p "$BUILD/deb"
mv "$tarball" "$BUILD/deb/emnist_$version.orig.tar.gz"
cd "$BUILD/deb"
tar -xzf "emnist_$version.orig.tar.gz"
cd "emnist-$version"

cp -R .debian debian
sed -i "s/@SOVERSION@/$soversion/; s/@MAINTAINER@/$maintainer/" debian/control
mv debian/libemnist.install "debian/$package.install"
cat >debian/changelog <<END
emnist ($version-1) unstable; urgency=medium

  * Version $version: see /usr/share/doc/emnist/changelog.gz.

 -- $maintainer  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
END
{
	echo "libemnist.so.$soversion $package #MINVER#"
	sh lib/tool/functions.sh | sed "s/.*/ &@Base $version/"
} >"debian/$package.symbols"

# What this build was told of its folder is not for the one of the packages.
env -u BUILD -u MAKEFLAGS dpkg-buildpackage -us -uc -rfakeroot "${DEB_FLAGS:--F}"
cd ..
ls -l ./*.deb
if command -v lintian >/dev/null; then
	# They are not for Debian's archive: nobody asked it for them, and a maintainer may have no mail.
	ignored=initial-upload-closes-no-bugs
	[ -n "${DEBEMAIL:-}" ] || ignored=$ignored,bogus-mail-host,bogus-mail-host-in-debian-changelog
	lintian --allow-root --fail-on error,warning --suppress-tags $ignored ./*.changes
else
	echo 'deb: not tested by lintian, which is not installed' >&2
fi
