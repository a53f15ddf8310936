/** A Snakefile. @module */

import type { Submission } from "./request.ts";

/** A rule a step; a part that fails or is lost is tried three times more. */
export function snakemakeFile(
  { command, features, parts, cpus, memory, hours, logs }: Submission,
): string {
  // What is in braces, Snakemake would take for names of its own.
  const braced = (text: string) => JSON.stringify(text.replaceAll("{", "{{").replaceAll("}", "}}"));
  const resources = `resources: mem_mb=${memory * 1000}, runtime=${hours * 60}`;
  const first = features === undefined ? `{command} --part 0/{parts}` : `{features} --plan`;
  const encode = features === undefined ? "" : `
rule encode:
    input: f"{logs}/first"
    output: touch(logs + "/features-{part}")
    log: logs + "/features-{part}.txt"
    retries: 3
    threads: ${cpus}
    ${resources}
    shell: f"{features} --part {{wildcards.part}}/{parts} > {{log}} 2>&1"
`;
  const before = features === undefined
    ? `f"{logs}/first"`
    : `expand(logs + "/features-{part}", part=range(parts))`;
  return `# ${parts} parts, by Snakemake on whatever its executor runs on. In the project's folder, on a disk that
# all machines share: snakemake -s FILE --executor slurm --jobs ${Math.min(parts, 100)} --keep-going
# A lost host: its part is tried again, three times. To begin anew, remove the folder ${logs}.
parts, logs = ${parts}, ${JSON.stringify(logs)}
command = ${braced(command)}
${features === undefined ? "" : `features = ${braced(features)}\n`}localrules: collect

rule collect:
    input: expand(logs + "/fits-{part}", part=range(parts))
    shell: command

rule first:
    output: touch(logs + "/first")
    shell: f"${first}"
${encode}
rule fit:
    input: ${before}
    output: touch(logs + "/fits-{part}")
    log: logs + "/fits-{part}.txt"
    retries: 3
    threads: ${cpus}
    ${resources}
    shell: f"{command} --part {{wildcards.part}}/{parts} > {{log}} 2>&1"
`;
}
