#!/bin/sh
# completions.sh - each shell completes the commands, options and choices that the tables have, and file names.
# The shells are those that people use, and find the completions as they do when they are installed.
. cli/test/tap.inc

mkdir -p "$TMP/bin" "$TMP/folder" "$TMP/zsh" "$TMP/share/fish/vendor_completions.d"
ln -s "$EMNIST" "$TMP/bin/emnist"
: >"$TMP/folder/scan.png"
here=$PWD/cli/completions
ln -s "$here/emnist.zsh" "$TMP/zsh/_emnist"
ln -s "$here/emnist.fish" "$TMP/share/fish/vendor_completions.d/emnist.fish"
PATH=$TMP/bin:$PATH

# Completions of the words, the last of which is being typed, sorted, in a line.
of_bash()
{
	(cd "$TMP/folder" && bash -c '
		. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_emnist "$1"
		printf "%s\n" "${COMPREPLY[@]}"' "$here/emnist.bash" "$@") | sort | xargs
}

# A terminal in which the tab key inserts all completions, and prints the line.
cat >"$TMP/zsh/.zshrc" <<'END'
fpath=($ZDOTDIR $fpath)
autoload -Uz compinit
compinit -u -d $ZDOTDIR/dump
zstyle ':completion:*' completer _all_matches _complete
zstyle ':completion:*' insert true
answer() { zle complete-all; print -r -- "<line>$BUFFER</line>"; }
zle -C complete-all complete-word _generic
zle -N answer
bindkey '^I' answer
END
of_zsh()
{
	(cd "$TMP/folder" && TERM=vt100 ZDOTDIR=$TMP/zsh zsh -f -c '
		zmodload zsh/zpty
		zpty shell zsh -d -i
		zpty -w -n shell "$*"$'"'\\t'"'
		zpty -r -m shell output "*<line>*</line>*"
		print -r -- ${${output#*<line>}%%</line>*}
		zpty -d shell' zsh "$@") | tr -s " " "\n" | tail -n "+$#" | sed 's/^--[a-z-]*=//' | sort | xargs
}

# What it would list beside a description.
lines_of_fish()
{
	(cd "$TMP/folder" && HOME=$TMP XDG_DATA_DIRS=$TMP/share fish -c 'complete -C (string join " " -- $argv)' "$@")
}
of_fish() { lines_of_fish "$@" | cut -f 1 | sed 's/^--[a-z-]*=//' | sort | xargs; }

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
		is "$shell: file names are left to the shell" '' "$(of_$shell emnist classify s)"
	else
		is "$shell: behind =" 'csv' "$(of_$shell emnist classify --format=c)"
		is "$shell: directly" 'csv jsonl text tsv' "$(of_$shell emnist classify --format=)"
		is "$shell: file names" 'scan.png' "$(of_$shell emnist classify s)"
	fi
	for command in classify eval train 'model show' 'model convert' 'dataset stats' 'dataset import' serve \
		load bench; do
		is "$shell: all options of $command" \
			"$("$EMNIST" $command --help | grep -oE '^  (-., |    )--[a-z0-9-]+' | sed 's/.* //' | sort | xargs)" \
			"$(of_$shell emnist $command --)"
	done
done
if command -v fish >/dev/null; then
	is 'fish: the description of an option' "$(printf -- '--help\tprint this help')" "$(lines_of_fish emnist bench --hel)"
fi
finish
