#!/usr/bin/env bash
# Runs the shipped array of Slurm jobs for real: a Slurm of this one machine, a small class in four parts, the merge, and a comparison with the run that
# was never divided. Needs root and Debian; installs slurmctld, slurmd and munge if they are missing, and leaves no daemon behind.
#
#   sudo tests/slurm/run.sh                                        VIVA=target/debug/viva
#   sudo cargo test --test platforms -- --ignored slurm            the same as a test
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
viva=$(realpath "${VIVA:-$here/target/debug/viva}")

if [ "$(id -u)" != 0 ]; then
    echo "this installs and starts Slurm: call it as root" >&2
    exit 2
fi
if ! command -v slurmctld slurmd munged sbatch >/dev/null; then
    # Packages start their services where there is a service manager; ours have a configuration of their own.
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d.viva
    chmod 755 /usr/sbin/policy-rc.d.viva
    [ -e /usr/sbin/policy-rc.d ] || mv /usr/sbin/policy-rc.d.viva /usr/sbin/policy-rc.d
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurmctld slurmd slurm-client munge >/dev/null
    if [ -e /usr/sbin/policy-rc.d.viva ]; then rm /usr/sbin/policy-rc.d.viva; else rm /usr/sbin/policy-rc.d; fi
fi

work=$(mktemp -d)
# Munge wants to be reached by everybody.
chmod 755 "$work"
daemons=()
stop() {
    local code=$?
    if [ "$code" != 0 ]; then
        tail -n 15 "$work"/*.log "$work"/results/log/* 2>/dev/null || true
    fi
    for ((index = ${#daemons[@]} - 1; index >= 0; index--)); do
        kill "${daemons[index]}" 2>/dev/null || true
        wait "${daemons[index]}" 2>/dev/null || true
    done
    rm -rf "$work"
    exit "$code"
}
trap stop EXIT
trap 'exit 130' INT TERM

# Munge: who a message is from.
mkdir -m 755 "$work/munge"
dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 status=none
chmod 400 "$work/munge/key"
munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge/socket" \
    --pid-file="$work/munge/pid" --seed-file="$work/munge/seed" --log-file="$work/munge/log" >"$work/munge.log" 2>&1 &
daemons+=($!)

# A cluster of this machine, on ports that no other Slurm has.
host=$(hostname -s)
mkdir "$work/state" "$work/spool"
cat >"$work/slurm.conf" <<END
ClusterName=viva
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$work/slurm.conf
slurmctld -D -f "$SLURM_CONF" >"$work/slurmctld.log" 2>&1 &
daemons+=($!)
slurmd -D -f "$SLURM_CONF" -N "$host" >"$work/slurmd.log" 2>&1 &
daemons+=($!)
# A job that waits for the node to be up; before that the controller may not answer.
until srun --quiet --time=1 true 2>/dev/null; do
    for daemon in "${daemons[@]}"; do
        kill -0 "$daemon" || exit 1
    done
done
echo "slurm: $(sinfo --version), $(sinfo --noheader --format='%D node, %c processors, %T')"

# A class of some of the programs that prove a lab, whose verdicts are the same each time.
mkdir -p "$work/submissions"
number=2024010000
for program in right/{asyncio_streams,lan_address,one_after_another,random_port,sheet_d1} \
    wrong/{asks_all_the_time,decodes_each_block,indentation_error,never_closes,only_the_first_message,port_not_freed}; do
    number=$((number + 1))
    mkdir "$work/submissions/$number"
    cp "$here/scenarios/echo/known/$program.py" "$work/submissions/$number/server.py"
done
# An archive with a name of two bytes for each character, and nothing at all.
mkdir "$work/submissions/2024019998" "$work/submissions/2024019999"
(cd "$here/scenarios/echo/known/right" && tar czf "$work/submissions/2024019998/实验.tar.gz" random_port.py)
echo "class: $((number - 2024010000 + 2)) submissions"
cd "$work"
seed=7f3a
begun=$(date +%s.%N)
"$viva" grade echo submissions --seed "$seed" --output whole --format csv:whole.csv >/dev/null 2>&1
echo "undivided: $(echo "$(date +%s.%N) - $begun" | bc) s"

"$viva" init --ci slurm --lab echo >/dev/null
mkdir results
echo "$seed" >results/seed
begun=$(date +%s.%N)
told=$(VIVA=$viva SHARDS=4 CPUS=1 FORMATS="--format csv:merged.csv" ./viva-slurm.sh submissions results)
echo "$told"
merge=${told##*merge }
merge=${merge%%:*}
srun --quiet --dependency="afterany:$merge" --time=1 true
echo "array and merge: $(echo "$(date +%s.%N) - $begun" | bc) s"
for part in results/shard-*; do
    echo "$part: $(python3 -c 'import json, sys; c = json.load(open(sys.argv[1])); print(c["shard"], "with", len(c["submissions"]), "submissions")' "$part/class.json")"
done
tail -n 2 results/log/merge.txt
diff whole.csv merged.csv
echo "the merged gradebook is that of the undivided run, byte for byte"
