import { deepEqual, match } from "node:assert/strict";
import { whenAttentionHelps } from "../../../experiments/report/attention.ts";
import { printHtml } from "../../../experiments/report/html.ts";

const result = (name: string, data: Readonly<Record<string, unknown>>) => ({
  ...{ name, data, markdown: "", pictures: [], files: [] },
});

Deno.test("whenAttentionHelps() gives the sentences of the results that ask it, natural rows first", () => {
  const html = printHtml(whenAttentionHelps([
    result("robustness_noise", { title: "Noise", findings: ["Noise <hurts>."] }),
    result("natural", {
      title: "Rows",
      findings: [{ of: "all", sentence: "Late fusion is as good." }, {
        sentence: "Pairs inflate.",
      }],
    }),
    result("calibration", { findings: ["Nobody asked."] }),
  ]));
  deepEqual(html.match(/href="#\w+"/g), ['href="#natural"', 'href="#robustness_noise"']);
  deepEqual(html.match(/<li>[^]*?(?=<\/li>)/g)?.map((line) => line.slice(4)), [
    ...["Late fusion is as good.", "Pairs inflate.", "Noise &lt;hurts&gt;."],
  ]);
});

Deno.test("whenAttentionHelps() tells of triples by Table 1's row of late fusion", () => {
  const row = {
    system: "Late fusion",
    modality: "unified",
    comparison: { difference: -0.02, interval: [-0.05, 0.01], p: 0.3, pHolm: 0.4, seeds: [-0.02] },
  };
  const other = { ...row, system: "MISA", comparison: { ...row.comparison, difference: 0.5 } };
  const html = printHtml(whenAttentionHelps([result("table_1", { rows: [other, row] })]));
  match(html, /late fusion of linear probes is −0\.020 \[−0\.050, \+0\.010\] \(.*one seed.*\)/);
});

Deno.test("whenAttentionHelps() turns late fusion less the joint model over", () => {
  const comparison = { difference: 0.02, interval: [0.01, 0.05], p: 0.01, pHolm: 0.01 };
  const row = { system: "Proposed on branches", shown: "text+image+audio" };
  const html = printHtml(whenAttentionHelps([result("scratch", {
    fusion: [{ ...row, shown: "text" }, {
      ...row,
      comparison: { ...comparison, seeds: [0.01, 0.03] },
    }],
  })]));
  match(html, /less late fusion is −0\.020 \[−0\.050, −0\.010\]\./);
});

Deno.test("whenAttentionHelps() folds what is said of each test below what is said of all", () => {
  const findings = [{ of: "mvsa", sentence: "On one." }, { of: "all", sentence: "On all." }];
  const html = printHtml(whenAttentionHelps([result("natural", { findings })]));
  match(html, /On all\.<\/li>[^]*<details>[^]*Test by test[^]*On one\.[^]*<\/details>/);
  const alone = printHtml(whenAttentionHelps([result("natural", { findings: [findings[0]] })]));
  match(alone, /^(?![^]*<details>)[^]*On one\./);
});

Deno.test("whenAttentionHelps() is silent where no result asks it", () => {
  deepEqual(whenAttentionHelps([result("table_1", { rows: [] }), result("natural", {})]), []);
});
