/** What is submitted, and to what. @module */

/** An engine that runs parts on several machines. */
export const engines = ["slurm", "parallel", "snakemake", "kubernetes"] as const;

/** One of {@linkcode engines}. */
export type Engine = (typeof engines)[number];

/** A command that is made in parts, and what each of them gets. */
export interface Submission {
  /** `reproduce` or `sweep`, and its words and options, as a shell takes them. */
  readonly command: string;
  /** What encodes the command's features in parts, if its own parts do not. */
  readonly features: string | undefined;
  /** A name for jobs, of lower-case letters and digits. */
  readonly name: string;
  readonly parts: number;
  /** Processors of a part. */
  readonly cpus: number;
  /** Gigabytes of memory of a part. */
  readonly memory: number;
  /** Longest time of a part. */
  readonly hours: number;
  /** Most tasks of a job array; the site's own limit by default. */
  readonly most: number | undefined;
  /** Machines that ssh reaches. */
  readonly hosts: string | undefined;
  /** A container image with Deno and this project in /trivalence. */
  readonly image: string | undefined;
  /** The folder of the parts' logs. */
  readonly logs: string;
}
