# shellcheck shell=sh
# sources.sh - the datasets of the built-in model, for lib/builtin/default.sh and lib/bench/people.sh,
# which read this file at their beginning. Each is made once, in $BUILD/default-model; what is half made
# has another name.
#
# Of each source of other people's characters a part is for judgement alone, and never learned:
#	pen strokes of the donors $judges; the second half of each class of the photographs
#	foreign-62, which people wrote in the same order; the fonts of fonts.tsv with use "judge".

build=${BUILD:-build}
shared=${EMNIST_DATA:?set EMNIST_DATA to the folder that holds emnist/ and foreign/}
data=$shared/emnist
work=$build/default-model
emnist=$build/emnist
sources=lib/builtin/sources.py
fonts=lib/builtin/fonts.tsv
seed=1
# shellcheck disable=SC2034
held_out=0.1 # of part 1
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
export OMP_NUM_THREADS=1

part1=$data/train/part1-62-images-idx3-ubyte.gz
part2=$data/train/part2-32-images-idx3-ubyte.gz
part3=$data/train/part3-letters-images-idx3-ubyte.gz
part4=$data/train/part4-62-images-idx3-ubyte.gz
raw=$data/train/nist-raw128
frequencies=$data/emnist-byclass-train-labels-idx1-ubyte.gz
mapping=$data/emnist-byclass-mapping.txt
strokes=$shared/foreign/unipen-strokes.jsonl.gz
foreign=$shared/foreign/foreign-62

# Donors of UNIPEN: those who judge, and three groups who do not, of like size.
judges=aga,imp,lav,uqb
group1=apb,ibm,mot,sie
group2=app,val,ced
group3=apa,kai,syn,gmd,art

# begin NAME: whether NAME is still to be made.
begin()
{
	[ ! -e "$work/$1" ] && echo "== $1 ($(date +%T))"
}

# keep NAME: renames making-* to NAME-*, what begin looks for last.
keep()
{
	for ending in bits-idx3-ubyte images-idx3-ubyte labels-idx1-ubyte mapping.txt; do
		[ ! -e "$work/making-$ending" ] || mv "$work/making-$ending" "$work/$1-$ending"
	done
}

# photograph NAME N DATASET [OPTION]...: N photographs of DATASET, normalized.
photograph()
{
	begin "$1-mapping.txt" || return 0
	name=$1 n=$2 dataset=$3
	shift 3
	"$build/bench/export_photographs" -n "$n" "$@" "$dataset" "$work/making"
	keep "$name"
}

# distort NAME N BITS LABELS [OPTION]...: N drawings of bilevel characters.
distort()
{
	begin "$1-mapping.txt" || return 0
	name=$1 n=$2 bits=$3 labels=$4
	shift 4
	"$build/bench/export_originals" -n "$n" "$@" "$bits" "$labels" "$work/making"
	keep "$name"
}

# choose NAME DATASET INDICES: some images of a dataset. NumPy's files can be written of any.
choose()
{
	begin "$1-mapping.txt" || return 0
	"$emnist" dataset export --force --indices "$3" "$2" "$work/making-images-idx3-ubyte" >/dev/null
	keep "$1"
}

# link NAME STROKES [OPTION]...: pen strokes whose small letters are linked to neighbors.
link()
{
	begin "$1.jsonl.gz" || return 0
	make_python
	name=$1
	shift
	"$python" $sources link "$@" -o "$work/making.jsonl.gz"
	mv "$work/making.jsonl.gz" "$work/$name.jsonl.gz"
}

# Python with what the recipe needs; PYTHON is another one.
make_python()
{
	python=${PYTHON:-$work/python/bin/python}
	[ -z "${PYTHON:-}" ] && begin python || return 0
	rm -rf "$work/python.making"
	python3 -m venv "$work/python.making"
	"$work/python.making/bin/pip" install -q torch==2.15.0 numpy==2.4.6 pillow==13.0.0
	mv "$work/python.making" "$work/python"
}

# Debian's packages of fonts, unpacked and not installed.
unpack_fonts()
{
	begin fonts || return 0
	rm -rf "$work/fonts.making"
	mkdir -p "$work/fonts.making"
	packages=$(sed 1d $fonts | cut -f 1)
	# shellcheck disable=SC2086
	(cd "$work/fonts.making" && apt-get -q download $packages)
	for package in $packages; do
		dpkg-deb -x "$work/fonts.making/${package}_"*.deb "$work/fonts.making/$package"
	done
	mv "$work/fonts.making" "$work/fonts"
}

# render USE: the characters of the fonts with that use.
render()
{
	begin "fonts-$1-labels-idx1-ubyte" || return 0
	make_python
	"$python" $sources fonts $fonts "$1" "$work/fonts" "$work/making"
	keep "fonts-$1"
}

# The numbers of the images of foreign-62 in the first or second half of their class.
halves()
{
	gzip -dc "$foreign-labels-idx1-ubyte.gz" | tail -c +9 | od -An -v -tu1 -w1 | awk -v second="$1" '
		{ label[NR] = $1; n[$1]++ }
		END {
			for (i = 1; i <= NR; i++)
				if ((++seen[label[i]] > n[label[i]] / 2) == second)
					print i - 1
		}'
}

# What judges: never learned, held out at random or by people.
make_judges()
{
	mkdir -p "$work"
	unpack_fonts
	render judge
	distort judge-fonts 2728 "$work/fonts-judge-bits-idx3-ubyte" "$work/fonts-judge-labels-idx1-ubyte"
	photograph judge-strokes 6880 "$strokes" -s 101 --donors $judges --most 3 --zoom 1.3
	begin judge-small.jsonl.gz && {
		gzip -dc "$strokes" | grep '"label":"[a-z]"' | gzip -n >"$work/making.jsonl.gz"
		mv "$work/making.jsonl.gz" "$work/judge-small.jsonl.gz"
	}
	link judge-linked "$work/judge-small.jsonl.gz" --donors $judges
	photograph judge-font-photographs 2728 "$work/judge-fonts" -s 102 --most 3 --zoom 1.3
	halves 1 >"$work/judge-foreign.txt"
	begin judge-drawings.tsv && {
		printf 'path\tlabel\n'
		sed "1d; s,^,$PWD/testdata/drawings/," testdata/drawings/expected.tsv
	} >"$work/judge-drawings.tsv"
	return 0
}

# question I DONORS: what a model that did not learn these donors says of their strokes.
question()
{
	begin "answers$1.csv" || return 0
	"$emnist" train -q -j 2 --seed $seed --epochs 8 --elastic 0.5 --without-donors "$2,$judges" \
		--labels "$mapping" --class-frequencies "$frequencies" -o "$work/question$1.onnx" \
		"$part1" "$part2" "$part3" "$strokes"
	"$emnist" dataset export --force --donors "$2" "$strokes" "$work/question$1-images-idx3-ubyte" >/dev/null
	"$emnist" classify -m "$work/question$1.onnx" -f csv --probabilities \
		"$work/question$1-images-idx3-ubyte" >"$work/making.csv"
	mv "$work/making.csv" "$work/answers$1.csv"
}

# What is learned besides parts 1, 2 and 4.
make_lessons()
{
	mkdir -p "$work"
	make_python
	unpack_fonts
	question 1 $group1
	question 2 $group2
	question 3 $group3
	begin strokes.jsonl.gz && {
		"$python" $sources clean "$strokes" "$group1=$work/answers1.csv" "$group2=$work/answers2.csv" \
			"$group3=$work/answers3.csv" -o "$work/making.jsonl.gz"
		mv "$work/making.jsonl.gz" "$work/strokes.jsonl.gz"
	}
	link linked "$work/strokes.jsonl.gz"
	begin case-mapping.txt && {
		"$python" $sources case "$part3" "$data/train/part3-letters-labels-idx1-ubyte.gz" \
			"$data/train/part3-case-known.csv" "$work/making"
		keep case
	}
	halves 0 >"$work/foreign.txt"
	choose foreign "$foreign" "$work/foreign.txt"
	render learn
	distort fonts-drawn 31956 "$work/fonts-learn-bits-idx3-ubyte" "$work/fonts-learn-labels-idx1-ubyte" -s 1
	distort plain 8536 "$raw"-bits-idx3-ubyte.gz "$raw"-labels-idx1-ubyte.gz --plain
	begin originals-labels-idx1-ubyte && {
		"$python" $sources originals "$raw"-bits-idx3-ubyte.gz "$raw"-labels-idx1-ubyte.gz \
			"$work/plain-images-idx3-ubyte" "$part4" "$work/making"
		keep originals
	}
	distort originals-drawn 13260 "$work/originals-bits-idx3-ubyte" "$work/originals-labels-idx1-ubyte" \
		-s 2
}
