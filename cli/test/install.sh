#!/bin/sh
# install.sh - what `make install` puts somewhere works there, and `make uninstall` takes it away.
. cli/test/tap.inc

if [ -n "$SANITIZE" ]; then
	skip 'install' "not with -fsanitize=$SANITIZE, which a plain compiler cannot link"
	finish
fi
CC=${CC:-cc}
VERSION=${VERSION:-$(sed -n 's/^#define EMNIST_VERSION "\(.*\)"/\1/p' lib/emnist.h)}
prefix=$TMP/there
quiet_make() { ${MAKE:-make} --no-print-directory BUILD="$BUILD" prefix="$prefix" "$@"; }

# What root's umask is should not matter.
(umask 077 && quiet_make install >"$TMP/installed" 2>&1)
is 'make install' 0 $?
is 'modes: folders' 755 "$(find "$prefix" -mindepth 1 -type d -printf '%m\n' | sort -u)"
is 'modes: files' '644 755 ' "$(find "$prefix" -type f -printf '%m\n' | sort -u | tr '\n' ' ')"
is 'modes: what runs' "bin/emnist lib/libemnist.so.$VERSION " \
	"$(cd "$prefix" && find * -type f -perm 755 | sort | tr '\n' ' ')"
is 'the manual has the version' "emnist $VERSION" \
	"$(sed -n 's/^\.TH .* "\(emnist [0-9.]*\)" .*/\1/p' "$prefix"/share/man/man?/* | sort -u)"
is 'documents' 'CHANGELOG.md LICENSE README.md examples' "$(cd "$prefix/share/doc/emnist" && echo *)"
is 'completions' 'share/bash-completion/completions/emnist share/fish/vendor_completions.d/emnist.fish share/zsh/site-functions/_emnist ' \
	"$(cd "$prefix" && find share/*/*-functions share/*completion share/fish -type f | sort | tr '\n' ' ')"
check 'the program runs' "$prefix/bin/emnist" --version

cat >"$TMP/uses.c" <<'END'
#include <emnist.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct emnist_model *model;
	struct emnist_session *session;
	struct emnist_reader *reader;
	struct emnist_error error;
	float vector[EMNIST_VECTOR_LENGTH], probabilities[62];
	uint32_t best;

	if (argc != 2 || strcmp(emnist_version(), EMNIST_VERSION) != 0)
		return 3;
	if (emnist_model_default(&model, &error) ||
	    emnist_session_create(model, 1, &session, &error) ||
	    emnist_reader_create(NULL, &reader, &error) ||
	    emnist_read_file(reader, argv[1], vector, &error) ||
	    emnist_session_run(session, vector, 1, probabilities, &error)) {
		puts(error.message);
		return 1;
	}
	emnist_top_k(probabilities, 62, 1, &best);
	puts(emnist_labels_text(emnist_model_labels(model), best));
	emnist_reader_free(reader);
	emnist_session_free(session);
	emnist_model_free(model);
	return 0;
}
END
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
build_shared() { $CC -std=c11 -Wall -Wextra -Werror -o "$TMP/shared" "$TMP/uses.c" \
	$(pkg-config --cflags --libs emnist); }
# --static lists what the archive itself needs; those may be shared.
build_static() { $CC -std=c11 -Wall -Wextra -Werror -o "$TMP/static" "$TMP/uses.c" \
	$(pkg-config --static --cflags --libs emnist | sed 's/-lemnist/-l:libemnist.a/g'); }
image=testdata/samples/digit-2-scan.png
if command -v pkg-config >/dev/null; then
	is 'pkg-config knows the version' "$VERSION" "$(pkg-config --modversion emnist)"
	check 'a program builds with the shared library' build_shared
	if command -v ldconfig >/dev/null || [ -x /sbin/ldconfig ]; then
		setting=$(grep LD_LIBRARY_PATH= "$TMP/installed" | tr -d '\t ')
	else
		setting=LD_LIBRARY_PATH=$prefix/lib
	fi
	check 'the loader does not find it by itself' sh -c "! '$TMP/shared' $image"
	is 'and runs, as make install says' 2 "$(env "$setting" "$TMP/shared" $image)"
	# Until 1.0 the soname has both numbers.
	case $VERSION in 0.*) soname=${VERSION%.*} ;; *) soname=${VERSION%%.*} ;; esac
	check 'and uses it' sh -c "readelf -d '$TMP/shared' | grep -qF '[libemnist.so.$soname]'"
	check 'a program builds with the static library' build_static
	is 'and runs' 2 "$("$TMP/static" $image)"
else
	skip 'a program builds through pkg-config' 'no pkg-config'
fi

check 'make uninstall' quiet_make uninstall
is 'nothing is left' '' "$(find "$prefix" ! -type d; find "$prefix/share/doc/emnist" 2>/dev/null)"

# The same below DESTDIR, where a package is made, with paths of one's own.
check 'make install, DESTDIR' quiet_make install prefix=/opt/x mandir=/opt/x/man DESTDIR="$TMP/root"
is 'says nothing of the loader' 0 "$(grep -c '^install: ' "$TMP/check.log")"
is 'everything is below it' '' "$(find "$TMP/root" ! -type d ! -path "$TMP/root/opt/x/*")"
check 'the program is' [ -e "$TMP/root/opt/x/bin/emnist" ]
is 'the headers are' \
	'emnist.h emnist_classify.h emnist_dataset.h emnist_eval.h emnist_origin.h emnist_serve.h emnist_train.h' \
	"$(cd "$TMP/root/opt/x/include" && echo *)"
is 'the recipes are' 'dask_shards.py parallel_shards.sh ray_shards.py shard.py shard.sh slurm_shards.sh spark_shards.py xargs_shards.sh' \
	"$(cd "$TMP/root/opt/x/share/doc/emnist/examples/scale" && echo *)"
is 'emnist.pc names the prefix' prefix=/opt/x "$(head -n 1 "$TMP/root/opt/x/lib/pkgconfig/emnist.pc")"
check 'make uninstall, DESTDIR' quiet_make uninstall prefix=/opt/x mandir=/opt/x/man \
	DESTDIR="$TMP/root"
is 'nothing is left there' '' "$(find "$TMP/root" ! -type d)"
finish
