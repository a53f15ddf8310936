import { equal, match, ok } from "node:assert/strict";
import { explainedPage } from "../../lib/explanation/explained_page.ts";
import { openExplainer } from "../../lib/explanation/explainer.ts";
import { explain, exportOnnx, loadExportedModel } from "../../lib/inference/mod.ts";
import { sharp } from "../../lib/deps/sharp.ts";
import { tinyExplained, tinyTiles } from "./tiny_explained.ts";

Deno.test("the page of a sample has its parts, and says how they were explained", async () => {
  const { trained, raw, features } = await tinyExplained();
  const explainer = await openExplainer(trained, { tiles: tinyTiles, steps: 1024 });
  const explained = await explainer.explain(features);
  const exported = await loadExportedModel(exportOnnx(trained));
  const create = { width: 4, height: 4, channels: 3, background: "red" } as const;
  const sample = {
    text: "good film",
    image: { path: "", bytes: new Uint8Array(await (await sharp())({ create }).png().toBuffer()) },
    audio: { path: "", samples: new Float32Array(1600).fill(0.5) },
  };
  const options = {
    features: raw,
    explanation: await explain(exported, raw),
    explained,
    explainer,
    sizes: trained.config.inputs,
    cutWords: (text: string) => text.split(" ").map((text) => ({ text, tokens: 1 })),
    words: { title: "Why?", caption: "Tiny" },
  };
  const html = await explainedPage(sample, options);
  // Two words, two segments: each word has its segment's score.
  const [first, second] = explained.segments.scores["integrated gradients"];
  const titles = [...html.matchAll(/title="([+−])([\d.]+)">(?:good|film)</g)]
    .map(([, sign, value]) => Number(value) * (sign === "+" ? 1 : -1));
  equal(titles.length, 2);
  ok(Math.abs(titles[0]! - first!) < 1e-3 && Math.abs(titles[1]! - second!) < 1e-3);
  match(html, /coloured by integrated gradients, in log-odds\. All together are [+−]\d/);
  match(html, /: within the tolerance of 2 %\./);
  match(html, /<audio controls src="data:audio\/wav;base64,/);

  const occluded = await explainedPage({ text: "good film" }, { ...options, method: "occlusion" });
  match(occluded, /coloured by occlusion.*adds up to nothing/);
  equal(occluded.includes("<audio"), false);
  await exported.dispose();
  await explainer.dispose();
});
