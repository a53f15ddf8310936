import { deepEqual, equal, match, notDeepEqual, ok, rejects } from "node:assert/strict";
import {
  encode,
  evaluate,
  explain,
  fit,
  loadModel,
  readCorpora,
  saveModel,
  split,
} from "../../lib/workflow/mod.ts";
import { withTinyCorpora } from "../study/tiny_corpora.ts";

const training = { epochs: 2, patience: 2, batch: 4 };
const settings = { width: 8, heads: 2, channels: [2], framePooling: 2 };

Deno.test("a model is asked of the same samples with noise, and with modalities missing", () =>
  withTinyCorpora(async ({ data, cache }) => {
    const corpora = await readCorpora(data);
    const encoded = await encode(corpora, { cache });
    const parts = split(encoded, { seed: 2 });
    const { test } = parts.parts.text;
    const transforms = { text: { id: "empty of sense", apply: () => "my my my" } };
    const noisy = await encode(corpora, { cache, transforms, indices: { text: test } });
    const row = (of: typeof encoded, i: number) => {
      const { shape, data } = of.features.text.tables.states!;
      const size = shape[1]! * shape[2]!;
      return Array.from(data.subarray(i * size, (i + 1) * size));
    };
    for (const i of encoded.samples.text.keys()) {
      (test.includes(i) ? notDeepEqual : deepEqual)(row(noisy, i), row(encoded, i));
    }
    deepEqual(noisy.features.audio.tables, encoded.features.audio.tables);

    const model = await fit("Proposed", encoded, { split: parts, model: settings, training });
    const shown = ["text", "audio"] as const;
    const { rows: [one], verdicts: [verdict] } = await evaluate(model, { shown });
    deepEqual(one!.shown, shown);
    const { rows, scores, labels } = verdict!;
    deepEqual(scores, (await model.fitted.predict(rows)).unified);
    const whole = (await evaluate(model)).verdicts[0]!;
    deepEqual([rows.text, rows.audio, labels], [whole.rows.text, whole.rows.audio, whole.labels]);
    const spoilt = (await evaluate(model, { shown, data: noisy })).verdicts[0]!;
    notDeepEqual(spoilt.scores, scores);
    deepEqual(spoilt.scores, (await model.fitted.predict(rows, noisy.features)).unified);

    await rejects(evaluate(model, { shown: [] }), /shown: expected a list of one or more/);
    const fewer = { ...encoded.samples, text: encoded.samples.text.slice(1) };
    await rejects(
      evaluate(model, { data: { ...encoded, samples: fewer } }),
      /expected the 20 text samples of the fit, got 19, others$/,
    );
    const audio = await fit("Linear probe", encoded, { modality: "audio", seed: 3 });
    deepEqual([audio.seed, audio.split.seed], [3, 3]);
    await rejects(evaluate(audio, { shown: ["text"] }), /expected some of audio .*got text$/);
    await model.dispose();
  }));

Deno.test("a verdict is explained by modality and by part, before and after it is saved", () =>
  withTinyCorpora(async ({ root, data, cache }) => {
    const encoded = await encode(await readCorpora(data, { name: "made up" }), { cache });
    const model = await fit("Proposed", encoded, { model: settings, training });
    const sample = { text: "my film", image: `${data}/faces/sad/0.png` };
    const { explanation, parts, removal, page, label } = await explain(model, sample, {
      words: { title: "Why sad?" },
    });
    const { contributions, baseline, logOdds } = explanation;
    ok(Math.abs(contributions.text! + contributions.image! + baseline - logOdds) < 1e-4);
    ok(Math.abs(parts.attribution.logOdds - logOdds) < 1e-4);
    // Removing all parts in any order ends where nothing is shown.
    const ends = [removal.of.occlusion.most.at(-1)!, removal.random.curve.at(-1)!];
    const nothing = 1 / (1 + Math.exp(label === "positive" ? -baseline : baseline));
    for (const end of ends) ok(Math.abs(end - nothing) < 1e-4);
    match(page, /<h1>Why sad\?[^]*fitted on made up data with seed 1\./);
    equal(page.includes("<audio"), false);

    await saveModel(model, `${root}/model`);
    const saved = await explain(await loadModel(`${root}/model`, { cache }), sample);
    deepEqual([saved.explanation, saved.parts], [explanation, parts]);
    const probe = await fit("Linear probe", encoded, { modality: "text" });
    await rejects(explain(probe, sample), /^RangeError: Cannot explain Linear probe: expected/);
    await model.dispose();
  }));
