#!/bin/sh
# functions.sh - prints the names of the functions that the public headers declare, sorted.
sed -n '/^EMNIST_API/,/;/p' lib/emnist*.h | tr '\n' ' ' | grep -o 'emnist_[a-z0-9_]*(' | tr -d '(' | sort -u
