# emnist.bash - completes emnist's commands, options and their choices in bash, and file names otherwise.
# They are those of --help, which takes a millisecond, and so always those of the program that is run.

_emnist()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} help words given
	local -a command=()

	# --format=csv is three words here.
	if [[ $word = = ]]; then
		word=
	elif [[ $before = = && COMP_CWORD -ge 2 ]]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	help=$("$1" --help 2>/dev/null)
	for given in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
		[[ $help = *$'\nCommands:\n'* && $help = *$'\n  '"$given "* ]] || break
		command+=("$given")
		help=$("$1" "${command[@]}" --help 2>/dev/null)
	done
	words=$(awk -v word="$word" -v before="$before" '
		/^Commands:/ { in_commands = 1; next }
		/^$/ { in_commands = 0 }
		in_commands { commands = commands " " $1 }
		match($0, /^  (-., |    )--[a-z0-9-]+( [^ ]+)?/) {
			n = split(substr($0, RSTART, RLENGTH), parts, /,? +/)
			names = ""
			for (i = 2; i <= n; i++) {
				if (parts[i] ~ /^-/) {
					names = names parts[i] " "
					long = parts[i]
				} else if (parts[i] ~ /\|/ && index(names, before " ")) {
					gsub(/\|/, " ", parts[i])
					choices = parts[i]
				}
			}
			options = options " " long
		}
		END { print choices != "" ? choices : word ~ /^-/ ? options : commands }' <<<"$help")
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -o default -F _emnist emnist
