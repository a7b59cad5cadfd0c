#!/bin/sh
# completions.sh - each shell completes the commands, options and choices that the tables have.
. cli/test/tap.inc

mkdir "$TMP/bin" "$TMP/empty"
ln -s "$EMNIST" "$TMP/bin/emnist"
here=$PWD/cli/completions
PATH=$TMP/bin:$PATH

# Completions of the words, the last of which is being typed, sorted, in a line.
of_bash()
{
	(cd "$TMP/empty" && bash -c '
		. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_emnist "$1"
		printf "%s\n" "${COMPREPLY[@]}"' "$here/emnist.bash" "$@") | sort | xargs
}

# What is given to the line editor, which only runs in a terminal.
of_zsh()
{
	(cd "$TMP/empty" && zsh -f -c '
		compset() { PREFIX=${PREFIX#*=}; }
		compadd() { print -l -- ${(P)@[-1]}; }
		_describe() { print -l -- ${(P)@[-1]%%:*}; }
		_files() { :; }
		source=$1
		shift
		words=("$@") CURRENT=$# PREFIX=${@[-1]}
		set --
		. $source | while IFS= read -r line; do
			[[ $line == ${PREFIX#--*=}* ]] && print -r -- $line
		done' zsh "$here/emnist.zsh" "$@") | sort | xargs
}

of_fish()
{
	(cd "$TMP/empty" && HOME=$TMP fish --no-config -c '
		source $argv[1]
		complete -C (string join " " -- $argv[2..-1])' "$here/emnist.fish" "$@") |
		cut -f 1 | sed 's/^--[a-z-]*=//' | sort | xargs
}

for shell in bash zsh fish; do
	if ! command -v $shell >/dev/null; then
		skip "$shell" "no $shell"
		continue
	fi
	is "$shell: commands" 'bench classify dataset eval load model serve train' "$(of_$shell emnist '')"
	is "$shell: the start of a command" 'classify' "$(of_$shell emnist c)"
	is "$shell: commands of a group" 'convert show' "$(of_$shell emnist model '')"
	is "$shell: an option" '--probabilities' "$(of_$shell emnist classify --prob)"
	is "$shell: behind operands" '--probabilities' "$(of_$shell emnist classify -r model --prob)"
	is "$shell: an option of a group's command" '--opset' "$(of_$shell emnist model convert --ops)"
	is "$shell: choices" 'csv jsonl text tsv' "$(of_$shell emnist classify --format '')"
	is "$shell: of a short option" 'tsv' "$(of_$shell emnist classify -f ts)"
	if [ $shell = bash ]; then
		is "$shell: behind =" 'csv' "$(of_$shell emnist classify --format = c)"
		is "$shell: directly" 'csv jsonl text tsv' "$(of_$shell emnist classify --format =)"
	else
		is "$shell: behind =" 'csv' "$(of_$shell emnist classify --format=c)"
	fi
	is "$shell: file names are left to the shell" '' "$(of_$shell emnist classify x)"
	for command in classify eval train 'model show' 'model convert' 'dataset stats' 'dataset import' serve \
		load bench; do
		is "$shell: all options of $command" \
			"$("$EMNIST" $command --help | grep -oE '^ +(-., )?--[a-z0-9-]+' | sed 's/.* //' | sort | xargs)" \
			"$(of_$shell emnist $command --)"
	done
done
finish
