#!/bin/sh
# scale.sh - the recipes in cli/scale that need no Python: the records of one process, each once, also when a
# worker is killed and a fetch fails. Spark, Ray and Dask have theirs in lib/test/peers_scale.py.
. cli/test/tap.inc

if ! command -v bash >/dev/null; then
	skip 'recipes' 'no bash'
	finish
fi
scale=$PWD/cli/scale
mkdir "$TMP/bin" "$TMP/images" "$TMP/state"
cp testdata/samples/* "$TMP/images"
echo rubbish >"$TMP/images/bad.png"
i=0
for name in "$TMP"/images/*; do
	mkdir -p "$TMP/$((i % 5))"
	mv "$name" "$TMP/$((i % 5))"
	i=$((i + 1))
done
mkdir "$TMP/5"
cd "$TMP" || exit 1
for i in 0 1 2 3 4 5; do
	tar cf $i.tar -C $i .
	echo s3://test/$i.tar
done >list
for i in 0 1 2 3 4; do
	"$EMNIST" classify -q -f csv --name s3://test/$i.tar - <$i.tar | tail -n +2
done | LC_ALL=C sort >wanted

# Once, 2.tar stops in the middle until its worker is killed, and 4.tar fails there.
cat >bin/aws <<END
#!/bin/sh
shard=$TMP/\${4##*/}
echo "\$4" >>$TMP/state/fetched
case \$4 in
*/2.tar) if mkdir $TMP/state/stopped; then head -c 5000 "\$shard"; echo \$\$ >$TMP/state/fetching; exec sleep 600; fi ;;
*/4.tar) if mkdir $TMP/state/broken; then head -c 5120 "\$shard"; exit 1; fi ;;
esac 2>/dev/null
exec cat "\$shard"
END
cat >bin/emnist <<END
#!/bin/sh
case " \$* " in *" s3://test/2.tar "*) echo \$\$ >$TMP/state/worker ;; esac
exec "$EMNIST" "\$@"
END
chmod +x bin/*
PATH=$TMP/bin:$PATH

# kill_worker: as soon as it is in the middle of a shard.
kill_worker()
{
	kill_tries=0
	until { [ -s state/fetching ] && [ -s state/worker ]; } || [ $kill_tries -gt 1200 ]; do
		sleep 0.05
		kill_tries=$((kill_tries + 1))
	done
	kill -9 "$(cat state/worker)" "$(cat state/fetching)" 2>/dev/null
}
all_once()
{
	is "$1: the records of one process, each once" "$(cat wanted)" \
		"$(for result in out/*.csv; do tail -n +2 "$result"; done | LC_ALL=C sort)"
	is "$1: a result for each shard, and nothing else" \
		"$(sed 's,%,%25,g; s,/,%2F,g; s,$,.csv,' list)" "$(ls out)"
}
# interrupted NAME STATUS COMMAND...: a run with both accidents.
interrupted()
{
	interrupted_name=$1 interrupted_status=$2
	shift 2
	rm -rf state out
	mkdir state
	"$@" 2>stderr &
	kill_worker
	wait $!
	is "$interrupted_name: status" "$interrupted_status" $?
}

interrupted xargs 123 sh "$scale/xargs_shards.sh" list out
is 'xargs: what failed has no result' '4' "$(find out -type f | wc -l)"
sh "$scale/xargs_shards.sh" list out 2>stderr
is 'xargs, once more: status' 0 $?
all_once 'xargs, once more'
is 'xargs, once more: only what had failed' '1 1 2 1 2 1' \
	"$(sort state/fetched | uniq -c | awk '{ print $1 }' | paste -sd' ' -)"

if command -v parallel >/dev/null; then
	interrupted parallel 0 env HOME="$TMP" sh "$scale/parallel_shards.sh" list out -j 2
	all_once parallel
else
	skip 'parallel' 'no GNU parallel'
fi

# As Slurm would: sbatch is given an array, and runs the script once for each task of it.
cat >bin/sbatch <<'END'
#!/bin/bash
n=${1#--array=1-}
shift
for ((i = 1; i <= n; i++)); do
	SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=$n bash "$@" || echo $i >>state/tasks
done
END
chmod +x bin/sbatch
interrupted slurm 0 bash "$scale/slurm_shards.sh" list out
is 'slurm: the tasks that failed' '3 5' "$(paste -sd' ' state/tasks)"
bash "$scale/slurm_shards.sh" list out
all_once 'slurm, once more'
rm -r out
mkdir out
for i in 1 2; do
	SCALE=$scale SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=2 bash "$scale/slurm_shards.sh" list out
done
all_once 'slurm, several shards a task'

# Files, and other shards of the same name.
mkdir -p a%2Fb a a/b
cp 0.tar a%2Fb/c.tar
cp 1.tar a/b/c.tar
rm -r out
printf '%s\n' a%2Fb/c.tar a/b/c.tar >list
sh "$scale/xargs_shards.sh" list out
is 'files: a result for each' 'a%252Fb%2Fc.tar.csv a%2Fb%2Fc.tar.csv' "$(ls out | paste -sd' ' -)"
echo missing.tar >list
sh "$scale/xargs_shards.sh" list out 2>stderr
is 'a file that is missing is no result' '123 2' "$? $(find out -type f | wc -l)"
finish
