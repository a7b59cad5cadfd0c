#!/bin/sh
# manual.sh - the manual is right: its pages are well-formed, list the commands and options that
# --help lists, in its order and with the same arguments, their pictures show what the program makes,
# and their examples do what they show.
#
# In an example a line that begins with "$ " is a command, "> " goes on with it, and what follows is
# its output, stdout and stderr; where a page shows none, none is compared. Numbers of several
# digits are compared where the files are those that the page speaks of: scan.png is a picture of
# testdata, and EMNIST's test images are those of EMNIST_DATA. A figure may be 2 off in its fourth
# decimal: the last digits depend on the processor.
. cli/test/tap.inc

root=$PWD
PATH=$BUILD:$PATH
export PATH
short_examples

if ! command -v groff >/dev/null; then
	skip 'the manual' 'no groff'
	finish
fi

# render PAGE: as plain text whose lines are not broken.
render()
{
	groff -man -Tutf8 -P-cbou -rLL=999n "$1" | sed 's/‐/-/g'
}

# section NAME: of a rendered page.
section()
{
	sed -n "/^$1\$/,/^[A-Z]/{/^[A-Z]/d;p;}"
}

# ------------------------------------------------------------------------ form

for page in man/*.[1357]; do
	for device in utf8 ps; do
		warnings=$(groff -man -T$device -ww -z "$page" 2>&1)
		is "$page: groff has no warnings for $device" '' "$warnings"
	done
	if command -v mandoc >/dev/null; then
		warnings=$(mandoc -Tlint -W warning "$page" 2>&1)
		is "$page: mandoc has no warnings" '' "$warnings"
	fi
	check "$page: make install adds the version" grep -q '^\.TH .* "emnist" "emnist manual"$' "$page"
done

# References lead to pages that are there.
for reference in $(cat man/*.[1357] | sed -n 's/^\.BR \([a-z\\-]*\) (\([1357]\)).*/\1.\2/p' |
	tr -d '\\' | sort -u); do
	case $reference in
	emnist* | libemnist*) check "$reference is there" [ -e "man/$reference" ] ;;
	esac
done

# --------------------------------------------------------------- help and pages

"$EMNIST" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) *\(.*\)/\1: \2/p' >"$TMP/commands"
render man/emnist.1 | section COMMANDS |
	sed -n '/, see/{N;s/^ *\([a-z]*\), see.*\n *\(.*\)/\1: \2/p;}' >"$TMP/in_page"
check 'emnist.1 lists the commands' diff "$TMP/commands" "$TMP/in_page"

# options_of TEXT: "-m, --model FILE" for each option, of help or of a page.
options_of()
{
	sed -n 's/^ \{2,7\}\(-.*\)/\1/p' "$1" | sed 's/   *.*//'
}

# help_of COMMAND: what --help prints. Of a command that is several, that of each, with an option that
# several of them have once, and those of all at the end, as on the page.
help_of()
{
	"$EMNIST" "$1" --help >"$TMP/help_of"
	if ! grep -q '^Commands:' "$TMP/help_of"; then
		cat "$TMP/help_of"
		return
	fi
	for subcommand in $(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$TMP/help_of"); do
		"$EMNIST" "$1" "$subcommand" --help | grep -v '^  -h, --help\|^      --version'
	done | awk '
		/^  (    )?-/ {
			name = $0
			sub(/^ */, "", name)
			sub(/   .*/, "", name)
			again = seen[name]++
		}
		/^[^ ]/ { again = 0 }
		!again'
	sed -n '/^Options:/,/^$/p' "$TMP/help_of"
}

while IFS=: read -r command summary; do
	page=man/emnist-$command.1
	help_of "$command" >"$TMP/help"
	render "$page" >"$TMP/rendered"
	section OPTIONS <"$TMP/rendered" >"$TMP/options"
	options_of "$TMP/help" >"$TMP/wanted"
	options_of "$TMP/options" | awk '!seen[$0]++' >"$TMP/in_page"
	check "$page has the options of --help" diff "$TMP/wanted" "$TMP/in_page"
	check "$command has options" [ -s "$TMP/wanted" ]
	is "$page: NAME is the command's summary" "emnist-$command -$summary" \
		"$(section NAME <"$TMP/rendered" | sed 's/^ *//;/^$/d')"
	# Defaults and ranges stand in both; a default that only one has is a slip.
	sed -n '/^Usage/,/^Exit status/p' "$TMP/help" | tr -s ' \n' ' ' | sed 's/  *-/\
-/g' | sed -n 's/^-.*default: \([0-9.,A-Z]*[0-9A-Z]\).*/\1/p' >"$TMP/wanted"
	sed -n 's/.*Default: \([0-9.,A-Z]*[0-9A-Z]\).*/\1/p' "$TMP/options" >"$TMP/in_page"
	check "$page has the defaults of --help" diff "$TMP/wanted" "$TMP/in_page"
done <"$TMP/commands"

# -------------------------------------------------------------------- pictures

# The pictures in emnist.1 are what the network sees. A character may be one step of darkness off, since
# pixels differ in their last bits between compilers.
if command -v python3 >/dev/null; then
	for way in auto raw; do
		"$EMNIST" classify --preprocess $way --dump-preprocessed "$TMP/seen.$way" \
			testdata/samples/digit-3-photo.jpg >"$TMP/printed"
	done
	python3 cli/test/picture.py "$TMP"/seen.auto/*.png "$TMP"/seen.raw/*.png >"$TMP/wanted"
	sed -n '/^\.SH "HOW IMAGES/,/^\.SH MODELS/{/^\.EX/,/^\.EE/p;}' man/emnist.1 |
		sed '1,3d; /^\.EE/d; s/\\-/-/g; s/^\\&//' >"$TMP/in_page"
	check 'emnist.1 has the pictures that picture.py prints' awk '
		function level(line, x) {
			return index(" .:-=+*#%@", x > length(line) ? " " : substr(line, x, 1))
		}
		NR == FNR { wanted[++n] = $0; next }
		{
			picture = wanted[++m]
			for (x = 1; x <= length($0) || x <= length(picture); x++) {
				step = level($0, x) - level(picture, x)
				if (step < -1 || step > 1) {
					print "wanted: " picture "\ngot:    " $0
					bad = 1
					break
				}
			}
		}
		END { exit bad || n != 14 || m != 14 }' "$TMP/wanted" "$TMP/in_page"
else
	skip 'emnist.1 has the pictures that picture.py prints' 'no python3'
fi

# -------------------------------------------------------------------- examples

# repeat_images FILE and repeat_labels FILE: plain idx files of 40 items with each of them 14 times:
# more images than a step of training takes.
repeat_images()
{
	printf '\000\000\010\003\000\000\002\060\000\000\000\034\000\000\000\034'
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
		tail -c +17 "$1"
	done
}

repeat_labels()
{
	printf '\000\000\010\001\000\000\002\060'
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
		tail -c +9 "$1"
	done
}

# The files that the examples speak of, in the current directory.
make_files()
{
	idx=$root/testdata/idx
	cp "$root/testdata/samples/digit-2-scan.png" scan.png
	cp "$root/testdata/scans/pages.tif" scan.tif
	mkdir scans
	cp scan.png scans/a.png
	head -c 2000 "$root/testdata/samples/small-d-phone.jpg" >scans/b.jpg
	echo 'a shopping list' >scans/notes.txt
	mkdir -p letters/A_caps letters/0 gzip
	cp "$root/testdata/formats/images/00.png" letters/0
	cp "$root/testdata/formats/images/10.png" letters/A_caps
	printf 'path,label\n0/00.png,0\nA_caps/10.png,A\n' >letters/labels.csv
	gzip -dc "$idx/strokes-byclass-test-labels-idx1-ubyte.gz" >labels
	repeat_labels labels | gzip >byclass-labels.gz
	repeat_images "$idx/strokes-byclass-test-images-idx3-ubyte" | gzip >byclass-images.gz
	for part in train test; do
		for kind in images-idx3 labels-idx1; do
			cp "byclass-${kind%-*}.gz" "emnist-byclass-$part-$kind-ubyte.gz"
			cp "$idx/strokes-letters-$kind-ubyte.gz" "emnist-letters-$part-$kind-ubyte.gz"
		done
	done
	cp emnist-* gzip
	cp "$root/testdata/formats/pen-strokes.jsonl" strokes.jsonl
	cp "$idx/strokes-byclass-mapping.txt" emnist-byclass-mapping.txt
	cp "$idx/strokes-letters-mapping.txt" emnist-letters-mapping.txt
}

# examples PAGE: its examples as files $TMP/examples/N: the command, and N.shown: its output.
examples()
{
	rm -rf "$TMP/examples"
	mkdir "$TMP/examples"
	sed -n '/^\.SH EXAMPLES/,/^\.SH "SEE/{/^\.EX/,/^\.EE/p;}' "$1" |
		sed "s/\\\\-/-/g; s/\\\\(aq/'/g; s/\\\\e/\\\\/g" |
		awk -v folder="$TMP/examples" '
			/^\.E[XE]/ { next }
			/^\$ / { n++; print substr($0, 3) > (folder "/" n); next }
			/^> / { print substr($0, 3) > (folder "/" n); next }
			n { print > (folder "/" n ".shown") }'
}

# Two blanks come before the runners-up, which depend on the model as much as their probabilities.
masked()
{
	sed 's/[0-9][0-9.,]*[0-9]/N/g; s/  [^ ] N/  ? N/g' "$1"
}

# figures NAME SHOWN PRINTED: passes when each number of the one is that of the other.
figures()
{
	for figures_of in "$2" "$3"; do
		grep -oE '[0-9]+[.][0-9]+' "$figures_of" >"$figures_of.figures"
	done
	check "$1" awk 'NR == FNR { shown[++n] = $0; next }
		{
			m++
			if (shown[m] - $0 > 0.00025 || $0 - shown[m] > 0.00025) {
				print "shown: " shown[m] ", printed: " $0
				bad = 1
			}
		}
		END { exit bad || n != m || !n }' "$2.figures" "$3.figures"
}

# true_figures PAGE: those of EMNIST's test images. Their example has its own files elsewhere.
true_figures()
{
	name="$1: figures of $(head -n 1 "$TMP/examples/$n")"
	if [ -z "${EMNIST_DATA:-}" ]; then
		skip "$name" 'EMNIST_DATA is not set'
		return
	fi
	(cd "$EMNIST_DATA/emnist" && sh "$TMP/examples/$n") >"$TMP/printed" 2>&1
	figures "$name" "$shown" "$TMP/printed"
}

mkdir "$TMP/work"
cd "$TMP/work" || exit 1
make_files
for page in emnist.1 emnist-classify.1 emnist-eval.1 emnist-train.1 emnist-model.1 emnist-dataset.1 emnist-bench.1 emnist-formats.5 emnist-scale.7; do
	examples "$root/man/$page"
	check "$page has examples" [ -s "$TMP/examples/1" ]
	n=1
	while [ -e "$TMP/examples/$n" ]; do
		shown=$TMP/examples/$n.shown
		if [ -n "$EMULATED" ] && grep -q 'emnist bench' "$TMP/examples/$n"; then
			skip "$page: $(head -n 1 "$TMP/examples/$n")" 'its least takes minutes in QEMU'
			n=$((n + 1))
			continue
		fi
		sh "$TMP/examples/$n" </dev/null >"$TMP/printed" 2>&1
		status=$?
		wanted=0
		[ -e "$shown" ] && grep -q '^emnist: ' "$shown" && wanted=1
		is "$page: status of $(tr '\n' ' ' <"$TMP/examples/$n")" $wanted $status
		if [ -e "$shown" ]; then
			masked "$shown" >"$TMP/wanted"
			masked "$TMP/printed" >"$TMP/got"
			check "$page: output of $(head -n 1 "$TMP/examples/$n")" \
				diff "$TMP/wanted" "$TMP/got"
		fi
		if [ -e "$shown" ] && grep -qE '[0-9][.][0-9]{2}' "$shown"; then
			case $(cat "$TMP/examples/$n") in
			*emnist-byclass-test*) true_figures "$page" ;;
			*) figures "$page: figures of $(head -n 1 "$TMP/examples/$n")" "$shown" \
				"$TMP/printed" ;;
			esac
		fi
		n=$((n + 1))
	done
done
check 'the examples of training leave no checkpoint' [ ! -e model.onnx.checkpoint ]

# ------------------------------------------------------------------ the program

sed -n '/^\.SH EXAMPLES/,/^\.SH "SEE/{/^\.EX/,/^\.EE/p;}' "$root/man/libemnist.3" |
	sed '/^\.E[XE]/d; s/\\-/-/g; s/\\(aq/'"'"'/g; s/\\e/\\/g' >example.c
# shellcheck disable=SC2046
check 'libemnist.3: the example compiles without a warning' ${CC:-cc} -std=c99 -Wall -Wextra -Werror \
	-pedantic ${SANITIZE:+-fsanitize=$SANITIZE} -I"$root/lib" -o example example.c \
	"$BUILD/libemnist.a" $(pkg-config --libs libpng libjpeg zlib libdeflate libprotobuf-c) -lm -lpthread
./example scan.png >printed 2>&1
is 'libemnist.3: the example classifies' 'scan.png: 2 N' "$(masked printed)"
./example scans/notes.txt >printed 2>&1
is 'libemnist.3: the example fails as it should' "1 scans/notes.txt: unknown format\
 (supported: PNG, JPEG, TIFF, WebP, BMP, PNM, GIF, TGA)" "$? $(cat printed)"

# What the headers declare, the page names.
grep -ho 'EMNIST_API.*' "$root"/lib/emnist*.h | grep -o 'emnist_[a-z0-9_]*(' | tr -d '(' | sort -u >declared
sed -n 's/^\.BR \(emnist_[a-z0-9_]*\) ().*/\1/p' "$root/man/libemnist.3" | sort -u >named
check 'the headers declare functions' [ -s declared ]
check 'libemnist.3 names all functions' diff declared named

cd "$root" || exit 1
finish
