import { deepEqual, equal, match } from "node:assert/strict";
import project from "../deno.json" with { type: "json" };

const root = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));

/** Files below a folder of the project, by their path in it. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(new URL(folder, root)));
  const nested = entries.map(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}${name}/`) : Promise.resolve([`${folder}${name}`])
  );
  return (await Promise.all(nested)).flat();
}

Deno.test("CITATION.cff cites this version under this licence, and the paper", async () => {
  const text = await read("CITATION.cff");
  const value = (key: string) => text.match(new RegExp(`^${key}: (.*)$`, "m"))?.[1];
  deepEqual(["cff-version", "title", "version", "license"].map(value), [
    ...["1.2.0", "Trivalence", project.version, project.license],
  ]);
  match(text, /^references:\n {2}- type: article\n[^]* doi: 10\.1038\/s41598-025-09000-3$/m);
});

Deno.test("CI, the dev container and the guide for contributors have one version of Deno", async () => {
  const places = [
    ".ci/run",
    ".ci/three_hosts",
    ".devcontainer/devcontainer.json",
    "CONTRIBUTING.md",
    "README.md",
  ];
  const versions = await Promise.all(
    places.map(async (path) => (await read(path)).match(/deno@[\d.]+\d/g)),
  );
  deepEqual([...new Set(versions.flat())].length, 1, `${versions}`);
});

Deno.test("the workflow decides by .ci/run, with actions of fixed major versions", async () => {
  const text = await read(".github/workflows/ci.yml");
  match(text, /^ {6}- run: bash \.ci\/run$/m);
  const actions = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action!);
  equal(actions.length, 3);
  for (const action of actions) match(action, /^actions\/[a-z-]+@v\d+$/);
});

Deno.test("git leaves the bytes of every binary file alone, and ends lines in LF", async () => {
  const text = await read(".gitattributes");
  match(text, /^\* text=auto eol=lf$/m);
  const named = new Set([...text.matchAll(/^\*\.(\w+) binary$/gm)].map(([, ending]) => ending!));
  for (const path of await filesIn("tests/fixtures/")) {
    if ((await Deno.readFile(new URL(path, root))).includes(0)) {
      equal(named.has(path.split(".").at(-1)!), true, path);
    }
  }
});

// Deno downloads the packages of its lock file before any task starts, and adds those that a task has
// used: Whisper's have to stay out, so that one of them is downloaded where it is asked for, and missed
// where it can't be had. What counts is what is committed, not what a run has left.
Deno.test("the lock file that is committed has no package of Whisper", async () => {
  const git = new Deno.Command("git", { args: ["show", "HEAD:deno.lock"], cwd: root });
  const { success, stdout } = await git.output();
  // An archive of the project has no history.
  if (success) equal(new TextDecoder().decode(stdout).includes("sts-whisper"), false);
});
