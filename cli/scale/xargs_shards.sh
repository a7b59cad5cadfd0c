#!/bin/sh
# xargs_shards.sh LIST OUT - classifies the shards that LIST names, one a line, on all processors of a
# machine. Status 123: shards are left; 125: a worker was killed, which stops xargs. Run it again then.
mkdir -p "$2" &&
	xargs -d '\n' -n 1 -P "$(nproc)" bash "$(dirname "$0")/shard.sh" "$2" <"$1"
