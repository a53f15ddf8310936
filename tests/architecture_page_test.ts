import { deepEqual, ok } from "node:assert/strict";
import { architectureOf } from "../experiments/paper_figures/architecture.ts";
import { defaults } from "../lib/study/settings.ts";
import * as tf from "../lib/deps/tf.ts";
import { grouped } from "../lib/figures/house_style.ts";
import { writableFolders } from "../tasks/permissions.ts";

tf.setBackend("cpu");

const root = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));
const page = await read("docs/architecture.md");

/** The tables of a section by row: the cells, trimmed. */
function rowsOf(section: string): string[][] {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`))!;
  const lines = text.split("\n").filter((line) => line.startsWith("|")).slice(2);
  return lines.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** What stands in backquotes. */
function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
}

// The sizes that the embedded encoders have.
const architecture = architectureOf({
  ...defaults.model,
  inputs: {
    text: { segments: 8, width: 128 },
    image: { segments: 4, width: 256 },
    audio: { segments: 8, width: 384, frames: 160, bands: 64, prosody: 8 },
  },
});

Deno.test("the architecture page has a row for every file of the model's boxes", () => {
  const named = rowsOf("The model").map(([, file]) => `lib/${quoted(file!)[0]}`);
  const boxes = architecture.boxes.map(({ file }) => file);
  // The file that wires them has a sentence instead.
  const wanted = new Set(boxes.filter((file) => file !== "lib/model/model.ts"));
  deepEqual(new Set(named), wanted);
});

Deno.test("every file and folder that the architecture page names is there", async () => {
  for (const path of quoted(page).filter((name) => /^(lib|experiments)\//.test(name))) {
    ok(await Deno.stat(new URL(path, root)).catch(() => undefined), path);
  }
});

Deno.test("the architecture page has the floors of the layer test, in its order", async () => {
  const listed = (await read("tests/layers_test.ts")).match(/const floors = \[([^]*?)\];/)![1]!;
  const floors = [...listed.matchAll(/"([^"]+)"/g)].map(([, floor]) => floor!);
  const section = page.split("## Who may import whom\n")[1]!;
  const lines = section.match(/```text\n([^]*?)```/)![1]!.trimEnd().split("\n");
  deepEqual(lines.flatMap((line) => line.split(/ {2,}/)[0]!.split(", ")), floors.toReversed());
});

Deno.test("the architecture page names what the layer test counts as general", async () => {
  const listed = (await read("tests/layers_test.ts")).match(/const general = \[([^]*?)\];/)![1]!;
  const general = [...listed.matchAll(/"([^"]+)"/g)].map(([, folder]) => folder!);
  const sentence = page.match(/- one of ([^]*?), which can be taken elsewhere/)![1]!;
  deepEqual(quoted(sentence).sort(), general.sort());
});

Deno.test("the picture of the architecture is that of the model as it is", async () => {
  const svg = await read("docs/architecture.svg");
  const total = architecture.boxes.reduce((sum, { parameters }) => sum + parameters, 0);
  ok(svg.includes(`${grouped(total)} trainable parameters`), `${total} parameters`);
  for (const { label, file, shape } of architecture.boxes) {
    for (const words of [label, file, shape]) ok(svg.includes(words), `${label}: ${words}`);
  }
});

Deno.test("the architecture page says of every task where it writes", () => {
  for (const [tasks, folders] of rowsOf("What a task may do").slice(0, 9)) {
    for (const task of quoted(tasks!)) {
      deepEqual(quoted(folders!), writableFolders(task as "data"), task);
    }
  }
});
