/** A script for Kubernetes. @module */

import { quote } from "../shell_words.ts";
import type { Submission } from "./request.ts";

/**
 * An Indexed Job a step, each waited for until it has ended, well or not: what is missing then, the
 * last makes. The index is the part.
 */
export function kubernetesScript(
  { command, features, name, parts, cpus, memory, hours, image = "IMAGE" }: Submission,
): string {
  const steps = features === undefined
    ? [`run first 1 "$command --part 0/$parts"`]
    : [`run models 1 "$features --plan"`, `run features $parts "$features --part $index/$parts"`];
  const mounts = Object.entries({ out: "out", data: "data", cache: ".cache" })
    .map(([subPath, path]) => `{name: disk, subPath: ${subPath}, mountPath: /trivalence/${path}}`);
  return `#!/usr/bin/env bash
# ${parts} parts on Kubernetes, in an image with Deno and the project in /trivalence; out, data and .cache are of
# the claim trivalence (ReadWriteMany); logs: kubectl logs job/${name}-fits --all-pods. A lost node: its part
# runs on another, five times; then the last job makes it, or this, after kubectl delete jobs -l app=${name}
set -euo pipefail
parts=${parts} index='$JOB_COMPLETION_INDEX'
command=${quote(command)}
${features === undefined ? "" : `features=${quote(features)}\n`}run() { # NAME COMPLETIONS COMMAND
  local text=\${3//\\'/\\'\\'}
  kubectl apply -f - <<END
apiVersion: batch/v1
kind: Job
metadata: {name: ${name}-$1, labels: {app: ${name}}}
spec:
  completionMode: Indexed
  completions: $2
  parallelism: $2
  backoffLimitPerIndex: 5
  template:
    spec:
      restartPolicy: Never
      activeDeadlineSeconds: ${hours * 3600}
      volumes: [{name: disk, persistentVolumeClaim: {claimName: trivalence}}]
      containers:
      - name: part
        image: ${JSON.stringify(image)}
        workingDir: /trivalence
        command: [sh, -c, '$text']
        resources: {requests: {cpu: ${cpus}, memory: ${memory}Gi}, limits: {memory: ${memory}Gi}}
        volumeMounts: [${mounts.join(", ")}]
END
  until [[ $(kubectl get "job/${name}-$1" -o jsonpath='{.status.conditions[*].type}') =~ Complete|Failed ]]; do sleep 10; done
  kubectl get "job/${name}-$1"
}
${steps.join("\n")}
run fits "$parts" "$command --part $index/$parts"
run collect 1 "$command"
`;
}
