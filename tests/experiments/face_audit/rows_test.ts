import { deepEqual, equal, match } from "node:assert/strict";
import { faceAudit } from "../../../experiments/face_audit/mod.ts";
import {
  collateFaceAudit,
  faceRule,
  planFaceAudit,
  tabulateFaces,
} from "../../../experiments/face_audit/rows.ts";
import { planTable1 } from "../../../experiments/table_1/rows.ts";
import { faceThreshold } from "../../../lib/encoders/face_detector.ts";
import { judged, samples } from "../made_up.ts";
import { madeUpStudy } from "../made_up_study.ts";
import { tinyExperiment } from "../../study/tiny_settings.ts";

const { data } = tinyExperiment;

Deno.test("tabulateFaces() counts label by face, and says how far they go together", () => {
  const images = ([1, 1, 1, 1, 0, 0, 0, 0] as const).map((label) => ({ label }));
  // One positive of four has a face, three negatives of four do.
  const faces = [0.9, 0.1, 0.1, 0.64, 0.9, 0.8, faceThreshold, 0];
  deepEqual(tabulateFaces(images, faces), {
    counts: {
      "positive, face": 1,
      "positive, no face": 3,
      "negative, face": 3,
      "negative, no face": 1,
    },
    share: { positive: 0.25, negative: 0.75 },
    // (3 · 3 − 1 · 1) / √(4 · 4 · 4 · 4)
    phi: 0.5,
  });
  const same = images.map(({ label }) => 1 - label);
  equal(tabulateFaces(images, same).phi, 1);
  equal(tabulateFaces(images, images.map(() => 1)).phi, 0);
});

Deno.test("the jobs of the face audit are those of Table 1, so that they are not run twice", () => {
  const settings = { seeds: [1, 2], data };
  const table = new Map(planTable1(samples, settings).jobs.map((job) => [job.name, job]));
  const jobs = planFaceAudit(samples, settings);
  equal(jobs.length, 6);
  for (const job of jobs) deepEqual(job, table.get(job.name));
});

/** Negative, positive and so on; with a face are the first ten of each twenty. */
const faces = samples.image.map((_, i) => i % 20 < 10 ? 0.9 : 0.1);

Deno.test("collateFaceAudit() judges each group, and names the worst with tests enough", () => {
  const labels = samples.image.map(({ label }) => label as number);
  // Right but for positives with a face, of which it gets none.
  const blind = labels.map((label, i) => label === 1 && faces[i]! > 0.5 ? 0.2 : label);
  const run = (system: "Proposed" | "CLIP" | "Linear probe", seed: number, scores: number[]) =>
    judged(`${system}-${seed}`, { system, seed, head: "image", labels, scores });
  const rows = collateFaceAudit(
    [1, 2].flatMap((seed) => [
      run("Proposed", seed, seed === 1 ? blind : labels),
      run("CLIP", seed, labels),
      run("Linear probe", seed, labels.map((label) => 1 - label)),
    ]),
    samples.image,
    faces,
  );
  deepEqual(rows.map(({ system }) => system), ["Proposed", "CLIP", "Linear probe", faceRule]);
  const [ours, , , rule] = rows;
  deepEqual(ours!.accuracy.seeds, [0.75, 1]);
  deepEqual(ours!.groups["positive, face"], { tests: 30, accuracy: 0.5 });
  deepEqual(ours!.groups["negative, no face"], { tests: 30, accuracy: 1 });
  deepEqual(ours!.worst, { group: "positive, face", accuracy: 0.5 });
  deepEqual(rule!.accuracy.mean, 0.5);
  deepEqual(
    Object.values(rule!.groups).map(({ accuracy }) => accuracy),
    [0, 1, 1, 0],
  );

  // Nine tests of a group are too few to call it the worst; and a group may have none.
  const few = samples.image.map((_, i) => i < 18 && i % 2 === 1 ? 0.9 : 0.1);
  const [row] = collateFaceAudit(
    [
      run("Proposed", 1, labels.map(() => 0)),
      run("CLIP", 1, labels),
      run("Linear probe", 1, labels),
    ],
    samples.image,
    few,
  );
  deepEqual(row!.groups["positive, face"], { tests: 9, accuracy: 0 });
  equal(row!.groups["negative, face"], undefined);
  deepEqual(row!.worst, { group: "positive, no face", accuracy: 0 });
});

Deno.test("tabulateFaces() sees a face from the threshold on", () => {
  const faces = [faceThreshold, faceThreshold - 1e-6];
  const { counts } = tabulateFaces([{ label: 1 }, { label: 0 }], faces);
  deepEqual(counts, {
    "positive, face": 1,
    "positive, no face": 0,
    "negative, face": 0,
    "negative, no face": 1,
  });
});

Deno.test("faceAudit() writes the table, every image's score and the predictions", async () => {
  const { study, ran } = madeUpStudy({ seeds: [1, 2] });
  const { files, markdown } = await faceAudit(study, faces);
  equal(ran.length, 6);
  match(markdown, /\| positive \| 15 \| 15 \| 0\.500 \|/);
  match(markdown, /"is negative" is 0\.000/);
  match(markdown, /\| \*A face means negative\* \|/);
  const lines = files.get("faces.csv")!.toString().split("\n");
  deepEqual(lines.slice(0, 2), ["image,label,face", "image 0,0,0.9"]);
  equal(lines.length, 62);
  deepEqual(Object.keys(JSON.parse(files.get("face_audit.json")!.toString())).slice(0, 3), [
    "name",
    "title",
    "caption",
  ]);
  equal([...files.keys()].filter((name) => name.startsWith("predictions/")).length, 6);
});
