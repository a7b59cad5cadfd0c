#compdef emnist
# emnist.zsh - completes emnist's commands, options and their choices in zsh, and file names otherwise.
# They are those of --help, which takes a millisecond, and so always those of the program that is run.

_emnist() {
	local program=$words[1] help given before line in_commands name
	local -a command commands options choices match mbegin mend

	help=$($program --help 2>/dev/null)
	for given in $words[2,CURRENT-1]; do
		[[ $help == *$'\nCommands:\n'* && $help == *$'\n  '"$given "* ]] || break
		command+=($given)
		help=$($program $command --help 2>/dev/null)
	done
	before=$words[CURRENT-1]
	if [[ $PREFIX == --*=* ]]; then
		before=${PREFIX%%=*}
		compset -P '*='
	fi
	for line in ${(f)help}; do
		if [[ $line == Commands: ]]; then
			in_commands=1
		elif [[ $line != '  '* ]]; then
			in_commands=
		elif [[ -n $in_commands && $line =~ '^  ([a-z]+) +(.*)$' ]]; then
			commands+=("$match[1]:$match[2]")
		elif [[ $line =~ '^  ((-.), |    )(--[a-z0-9-]+)( ([^ ]+))?( +(.*))?$' ]]; then
			options+=("$match[3]:$match[7]")
			[[ ( $before == $match[3] || $before == "$match[2]" ) && $match[5] == *\|* ]] &&
				choices=(${(s:|:)match[5]})
		fi
	done
	if (( $#choices )); then
		compadd -a choices
	elif [[ $PREFIX == -* ]]; then
		_describe option options
	elif (( $#commands )); then
		_describe command commands
	else
		_files
	fi
}

_emnist "$@"
