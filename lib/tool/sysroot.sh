#!/bin/sh
# sysroot.sh ARCH FOLDER PACKAGE... - unpacks Debian's PACKAGEs for machines of kind ARCH (arm64, s390x, i386),
# and what they depend on, into FOLDER/root, for a cross compiler. What is there stays.
#
# Nothing is installed, and root is not needed. $MIRROR and $SUITE say where they come from.
set -eu

arch=$1
mkdir -p "$2/archives/partial"
folder=$(cd "$2" && pwd)
shift 2
. lib/tool/own_apt.inc

apt_of_arch()
{
	own_apt -y -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Dir::State::status="$folder/status" \
		-o Dir::Cache="$folder" "$@"
}

[ ! -e "$folder/done" ] || exit 0
own_sources deb "arch=$arch"
: >"$folder/status"
apt_of_arch update
apt_of_arch --download-only --no-install-recommends install "$@" libc-bin
rm -rf "$folder/root"
mkdir "$folder/root"
for package in "$folder"/archives/*.deb; do
	dpkg-deb -x "$package" "$folder/root"
done
# A link to /lib is to lead into it, and not to this machine's: without libm.so, the linker takes libm.a.
find "$folder/root" -type l -lname '/*' | while read -r link; do
	ln -srf "$folder/root$(readlink "$link")" "$link"
done
# Our own programs cannot read these locales, of another byte order, and are not to find them in place of ours.
mv "$folder/root/usr/lib/locale" "$folder/root"
# As the package does when it is installed.
cd "$folder"/root/usr/lib/*/openblas-pthread
ln -s openblas-pthread/libopenblas.so.0 ..
ln -s ../openblas-pthread/pkgconfig/openblas.pc ../pkgconfig
: >"$folder/done"
