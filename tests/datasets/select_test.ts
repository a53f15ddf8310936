import { deepEqual } from "node:assert/strict";
import { type Candidate, selectSamples } from "../../lib/datasets/select.ts";

function candidate(id: string, emotion: string, hash: string): Candidate {
  return { id, modality: "text", source: { text: id }, emotion, group: id, hash };
}

Deno.test("selectSamples() accounts for every candidate, conflicts before copies before emotions", () => {
  const valence = { joy: "positive", fear: "negative", neutral: "excluded" } as const;
  const { samples, excluded } = selectSamples([
    candidate("a", "joy", "1"),
    candidate("b", "joy", "1"), // duplicate
    candidate("c", "neutral", "2"), // neutral
    candidate("d", "neutral", "2"), // duplicate
    candidate("e", "neutral", "3"), // conflicting
    candidate("f", "joy", "3"), // conflicting
    candidate("g", "joy", "3"), // conflicting
    candidate("h", "fear", "4"),
  ], { valence, content: ({ hash }) => hash, label: ({ emotion }) => emotion });
  deepEqual(samples.map(({ id, label }) => [id, label]), [["a", 1], ["h", 0]]);
  deepEqual(excluded, { duplicate: 2, neutral: 1, conflicting: 3 });
});
