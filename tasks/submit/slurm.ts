/** A script that submits to Slurm. @module */

import { quote } from "../shell_words.ts";
import type { Submission } from "./request.ts";

/**
 * Models and corpus, then features in parts, then fits in parts, then the collector: each a job that
 * waits for the one before. Arrays are no larger than the site allows; a part's number is its place in
 * the array and the array's beginning.
 */
export function slurmScript(
  { command, features, name, parts, cpus, memory, hours, most, logs }: Submission,
): string {
  const time = `${String(hours).padStart(2, "0")}:00:00`;
  const limit = most ?? `$(scontrol show config | awk '/^MaxArraySize/ {print $3}')`;
  const steps = features === undefined
    ? [
      `first=$(job --output="$logs/first.txt" --wrap "$setup; $command --part 0/$parts")`,
      `array fits "$command" "afterok:$first"`,
    ]
    : [
      `first=$(job --output="$logs/models.txt" --wrap "$setup; $features --plan")`,
      `array features "$features" "afterok:$first"`,
      `array fits "$command" "afterany:$ids"`,
    ];
  return `#!/usr/bin/env bash
# ${parts} parts on Slurm. Run this in the project's folder, on a disk that all nodes share: bash FILE
# A lost node: Slurm gives its part to another one, after two minutes; at once by
#   scontrol update JobId=JOB_PART StartTime=now
# A part that fails, or runs out of time: the last job makes what is missing, or run this script again.
set -euo pipefail
parts=${parts} logs=${logs} most=${limit}
command=${quote(command)}
${features === undefined ? "" : `features=${quote(features)}\n`}mkdir -p "$logs"
# Deno's folder has locks that network disks do not keep: a copy on the node.
setup='d=\${TMPDIR:-/tmp}/deno-$(id -u); [ -d "$d" ] || { cp -r "\${DENO_DIR:-\${XDG_CACHE_HOME:-$HOME/.cache}/deno}" "$d.$$" && mv -T "$d.$$" "$d" || rm -rf "$d.$$"; }; export DENO_DIR=$d'
job() { sbatch --parsable --job-name=${name} --requeue --open-mode=append --cpus-per-task=${cpus} --mem=${memory}G --time=${time} "$@"; }
ids=
array() { # NAME COMMAND AFTER: the ids of its arrays are in ids
  ids=
  for ((from = 0; from < parts; from += most)); do
    size=$((parts - from < most ? parts - from : most))
    id=$(job --array=0-$((size - 1)) --dependency="$3" --output="$logs/$1-$from+%a.txt" \\
      --wrap "$setup; $2 --part \\$((SLURM_ARRAY_TASK_ID + $from))/$parts")
    ids=$ids\${ids:+:}$id
  done
}
${steps.join("\n")}
last=$(job --dependency="afterany:$ids" --output="$logs/collect.txt" --wrap "$setup; $command")
echo "The results are there when job $last has ended; logs are in $logs."
`;
}
