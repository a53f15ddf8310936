import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { compareRuns } from "../../../experiments/runs/mod.ts";
import { leadingScore } from "../../../lib/inference/verdict_scores.ts";
import { polarities } from "../../../lib/target.ts";
import { withFolder } from "../../datasets/temporary_folder.ts";

/** Twelve clips of six speakers, two each, half of them positive; the first `wrong` are judged wrongly. */
function predictions(wrong: number, { from = 0 } = {}): string {
  const lines = Array.from({ length: 12 }, (_, i) => {
    const label = i % 2;
    return `audio,audio,,,clip${i + from},${label},${(i < wrong ? 1 - label : label) ? 0.9 : 0.1}`;
  });
  return ["exam,head,text,image,audio,label,score", ...lines, ""].join("\n");
}

const groups = ["id,group", ...Array.from({ length: 24 }, (_, i) => `clip${i},s${i >> 1}`)].join(
  "\n",
);

function history(losses: readonly number[]) {
  return losses.map((validationLoss, i) => ({
    ...{ epoch: i + 1, trainLoss: 2 * validationLoss, validationLoss, validationAccuracy: 0.5 },
  }));
}

interface Made {
  readonly width?: number;
  /** By the run's name, its predictions. */
  readonly runs: Readonly<Record<string, string>>;
  readonly groups?: string | undefined;
  readonly name?: string;
}

/** The files of a result. */
function result(folder: string, { width = 64, runs, name = "table_1", ...made }: Made) {
  const at = `${folder}/${name}`;
  const own = { name, configuration: { model: { width, heads: 4 } }, seeds: [1], commit: "c" };
  const files = Object.entries(runs).flatMap(([run, csv]) => [
    [
      `${at}/runs/${run}.json`,
      // Wider learns faster.
      JSON.stringify({ seed: 1, bestEpoch: 2, history: history([2, 32 / width]) }),
    ],
    [`${at}/predictions/${run}.csv`, csv],
    ...made.groups === undefined ? [] : [[`${at}/groups/${run}.csv`, made.groups]],
  ]);
  return Object.fromEntries([[`${at}/${name}.json`, JSON.stringify(own)], ...files]);
}

/** Compares the folders of these files. */
function compared(files: Record<string, string>, names = ["a", "b"]) {
  return withFolder(
    files,
    (root) => compareRuns(names.map((label) => ({ label, path: `${root}/${label}` }))),
  );
}

const first = { runs: { "proposed-seed1": predictions(6), "misa-seed1": predictions(3) }, groups };

Deno.test("scores of the same test samples are paired, by speaker, and settings that differ told", async () => {
  const second = { width: 32, runs: { ...first.runs, "proposed-seed1": predictions(0) }, groups };
  const { compared: { tables, settings, letters }, markdown, files } = await compared({
    ...result("a", first),
    ...result("b", second),
  });
  deepEqual(letters, ["A", "B"]);
  deepEqual(settings, [{
    name: "table_1",
    settings: [{ name: "model.width", values: ["64", "32"] }],
  }]);
  const [{ rows, same }] = tables as [typeof tables[0]];
  // MISA says the same in both: there is nothing to test.
  deepEqual([rows.length, same], [1, ["misa, audio"]]);
  const { scores, comparisons: [none, difference] } = rows[0]!;
  deepEqual([scores.map((score) => score!.mean), none], [[0.5, 1], undefined]);
  deepEqual([difference!.difference, difference!.clusters, difference!.seeds], [0.5, 6, [0.5]]);
  // Three speakers of six are wrong in A, and each is drawn whole: multiples of a sixth.
  const [low, high] = difference!.interval!;
  ok(low >= 0 && low < 0.5 && high > 0.5 && high <= 1);
  ok([low, high].every((end) => Math.abs(6 * end - Math.round(6 * end)) < 1e-9));
  match(markdown, /^\| model\.width \| 64 \| 32 \|$/m);
  match(markdown, /^\| proposed \| audio \| balanced accuracy \| 0\.500 \| 1\.000 \| \+0\.500 \[/m);
  match(markdown, /no: one seed/);
  deepEqual([...files.keys()].filter((name) => /\.(html|md|csv)$/.test(name)).sort(), [
    ...["curves.csv", "differences.csv", "epochs.csv", "runs.csv", "runs.html", "runs.md"],
    "settings.csv",
  ]);
});

Deno.test("other test samples are not paired, and folders without groups have no interval", async () => {
  const others = { "proposed-seed1": predictions(0, { from: 12 }), "misa-seed1": predictions(0) };
  const { compared: { tables }, markdown } = await compared({
    ...result("a", { runs: first.runs }),
    ...result("b", { runs: others }),
  });
  const byCell = new Map(tables[0]!.rows.map((row) => [row.cell, row]));
  deepEqual(byCell.get("proposed")!.unpaired, [undefined, "other test samples"]);
  equal(byCell.get("proposed")!.comparisons[1], undefined);
  const { difference, interval, p } = byCell.get("misa")!.comparisons[1]!;
  deepEqual([difference, interval, p], [0.25, null, null]);
  match(markdown, /not paired: other test samples/);
  match(markdown, /^- No interval: results made before groups were kept\.$/m);
});

Deno.test("the difference is that of the leading score, as tables have it", async () => {
  const uneven = predictions(5).split("\n").filter((_, i) => i !== 2 && i !== 4).join("\n");
  const right = predictions(0).split("\n").filter((_, i) => i !== 2 && i !== 4).join("\n");
  const { compared: { tables } } = await compared({
    ...result("a", { runs: { "x-seed1": right }, groups }),
    ...result("b", { runs: { "x-seed1": uneven }, groups }),
  });
  const [row] = tables[0]!.rows;
  const lines = uneven.split("\n").slice(1, -1).map((line) => line.split(","));
  const lead = leadingScore(polarities).of({
    labels: lines.map((cells) => Number(cells[5])),
    scores: lines.map((cells) => Number(cells[6])),
  });
  ok(Math.abs(row!.comparisons[1]!.difference - (lead - 1)) < 1e-12);
  equal(row!.scores[1]!.mean, lead);
});

/** The files of a model. */
function model(folder: string, tested: string) {
  return {
    [`${folder}/config.json`]: JSON.stringify({
      ...{ seed: 3, protocol: "natural", configuration: { training: { epochs: 2 } } },
      model: {},
    }),
    [`${folder}/model.safetensors`]: "",
    [`${folder}/history.csv`]:
      "epoch,step,trainLoss,validationLoss,validationAccuracy,learningRate,kept\n" +
      "1,5,2,1,0.5,0.1,false\n2,10,1,0.5,0.75,0.05,true\n",
    [`${folder}/test.csv`]: `exam,sample,group,label,score\n${tested}`,
  };
}

const lines = (score: number) =>
  Array.from({ length: 12 }, (_, i) => `text,s${i},g${i},${i % 2},${i % 2 ? score : 0.1}`).join(
    "\n",
  );

Deno.test("models and the chosen model of a sweep are compared by what they said of each sample", async () => {
  const files = {
    ...model("a", lines(0.4)),
    ...{ "sweep/sweep.json": "{}" },
    ...model("sweep/model", lines(0.9)),
  };
  const { compared: { tables }, files: made } = await compared(files, ["a", "sweep"]);
  const [row] = tables[0]!.rows;
  deepEqual([row!.cell, row!.exam, row!.comparisons[1]!.difference], [
    "proposed-natural",
    "text",
    0.5,
  ]);
  equal(row!.comparisons[1]!.clusters, 12);
  equal(
    made.get("epochs.csv")!.split("\n")[1],
    "proposed-natural,A,3,1,false,1,0.5",
  );
});

Deno.test("a model without predictions has no scores, and the page says so", async () => {
  const { "a/test.csv": _, ...older } = model("a", lines(0.4));
  const { compared: { tables, notes } } = await compared({ ...older, ...model("b", lines(0.9)) });
  deepEqual(tables[0]!.rows, []);
  deepEqual(notes.map((note) => note.slice(0, 32)), [
    "model of a keeps no predictions,",
    "What learns by epochs has the sa",
  ]);
});

Deno.test("what can't be compared is refused by name", async () => {
  const own = result("a", first);
  await rejects(
    compared(own, ["a"]),
    /^RangeError: Cannot compare runs: expected two folders or more, got one$/,
  );
  await rejects(
    compared({ ...own, "b/diary.txt": "" }),
    /^RangeError: Cannot compare "b": expected results of .* or a sweep, got diary\.txt$/,
  );
  await rejects(
    compared({ ...own, "b/fig_1/fig_1.json": "{}" }),
    /^RangeError: Cannot compare "b": expected .* got fig_1$/,
  );
  await rejects(compared(own), /^RangeError: Cannot compare "b": expected .* got nothing$/);
  await rejects(
    compared({ ...own, ...result("b", { ...first, name: "compare" }) }),
    /expected results of the same experiments, got table_1 in "a" and compare in "b"$/,
  );
  await rejects(
    compared({ ...own, "b/table_1/table_1.json": "{" }),
    /^RangeError: Cannot read ".*\/table_1\.json": expected JSON, got something else$/,
  );
  await rejects(
    compared({ ...own, "b/sweep.json": "{}" }),
    /expected a sweep of the proposed model that has ended, .* got none$/,
  );
});

Deno.test("a folder's name is text in the page, whatever it is", async () => {
  const { files } = await compared(
    { ...result("a", first), ...result("<b>", { ...first, width: 32 }) },
    ["a", "<b>"],
  );
  const html = files.get("runs.html")!;
  match(html, /<code>&lt;b&gt;<\/code>/);
  equal(html.includes("<b>"), false);
});
