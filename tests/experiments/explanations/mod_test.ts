import { deepEqual, equal, match, ok } from "node:assert/strict";
import { encodeSamples, openCorpora, subsets } from "../../../lib/study/corpora.ts";
import {
  type Deletions,
  type Explained,
  untrained,
} from "../../../experiments/explanations/explained_triples.ts";
import {
  attentionRows,
  checksOf,
  contributionRows,
  deletionRows,
  faithfulnessRows,
} from "../../../experiments/explanations/rows.ts";
import { explanations } from "../../../experiments/explanations/mod.ts";
import type { Verdicts } from "../../../lib/study/job.ts";
import { fitJob } from "../../../lib/study/run.ts";
import type { Study } from "../../../lib/study/study.ts";
import { defaultValence } from "../../../lib/datasets/mod.ts";
import { loadEncoders, openFeatureStore } from "../../../lib/encoders/mod.ts";
import { type TinyCorpora, withTinyCorpora } from "../../study/tiny_corpora.ts";
import { tinyExperiment } from "../../study/tiny_settings.ts";
import { plainExecutor } from "../../study/plain_executor.ts";

/** What the experiment reads of a study. */
async function tinyStudy({ data, cache }: TinyCorpora) {
  const corpora = await openCorpora(data, { valence: defaultValence, label: "made up" });
  const samples = subsets(corpora, tinyExperiment.data);
  const encoders = await loadEncoders("embedded", { cache });
  const store = openFeatureStore(`${cache}/features`);
  const { features } = await encodeSamples(samples, { encoders, store, onProgress: () => {} });
  const clip = { text: [], image: [], audio: [] };
  const options = {
    config: tinyExperiment,
    seeds: [1],
    ...{ data, dataLabel: "made up", encoders: "embedded", cache, provider: "cpu" },
    ...{ command: "test", commit: null, onProgress: () => {} },
  };
  const fit: Study["fit"] = async (job) => ({
    ...await fitJob(job, { features, config: tinyExperiment, on: plainExecutor }),
    features,
  });
  const told = { options, corpora, samples, features, encoders, clip, store };
  const study = { ...told, on: plainExecutor, fit };
  return {
    study: study as unknown as Study,
    close: () =>
      Promise.all([encoders.text, encoders.image, encoders.audio].flat().map((e) => e.dispose())),
  };
}

Deno.test("the explanations of a model come as tables, figures and a page", () =>
  withTinyCorpora(async (tiny) => {
    const { study, close } = await tinyStudy(tiny);
    const { markdown, files, data } = await explanations(study);
    await close();
    const figures = ["", "_attention", "_gate", "_deletion"].flatMap((name) =>
      ["svg", "narrow.svg", "vl.json", "csv"].map((end) => `explanations${name}.${end}`)
    );
    const runs = ["predictions/RUN.csv", "groups/RUN.csv", "runs/RUN.json", "inspected/RUN.json"]
      .map((path) => path.replace("RUN", "proposed-explained-label-seed1"));
    deepEqual(
      [...files.keys()].sort(),
      [
        ...["explanations.json", "explanations.md", "triples.csv"],
        ...figures,
        ...runs,
        "sample.html",
      ].sort(),
    );
    deepEqual(JSON.parse(files.get("explanations.json")!), JSON.parse(JSON.stringify(data)));

    const [header, ...lines] = files.get("triples.csv")!.trim().split("\n")
      .map((line) => line.split(","));
    equal(header!.length, 3 + 1 + 3 + 2 + 2 + 9);
    const triples = lines.length;
    match(markdown, new RegExp(`${triples} test triples, ${triples} of them explained in parts`));
    for (const line of lines) {
      const number = (name: string) => Number(line[header!.indexOf(name)]);
      const sum = ["text", "image", "audio"]
        .reduce((total, m) => total + number(`${m}_contribution`), 0);
      ok(Math.abs(sum - (number("log_odds") - number("baseline"))) < 1e-9);
      ok(number("gate") > 0 && number("gate") < 1);
      const paid = ["text", "image", "audio"]
        .reduce((total, to) => total + number(`attention_audio_to_${to}`), 0);
      ok(Math.abs(paid - 1) < 1e-5);
    }
    // Two kinds of parts, three methods and the control.
    equal(markdown.match(/^\| (?:segments|tiles) \|/gm)!.length, 8);
    const html = files.get("sample.html")!;
    match(html, /<audio controls src="data:audio\/wav;base64,/);
    match(html, /True label: (?:positive|negative) \(text \w+, image \w+, audio \w+\)\./);
    const { checks } = data as { checks: ReturnType<typeof checksOf> };
    ok(checks.shapleySum < 1e-9 && checks.shapleyVerdict < 1e-3);
  }));

const curve = (area: number) => [1, 2 * area - 0.5, 0];

/** Six triples: occlusion always deletes faster than chance, and the control never by much. */
const deletions: Deletions = (() => {
  const areas: Record<Explained, number> = {
    "integrated gradients": 0.5,
    "gradient × input": 0.7,
    "occlusion": 0.3,
    [untrained]: 0.5,
  };
  const test = (i: number) => ({
    of: Object.fromEntries(
      Object.entries(areas).map(([name, area]) => {
        const own = area + (name === untrained ? (i % 2 ? 0.02 : -0.02) : 0.001 * i);
        const most = curve(own);
        return [name, {
          ...{ most, least: [1, 1, 0], deletion: own, insertion: 0.75 },
          between: 0.75 - own,
        }];
      }),
    ) as Record<Explained, never>,
    random: { curve: curve(0.5), deletion: 0.5 },
  });
  const tests = [0, 1, 2, 3, 4, 5].map(test);
  return { segments: tests, tiles: tests };
})();

Deno.test("each explanation is held against chance, corrected over all eight", () => {
  const rows = faithfulnessRows(deletions);
  deepEqual(rows.map(({ parts }) => parts), [
    ...["segments", "segments", "segments", "segments"],
    ...["tiles", "tiles", "tiles", "tiles"],
  ]);
  const verdicts = Object.fromEntries(rows.map(({ method, verdict }) => [method, verdict]));
  deepEqual(verdicts, {
    "integrated gradients": "no better than chance",
    "gradient × input": "worse than chance",
    "occlusion": "faithful",
    [untrained]: "no better than chance",
  });
  ok(rows.every(({ test, pHolm }) => pHolm! >= test!.p));
});

Deno.test("fewer than six triples have areas, no test and no band", () => {
  const few = { segments: deletions.segments.slice(0, 5), tiles: deletions.tiles.slice(0, 5) };
  const rows = faithfulnessRows(few);
  ok(rows.every(({ test, pHolm }) => test === null && pHolm === null));
  deepEqual([...new Set(rows.map(({ verdict }) => verdict))], ["too few to tell"]);
  ok(deletionRows(few).every(({ low, high }) => low === undefined && high === undefined));
});

Deno.test("curves are means over triples, and those of insertion run the other way", () => {
  const rows = deletionRows(deletions);
  // Four panels of five lines, at 0, 10, …, 100 %.
  equal(rows.length, 4 * 5 * 11);
  const of = (corruption: string, level: number) =>
    rows.find((row) =>
      row.corruption === corruption && row.series === "occlusion" && row.level === level
    )!;
  equal(of("segments removed", 0).mean, 1);
  ok(Math.abs(of("segments removed", 50).mean - (2 * 0.3025 - 0.5)) < 1e-9);
  equal(of("segments inserted", 0).mean, 0);
  equal(of("segments inserted", 50).mean, 1);
});

Deno.test("attention is averaged over the triples of a class", () => {
  const map = (weight: number) => [weight, 1 - weight, 0, 0, 1, 0, 0, 0, 1];
  const values = [...map(0.25), ...map(0.75), ...map(0.5)];
  const verdicts = { labels: [1, 1, 0], inspected: { attention: { width: 9, values } } };
  const rows = attentionRows(verdicts as unknown as Verdicts);
  const own = (panel: string) =>
    rows.filter((row) => row.panel === panel && row.from.modality === "text")
      .map(({ weight }) => weight);
  deepEqual(own("level 2, positive"), [0.5, 0.5, 0]);
  deepEqual(own("level 2, negative"), [0.5, 0.5, 0]);
  equal(rows.length, 18);
});

Deno.test("the checks find a sum that is off, and do not ask a saturated verdict", () => {
  const triple = (i: number, text: number, logOdds: number) => ({
    ...{ triple: i, label: 1, values: { text, image: 0, audio: 0 }, logOdds, baseline: 0 },
  });
  const found = [triple(0, 1, 1), triple(1, 0.75, 0.5), triple(2, 20, 20)];
  // The log-odds of 0.75 are ln 3; 1 is saturated.
  const verdicts = { scores: [1 / (1 + Math.exp(-1)), 0.75, 1] } as unknown as Verdicts;
  const explained = [0.01, 0.03, 0.02].map((completeness) => ({ explanation: { completeness } }));
  const { shapleySum, shapleyVerdict, completeness } = checksOf(
    found,
    verdicts,
    explained as never,
  );
  equal(shapleySum, 0.25);
  ok(Math.abs(shapleyVerdict - (Math.log(3) - 0.5)) < 1e-9);
  deepEqual(completeness, { largest: 0.03, median: 0.02, within: 2 / 3, tolerance: 0.02 });
  deepEqual(contributionRows([...found, { ...triple(3, -2, 0), label: 0 }])[0], {
    ...{ panel: "negative", modality: "text", quantiles: [-2, -2, -2, -2, -2], mean: -2 },
  });
});
