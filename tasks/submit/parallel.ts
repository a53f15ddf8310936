/** A script for GNU parallel over ssh. @module */

import { quote } from "../shell_words.ts";
import type { Submission } from "./request.ts";

/** One part a host at a time; a host that is lost hands its part to another. */
export function parallelScript(
  { command, features, parts, hours, hosts = ":", logs }: Submission,
): string {
  const steps = features === undefined
    ? [`eval "$command --part 0/$parts"`]
    : [`eval "$features --plan"`, `parts_of features "$features" || true`];
  return `#!/usr/bin/env bash
# ${parts} parts on machines that ssh reaches without a question, in a folder that all have under this
# path, by a shared disk or a copy that is merged as docs/cluster.md says. Run this there: bash FILE
# A lost host does not answer for 45 s: its part is tried on another, three times. A part that fails all
# the same: the last command makes what is missing, or run this script again.
set -euo pipefail
parts=${parts} logs=${logs} hosts=${hosts}
command=${quote(command)}
${features === undefined ? "" : `features=${quote(features)}\n`}mkdir -p "$logs"
export PARALLEL_SSH="\${PARALLEL_SSH:-ssh -o ConnectTimeout=15 -o ServerAliveInterval=15}"
parts_of() { # NAME COMMAND
  seq 0 $((parts - 1)) | parallel --sshlogin "$hosts" --filter-hosts --jobs 1 --workdir "$PWD" --env PATH \\
    --retries 3 --timeout ${hours * 3600} --joblog "$logs/$1.tsv" --results "$logs/$1-{}.txt" \\
    "$2 --part {}/$parts" > /dev/null
}
${steps.join("\n")}
parts_of fits "$command" || echo "Some parts failed: $logs/fits.tsv says which."
eval "$command"
`;
}
