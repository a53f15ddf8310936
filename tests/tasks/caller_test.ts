import { deepEqual, equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { pathFromCaller } from "../../tasks/caller.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { withTinyFolder } from "../inference/tiny_folder.ts";
import project from "../../deno.json" with { type: "json" };

const root = fileURLToPath(new URL("../../", import.meta.url));

Deno.test("pathFromCaller() leads from the caller's folder, and is short inside the project's", () => {
  const here = Deno.cwd();
  deepEqual(
    [
      pathFromCaller("a/b", undefined),
      pathFromCaller("./a", here),
      pathFromCaller("/a/b", "/elsewhere"),
      pathFromCaller("face.jpg", "/elsewhere"),
      pathFromCaller("face.jpg", `${here}/photos`),
      pathFromCaller("../out", `${here}/photos`),
      pathFromCaller("..", `${here}/photos`),
    ],
    ["a/b", "./a", "/a/b", "/elsewhere/face.jpg", "photos/face.jpg", "out", "."],
  );
});

/** Runs Deno as if from `folder`; words are of a command line. */
async function call(words: readonly string[], { cwd, folder }: { cwd: string; folder: string }) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...words],
    cwd,
    // A task that calls another hands its own caller's folder on.
    env: { NO_COLOR: "1", INIT_CWD: folder },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("a task called from another folder reads the files of that folder", () =>
  withTinyFolder(async ({ root: folder }) => {
    // The encoders of the test are in no folder that the task may write to.
    const words = project.tasks.predict.command.replace(/--allow-write=\S+/, "--allow-write");
    const args = ["--model", "model", "--image", "face.png", "--cache", "cache"];
    const { code, out, err } = await call([...words.split(" ").slice(1), ...args], {
      cwd: root,
      folder,
    });
    equal(code, 0, err);
    match(out, /^(positive|negative), probability of positive 0\.\d{3}\n {2}image /);
    await Deno.mkdir(`${folder}/tables`);
    await Deno.writeTextFile(`${folder}/tables/rows.csv`, "image,label\nface.png,1\n");
    const rows = await call(
      [...words.split(" ").slice(1), "--model", "model", "--csv", "tables/rows.csv"].concat(
        ["--cache", "cache"],
      ),
      { cwd: root, folder },
    );
    equal(rows.code, 0, rows.err);
    equal(rows.out, `line 2: ${out}`);
    const inspect = ["task", "--quiet", "--config", `${root}deno.json`, "data", "inspect"];
    const seen = await call([...inspect, "tables/rows.csv"], { cwd: folder, folder });
    match(seen.out, /1 rows, 1 used\n {2}modalities {2}no text, 1 image/);
  }));

Deno.test("a task called from another folder writes there only on request, and says how", () =>
  withFolder({}, async (folder) => {
    const words = ["task", "--quiet", "--config", `${root}deno.json`, "data", "--out", "new"];
    const { code, err } = await call(words, { cwd: folder, folder });
    equal(code, 1);
    const [reason = "", command = ""] = err.split("; to allow it: ");
    match(reason, new RegExp(`^NotCapable: Cannot write to "${folder}/new"`));
    match(command, /^cd \S+ && INIT_CWD=\S+ deno run .* tasks\/data.ts --out new\n$/);
  }));
