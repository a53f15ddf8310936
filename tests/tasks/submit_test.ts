import { deepEqual, equal, match, ok } from "node:assert/strict";
import { main } from "../../tasks/submit.ts";
import { captured } from "./captured.ts";

/** Runs the task; what it prints stays here. */
const run = (...args: string[]) => captured(main, args);

const table = ["--", "reproduce", "table_1", "--seeds", "100"];
const sweep = ["--", "sweep", "--set", "model.channels=[2,4],[4,8]", "--seeds", "3"];

/** Calls whose scripts are kept in `tests/fixtures/submit`. */
const kept: Readonly<Record<string, readonly string[]>> = {
  "table.slurm.sh": ["slurm", "--parts", "200", "--hours", "12", ...table],
  "sweep.slurm.sh": ["slurm", "--parts", "5000", "--most", "1000", ...sweep],
  "table.parallel.sh": ["parallel", "--parts", "24", "--hosts", "a,b,c", "--cpus", "1", ...table],
  "table.Snakefile": ["snakemake", "--parts", "200", ...table],
  "table.kubernetes.sh": ["kubernetes", "--parts", "50", "--image", "site/trivalence:1", ...table],
};

const fixtures = new URL("../fixtures/submit/", import.meta.url);

Deno.test("the scripts for every engine are those that were looked over, each under 40 lines", async () => {
  for (const [name, args] of Object.entries(kept)) {
    const { code, out, err } = await run(...args);
    deepEqual([code, err], [0, ""]);
    equal(out + "\n", await Deno.readTextFile(new URL(name, fixtures)), name);
    ok(out.split("\n").length < 40, name);
  }
});

/** What a shell does with a script, with commands of its own in place of the engine's. */
async function bash(script: string, ...args: string[]) {
  const command = new Deno.Command("bash", { args: [...args, "-c", script], stderr: "piped" });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("a shell understands the scripts", async () => {
  for (const name of Object.keys(kept).filter((name) => name.endsWith(".sh"))) {
    const script = await Deno.readTextFile(new URL(name, fixtures));
    deepEqual(await bash(script, "-n"), { code: 0, out: "", err: "" }, name);
  }
});

Deno.test("on Slurm every part is in one array, no array is larger than it may be, each waits for the one before", async () => {
  const script = await Deno.readTextFile(new URL("sweep.slurm.sh", fixtures));
  // Has each job's own lines printed, and its tasks' commands run as a node would.
  const stub = `
    deno() { printf '%s ' "$@" >> "$seen"; echo >> "$seen"; }
    sbatch() {
      local array= after=
      for word; do
        case $word in --array=*) array=\${word#*=} ;; --dependency=*) after=\${word#*=} ;; esac
        last=$word
      done
      number=$(($(cat "$seen.jobs") + 1)); echo $number > "$seen.jobs"
      for id in \${array:+0 1 2} \${array:-none}; do
        case $id in 0-*) continue ;; esac
        (export -f deno; export seen SLURM_ARRAY_TASK_ID=$id; bash -c "\${last#*; export DENO_DIR=\\$d; }")
      done
      echo "job $number array \${array:-none} after \${after:-nothing}" >> "$seen"
      echo $number
    }
    cd "$(mktemp -d)"; seen=$PWD/seen; echo 0 > "$seen.jobs"; export -f deno
  `;
  const { code, err, out } = await bash(`${stub}\n${script}\ncat "$seen"; rm -r "$PWD"`);
  deepEqual([code, err], [0, ""]);
  const lines = out.split("\n");
  const jobs = lines.filter((line) => line.startsWith("job "));
  deepEqual(jobs, [
    "job 1 array none after nothing",
    ...[2, 3, 4, 5, 6].map((job) => `job ${job} array 0-999 after afterok:1`),
    "job 7 array none after afterany:2:3:4:5:6",
  ]);
  const words = "task --quiet sweep --set model.channels=[2,4],[4,8] --seeds 3 --jobs 8 ";
  match(lines[0]!, /^The results are there when job 7 has ended; logs are in out\/logs\.$/);
  equal(lines[1], `${words}--part 0/5000 `);
  ok(lines.includes(`${words}--part 2002/5000 `), out);
  equal(lines.at(-3), words, out);
});

Deno.test("the submit task refuses what it can't submit, with one line and exit code 2", async () => {
  const refused = async (args: readonly string[], message: RegExp) => {
    const { code, out, err } = await run(...args);
    deepEqual([code, out], [2, ""]);
    match(err, message);
  };
  await refused(["pbs", ...table], /^RangeError: Cannot submit to "pbs": choose one of slurm, /);
  await refused(["slurm"], /^RangeError: Cannot submit "": choose one of reproduce, sweep$/);
  await refused(["slurm", "--", "train"], /^RangeError: Cannot submit "train": choose one of /);
  await refused(["slurm", "--", "reproduce", "table_9"], /^RangeError: Cannot reproduce "table_9"/);
  await refused(
    ["slurm", ...table, "--part", "1/9"],
    /^RangeError: Cannot submit --part: expected/,
  );
  await refused(
    ["slurm", ...table, "--seds", "9"],
    /Unknown option '--seds' \(did you mean --seeds\?\)$/,
  );
  await refused(["slurm", "--parts", "0", ...table], /Cannot use --parts/);
});
