#!/bin/sh
# check_cross.sh PACKAGE... - builds for machines of other kinds and runs the suite there: programs of ours on the
# processor where it can, as i386 on x86-64, else in QEMU; the tools of the tests as they are. $ARCH lists the kinds,
# as Debian calls them: arm64, s390x (big-endian), i386; the PACKAGEs have the libraries. Labels are those of
# $BUILD/emnist, and probabilities differ by 1e-5 at most.
#
# Needs gcc-aarch64-linux-gnu (-s390x-, -i686-), qemu-user-static, iproute2, and a Debian mirror; nothing is installed,
# and root is not needed. Linux runs programs in QEMU through a binfmt_misc of the tests' own (Linux 6.7), which is not
# there before all is built: nothing of the build runs. Tests find $EMULATED set then, and skip what QEMU cannot do
# or what would take it hours, as all that needs $EMNIST_DATA, which they do not find.
set -u

here=$BUILD/emnist
mkdir -p "$BUILD/cross"
cross=$(cd "$BUILD/cross" && pwd)
failed=0

# described ARCH: $triplet, and $format: how Linux knows such a program, and what runs it.
described()
{
	case $1 in
	arm64) triplet=aarch64-linux-gnu format=$(cat /usr/lib/binfmt.d/qemu-aarch64.conf) ;;
	s390x) triplet=s390x-linux-gnu format=$(cat /usr/lib/binfmt.d/qemu-s390x.conf) ;;
	# Debian leaves them to the processor alone.
	i386)
		triplet=i686-linux-gnu
		format=':qemu-i386:M::\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x03\x00'
		format=$format':\xff\xff\xff\xff\xff\xfe\xfe\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
		format=$format:$(command -v qemu-i386-static):OF
		;;
	*)
		echo "check-cross: no such machine: $1 (arm64, s390x, i386)" >&2
		return 1
		;;
	esac
	for tool in $triplet-gcc qemu-i386-static; do
		command -v $tool >/dev/null && continue
		echo "check-cross: no $tool; run as root: apt-get install gcc-$triplet qemu-user-static" >&2
		return 1
	done
}

# made TARGET [PREFIX]: with the tools and libraries of the other machine.
made()
{
	target=$1
	shift
	packages=$(echo "$root"/usr/lib/*/pkgconfig):$root/usr/share/pkgconfig
	"$@" "${MAKE:-make}" --no-print-directory -j"${JOBS:-2}" BUILD="$folder" CROSS="$triplet-" \
		CC="$triplet-gcc --sysroot=$root" \
		PKG_CONFIG="env PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_LIBDIR=$packages pkg-config" "$target"
}

# able COMMAND...: where programs of the other machine run, its loader and libraries beside our own: on the processor
# where it can, and otherwise in QEMU.
able()
{
	FORMAT=$format unshare --user --map-root-user --mount --net sh -c '
		root=$1
		shift
		# The cache of the loader knows other libraries of that kind that may be here.
		mount -t overlay -o "lowerdir=$root/lib:$root/usr/lib:/lib" none /lib &&
		mount --bind /dev/null /etc/ld.so.cache && ip link set lo up || exit
		if "$root"/lib/ld*.so.[0-9] --version >/dev/null 2>&1; then
			exec "$@"
		fi
		mount -t binfmt_misc none /proc/sys/fs/binfmt_misc &&
		printf "%s\n" "$FORMAT" >/proc/sys/fs/binfmt_misc/register || exit
		unset EMNIST_DATA
		QEMU_SET_ENV=LOCPATH=$root/locale EMULATED=yes exec "$@"' sh "$root" "$@"
}

# answers [PREFIX] EMNIST: label and probability of each image.
answers() { "$@" classify -r -f tsv testdata/samples testdata/drawings testdata/formats 2>/dev/null | cut -f 1-3; }

# same_answers: here and there.
same_answers()
{
	answers "$here" >"$folder/here"
	answers able "$folder/emnist" >"$folder/there"
	paste "$folder/here" "$folder/there" | awk -F '\t' '
		$1 != $4 || $2 != $5 || $3 - $6 > 1e-5 || $6 - $3 > 1e-5 { print; n++ }
		END { print NR - 1 " images, " n + 0 " differ"; exit n > 0 || NR < 100 }'
}

for arch in ${ARCH:-arm64 s390x i386}; do
	folder=$cross/$arch
	root=$folder/sysroot/root
	echo "# $arch"
	described "$arch" &&
		sh lib/tool/sysroot.sh "$arch" "$folder/sysroot" "$@" >"$folder.log" 2>&1 &&
		made check-programs &&
		made check-built able &&
		same_answers || failed=1
done
exit $failed
