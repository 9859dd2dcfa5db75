#!/usr/bin/env bash
# Grades a class on a Slurm cluster: an array of jobs, each of which grades a part of it, and then a job that merges the parts.
#
#   ./viva-slurm.sh SUBMISSIONS RESULTS [options of viva grade, such as --roster FILE]
#
# in a folder that all nodes see. RESULTS/class holds the merged result, RESULTS/log what the jobs say. The same command again goes on where it was.
# The environment says how: SHARDS (4) parts, CPUS (4) for each, TIME (01:00:00) for each, FORMATS for the merge (--format csv:marks.csv),
# VIVA (viva) the program.
set -euo pipefail

shards=${SHARDS:-4}
cpus=${CPUS:-4}
time=${TIME:-01:00:00}
viva=${VIVA:-viva}
formats=${FORMATS:-}
lab=@LAB@

case ${1:-} in
--grade)
    # A job of the array; Slurm says which.
    submissions=$2 results=$3
    shift 3
    exec "$viva" grade "$lab" "$submissions" --shard auto --jobs "$cpus" --output "$results/shard-$SLURM_ARRAY_TASK_ID" "$@"
    ;;
--merge)
    # FORMATS is several words.
    # shellcheck disable=SC2086
    exec "$viva" merge "$2"/shard-* --output "$2/class" $formats
    ;;
esac

if [ $# -lt 2 ]; then
    sed -n 's/^# \{0,1\}//; 2,8p' "$0" >&2
    exit 2
fi
submissions=$1 results=$2
shift 2
mkdir -p "$results/log"
# One seed for all parts, and the same when the command is given again.
if [ ! -s "$results/seed" ]; then
    od -An -N4 -tx4 /dev/urandom | tr -d ' ' >"$results/seed"
fi
seed=$(cat "$results/seed")
# The array begins at 1 and is whole: --shard auto reads which part of how many a job is.
array=$(sbatch --parsable --job-name=viva --array="1-$shards" --cpus-per-task="$cpus" --time="$time" --output="$results/log/%a.txt" \
    "$0" --grade "$submissions" "$results" --seed "$seed" "$@")
# Also when a part failed: then it says who is missing.
merge=$(sbatch --parsable --job-name=viva-merge --dependency="afterany:$array" --cpus-per-task=1 --time="$time" --output="$results/log/merge.txt" \
    "$0" --merge "$results")
echo "array $array, merge $merge: squeue --me; what comes out is in $results/class"
