# emnist.fish - completes emnist's commands, options and their choices in fish, and file names otherwise.
# They are those of --help, which takes a millisecond, and so always those of the program that is run.

# The help of the command that is being typed.
function __emnist_help
    set -l words (commandline -opc)
    set -l command
    set -l help ($words[1] --help 2>/dev/null)
    for given in $words[2..-1]
        contains -- Commands: $help; and string match -q -- "  $given *" $help; or break
        set -a command $given
        set help ($words[1] $command --help 2>/dev/null)
    end
    printf '%s\n' $help
end

# Lines "NAME<tab>TEXT".
function __emnist_commands
    __emnist_help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 }
        on { name = $1; sub(/^ +[a-z]+ +/, ""); print name "\t" $0 }'
end

function __emnist_options
    __emnist_help | awk 'match($0, /^  (-., |    )--[a-z0-9-]+( [^ ]+)?/) {
        text = substr($0, RLENGTH + 1)
        sub(/^ +/, "", text)
        match($0, /--[a-z0-9-]+/)
        print substr($0, RSTART, RLENGTH) "\t" text }'
end

# The choices of the option that stands before the word, or before = in it.
function __emnist_choices
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l before $words[-1]
    set -l start
    if string match -q -- '--*=*' $word
        set before (string replace -r '=.*' '' -- $word)
        set start "$before="
    end
    __emnist_help | awk -v before="$before" -v start="$start" '
        match($0, /^  (-., |    )--[a-z0-9-]+ [^ ]*\|[^ ]*/) {
            n = split(substr($0, RSTART, RLENGTH), parts, /,? +/)
            for (i = 2; i < n; i++)
                if (parts[i] == before)
                    for (j = split(parts[n], choices, "|"); j; j--)
                        print start choices[j] }'
end

complete -c emnist -n 'test (count (__emnist_commands)) -gt 0' -f -a '(__emnist_commands)'
complete -c emnist -n 'string match -q -- "-*" (commandline -ct)' -f -a '(__emnist_options)'
complete -c emnist -n 'test (count (__emnist_choices)) -gt 0' -f -a '(__emnist_choices)'
