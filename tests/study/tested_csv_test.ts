import { deepEqual } from "node:assert/strict";
import { sha256 } from "../../lib/files.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { testedToCsv } from "../../lib/study/tested_csv.ts";

const sample = (id: string, group: string) => ({ id, group, hash: `hash of ${id}` });

Deno.test("a tested sample is told by digests of what was shown and of its speaker", () => {
  const samples = {
    text: [sample("t0", "a text"), sample("t1", "another")],
    image: [],
    audio: [sample("c0", "ann"), sample("c1", "bob")],
  } as unknown as Samples;
  const short = (text: string) => sha256(text).slice(0, 16);
  const both = {
    name: "text+audio",
    head: "unified" as const,
    rows: { text: [1, 0], audio: [0, 1] },
  };
  const alone = { name: "text", head: "text" as const, rows: { text: [1] } };
  const csv = testedToCsv([
    { ...both, labels: [1, 0], scores: [0.75, 0.5] },
    { ...alone, labels: [2], scores: [0.25, 0.25, 0.5] },
  ], samples);
  deepEqual(csv.trim().split("\n"), [
    "exam,sample,group,label,score",
    `text+audio,${short("hash of t1,hash of c0")},${short("ann")},1,0.75`,
    `text+audio,${short("hash of t0,hash of c1")},${short("bob")},0,0.5`,
    `text,${short("hash of t1")},${short("another")},2,0.25 0.25 0.5`,
  ]);
});
