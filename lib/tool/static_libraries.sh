#!/bin/sh
# static_libraries.sh FOLDER - builds the libraries that emnist uses, for musl, into FOLDER/lib and
# FOLDER/include, from Debian's source packages, with $CFLAGS. What is there stays.
#
# Needs musl-tools, dpkg-dev, cmake, and a Debian mirror. Nothing is installed, and root is not needed.
set -eu

mkdir -p "$1"
folder=$(cd "$1" && pwd)
. lib/tool/own_apt.inc
export CC=musl-gcc CFLAGS CPPFLAGS="-I$folder/include" LDFLAGS="-L$folder/lib" \
	PKG_CONFIG_LIBDIR="$folder/lib/pkgconfig" MAKEFLAGS="-j${JOBS:-2}"

for tool in musl-gcc dpkg-source cmake; do
	command -v $tool >/dev/null || {
		echo "static: no $tool; run as root: apt-get install musl-tools dpkg-dev cmake" >&2
		exit 2
	}
done

# fetched PACKAGE: unpacks it to $folder/src/PACKAGE.
fetched()
{
	[ ! -d "$folder/src/$1" ] || return 0
	mkdir -p "$folder/src/get"
	(cd "$folder/src/get" && own_apt source --download-only "$1")
	dpkg-source -q --no-check -x "$folder"/src/get/"$1"_*.dsc "$folder/src/$1"
}

# configured ARGUMENT...: the usual three steps.
configured()
{
	./configure --host="$(uname -m)-linux-musl" --prefix="$folder" --disable-shared --enable-static \
		--disable-dependency-tracking "$@"
	make
	make install
}

# with_cmake TARGET ARGUMENT...
with_cmake()
{
	target=$1
	shift
	cmake -DCMAKE_PREFIX_PATH="$folder" -DCMAKE_FIND_ROOT_PATH="$folder" \
		-DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY \
		-DCMAKE_BUILD_TYPE=Release "$@" .
	make "$target"
}

# archived NAME SOURCE...: compiles, and makes lib/NAME.
archived()
{
	library=$folder/lib/$1
	shift
	rm -rf objects
	mkdir objects
	for source in "$@"; do
		$CC $CFLAGS $CPPFLAGS -I. -c -o "objects/$(echo "$source" | tr / _).o" "$source"
	done
	ar rcsD "$library" objects/*.o
}

build_zlib() { ./configure --static --prefix="$folder" && make libz.a && make install; }
build_libpng1_6() { configured --disable-tools; }
build_libjpeg_turbo()
{
	with_cmake jpeg-static -DENABLE_SHARED=0 -DWITH_TURBOJPEG=0 -DCMAKE_SYSTEM_PROCESSOR="$(uname -m)" \
		-DWITH_SIMD="$(command -v nasm >/dev/null && echo 1 || echo 0)"
	cp libjpeg.a "$folder/lib"
	cp jpeglib.h jerror.h jmorecfg.h jconfig.h "$folder/include"
}
build_libdeflate()
{
	archived libdeflate.a lib/*.c lib/*/cpu_features.c
	cp libdeflate.h "$folder/include"
}
build_protobuf_c()
{
	mkdir -p "$folder/include/protobuf-c"
	archived libprotobuf-c.a protobuf-c/protobuf-c.c
	cp protobuf-c/protobuf-c.h "$folder/include/protobuf-c"
}
build_xz_utils()
{
	configured --disable-xz --disable-xzdec --disable-lzmadec --disable-lzmainfo --disable-scripts --disable-doc \
		--disable-nls
}
build_libzstd()
{
	archived libzstd.a lib/common/*.c lib/compress/*.c lib/decompress/*.c lib/decompress/*.S
	cp lib/*.h "$folder/include"
}
build_bzip2()
{
	archived libbz2.a blocksort.c huffman.c crctable.c randtable.c compress.c decompress.c bzlib.c
	cp bzlib.h "$folder/include"
}
build_libarchive()
{
	with_cmake archive_static -DENABLE_TEST=OFF -DENABLE_TAR=OFF -DENABLE_CPIO=OFF -DENABLE_CAT=OFF -DENABLE_ACL=OFF \
		-DENABLE_XATTR=OFF -DENABLE_LIBXML2=OFF -DENABLE_EXPAT=OFF -DENABLE_OPENSSL=OFF -DENABLE_NETTLE=OFF \
		-DENABLE_LZ4=OFF -DENABLE_LIBB2=OFF -DENABLE_WERROR=OFF
	cp libarchive/libarchive.a "$folder/lib"
	cp libarchive/archive.h libarchive/archive_entry.h "$folder/include"
}
build_tiff()
{
	with_cmake tiff -DBUILD_SHARED_LIBS=OFF -Dtiff-tools=OFF -Dtiff-tests=OFF -Dtiff-contrib=OFF -Dtiff-docs=OFF \
		-Dcxx=OFF -Dwebp=OFF -Dlibdeflate=OFF -Dzstd=OFF -Dlerc=OFF -Djbig=OFF -Dlzma=ON
	cp libtiff/libtiff.a "$folder/lib"
	cp libtiff/tiff.h libtiff/tiffio.h libtiff/tiffvers.h libtiff/tiffconf.h "$folder/include"
}
build_libwebp()
{
	archived libwebp.a src/dec/*.c src/dsp/*.c src/utils/*.c src/demux/*.c
	mkdir -p "$folder/include/webp"
	cp src/webp/*.h "$folder/include/webp"
}
build_libmicrohttpd() { configured --disable-https --disable-doc --disable-examples --disable-curl; }

mkdir -p "$folder/lib" "$folder/include" "$folder/done"
# musl comes without the kernel's headers.
mkdir -p "$folder/kernel"
ln -sfn /usr/include/linux /usr/include/asm-generic "/usr/include/$(gcc -print-multiarch)/asm" "$folder/kernel"
own_sources deb-src
for package in zlib libpng1.6 libjpeg-turbo libdeflate protobuf-c xz-utils bzip2 libzstd libarchive tiff libwebp \
	libmicrohttpd; do
	[ ! -e "$folder/done/$package" ] || continue
	[ -e "$folder/updated" ] || { own_apt update >/dev/null && : >"$folder/updated"; }
	echo "static: $package"
	# In the background, since -e does not hold in a condition.
	(
		fetched $package
		cd "$folder/src/$package"
		"build_$(echo $package | tr .- __)"
	) >"$folder/$package.log" 2>&1 &
	wait $! || {
		tail -n 20 "$folder/$package.log" >&2
		exit 1
	}
	: >"$folder/done/$package"
done
