#!/bin/bash
#SBATCH --job-name=emnist --ntasks=1 --cpus-per-task=1 --requeue
# slurm_shards.sh LIST OUT [OPTION]... - the same as an array of jobs in Slurm, with options of sbatch. One
# task takes every 1000th shard, if there are more: MaxArraySize is 1001 unless a site raised it.
#
# A task whose node fails is put back in the queue. Run it again for shards whose task failed otherwise.
if [[ -z ${SLURM_ARRAY_TASK_ID:-} ]]; then
	list=$(realpath "$1") out=$(realpath "$2") SCALE=$(cd "$(dirname "$0")" && pwd)
	shift 2
	export SCALE
	n=$(wc -l <"$list")
	mkdir -p "$out" &&
		exec sbatch --array="1-$((n < 1000 ? n : 1000))" "$@" "$SCALE/slurm_shards.sh" "$list" "$out"
	exit 1
fi

failed=0
while IFS= read -r shard; do
	bash "$SCALE/shard.sh" "$2" "$shard" </dev/null || failed=1
done < <(sed -n "$SLURM_ARRAY_TASK_ID~${SLURM_ARRAY_TASK_COUNT}p" "$1")
exit $failed
