#!/bin/sh
# check_deb.sh VERSION SOVERSION - installs the packages of $BUILD/deb in a new minimal Debian system below
# $BUILD, uses them, and removes them again, without a trace. Prints TAP. As root; needs debootstrap and a
# Debian mirror: $MIRROR.
. cli/test/tap.inc

version=$1
package=libemnist$2
suite=${SUITE:-bookworm}
mirror=${MIRROR:-http://deb.debian.org/debian}
root=$BUILD/deb/root
new=$BUILD/deb/system.tar

inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
installs() { inside apt-get install -qy --no-install-recommends "$@"; }
all_files() { inside find / -xdev \( -path /var -o -path /tmp -o -path /proc -o -path /etc \) -prune -o -print | sort; }

if [ ! -e "$new" ]; then
	debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$TMP/debootstrap" 2>&1 || {
		not_ok 'a new system' "$(tail -n 20 "$TMP/debootstrap")"
		finish
	}
	tar -C "$root" -cf "$new.part" . && mv "$new.part" "$new"
fi
rm -rf "$root"
mkdir -p "$root"
tar -C "$root" -xf "$new"
cp /etc/resolv.conf "$root/etc"
mkdir "$root/tmp/deb" "$root/tmp/samples"
cp "$BUILD"/deb/*.deb "$root/tmp/deb"
cp testdata/samples/*.png "$root/tmp/samples"
inside apt-get update -q >/dev/null 2>&1
all_files >"$TMP/before"

check 'emnist is installed alone' installs "/tmp/deb/emnist_${version}-1_$(dpkg --print-architecture).deb"
is 'its version' "emnist $version" "$(inside emnist --version)"
is 'it classifies' "$("$EMNIST" classify testdata/samples/*.png | sed 's,testdata,/tmp,')" \
	"$(inside sh -c 'emnist classify /tmp/samples/*.png')"
is 'and says what an archive needs' 1 "$(inside sh -c 'tar cf /tmp/x.tar -C /tmp samples; emnist classify /tmp/x.tar' 2>&1 |
	grep -c 'Debian package: libarchive13')"
check 'completions' [ -s "$root/usr/share/bash-completion/completions/emnist" ]
check 'the library and what programs are built with' installs gcc libc6-dev pkg-config \
	"/tmp/deb/${package}_${version}-1_$(dpkg --print-architecture).deb" \
	"/tmp/deb/libemnist-dev_${version}-1_$(dpkg --print-architecture).deb"
cat >"$root/tmp/uses.c" <<'END'
#include <emnist.h>
#include <stdio.h>
int main(void)
{
	struct emnist_model *model;

	puts(emnist_version());
	return emnist_model_default(&model, NULL);
}
END
is 'a program uses the shared library' "$version" \
	"$(inside sh -c 'cc -o /tmp/shared /tmp/uses.c $(pkg-config --cflags --libs emnist) && /tmp/shared')"
is 'and the static one' "$version" "$(inside sh -c 'cc -o /tmp/static /tmp/uses.c \
	$(pkg-config --static --cflags --libs emnist | sed s/-lemnist/-l:libemnist.a/) && /tmp/static')"
check 'all is removed' inside apt-get purge -qy --autoremove emnist "$package" libemnist-dev gcc libc6-dev pkg-config
all_files >"$TMP/after"
is 'nothing is left' '' "$(comm -13 "$TMP/before" "$TMP/after" | grep -i emnist)"
rm -rf "$root"
finish
