#!/bin/bash
# shard.sh OUT SHARD - classifies the images of one shard, for xargs, GNU parallel and Slurm.
#
# SHARD is an archive of images: a file, or an address that is fetched through a pipe. The result is a
# file of the folder OUT that is called as the shard, with a slash as %2F. It appears when it is whole,
# and a shard whose result is there is done: after a crash, run the same again.
#
# Exit status: 0 if the result is there, also with images that could not be read, which have their
# records in it; 1 if another try may help.
set -u
out=$1 shard=$2

fetch()
{
	case $1 in
	s3://*) aws s3 cp --quiet "$1" - ;;
	*://*) curl -fsS "$1" ;;
	*) cat -- "$1" ;;
	esac
}

result=${shard//%/%25}
result=$out/${result//\//%2F}.csv
[[ ! -e $result ]] || exit 0
new=$result.$HOSTNAME.$$
fetch "$shard" | emnist classify -q -j 1 -f csv --name "$shard" -o "$new" -
status=("${PIPESTATUS[@]}")
if [[ ${status[0]} -ne 0 || ${status[1]} -gt 1 ]]; then
	rm -f "$new"
	exit 1
fi
mv "$new" "$result"
