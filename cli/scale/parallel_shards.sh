#!/bin/sh
# parallel_shards.sh LIST OUT [OPTION]... - the same by GNU parallel, which tries a shard three times. With
# --sshloginfile FILE on many machines, which have emnist, this folder, the shards and OUT under the same
# paths.
list=$1 out=$2 scale=$(cd "$(dirname "$0")" && pwd)
shift 2
mkdir -p "$out" &&
	parallel --retries 3 "$@" bash "$scale/shard.sh" "$out" {} <"$list"
