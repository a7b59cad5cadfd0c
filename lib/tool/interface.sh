#!/bin/sh
# interface.sh - prints the interface of libemnist, in a form that changes only with it: the functions,
# structures, enumerations and constants of the public headers, sorted, without comments.
#
# lib/test/symbols.txt has what it printed last: `make symbols`.

# One declaration a line, "@" standing for the line breaks within it.
declarations()
{
	cat lib/emnist*.h | awk '
	function strip(line,   start, rest, end) {
		if (in_comment) line = "/*" line
		in_comment = 0
		while ((start = index(line, "/*"))) {
			rest = substr(line, start + 2)
			line = substr(line, 1, start - 1)
			in_comment = !(end = index(rest, "*/"))
			if (!in_comment) line = line substr(rest, end + 2)
		}
		return line
	}
	/^#ifdef __cplusplus/ { skip = 1 }
	{ line = strip($0); sub(/[ \t]+$/, "", line) }
	skip { if (line ~ /^#endif/) skip = 0; next }
	line ~ /^#define EMNIST_/ && line !~ /EMNIST_(VERSION|API) / && line !~ /_H$/ {
		gsub(/ +/, " ", line)
		print line
		next
	}
	line == "" || line ~ /^#/ { next }
	# Functions are joined; of structures and enumerations each member has its line.
	line ~ /^EMNIST_API/ { is_function = 1; sub(/^EMNIST_API /, "", line) }
	{
		if (is_function) sub(/^[ \t]+/, "", line)
		text = text == "" ? line : text (is_function ? (text ~ /\($/ ? "" : " ") : "@") line
	}
	line ~ /^}?;$/ || (line ~ /;$/ && (is_function || line ~ /^struct/)) {
		# What is only announced is no part of it.
		if (is_function || text ~ /@/) print text
		text = ""
		is_function = 0
	}'
}

declarations | sort | tr '@' '\n'
