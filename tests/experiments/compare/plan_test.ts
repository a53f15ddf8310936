import { deepEqual, equal } from "node:assert/strict";
import { planCompare, systemOfJob } from "../../../experiments/compare/plan.ts";
import { readGivenFeatures } from "../../../lib/study/given_features.ts";
import { fixtures } from "../../datasets/pickle/python_values.ts";

const data = { cap: 10_000, testFraction: 0.2, validationFraction: 0.1 };

Deno.test("features that were given are compared by every system but those that read what they lack", async () => {
  const { features, target, ...paired } = await readGivenFeatures(`${fixtures}mmsa_protocol4.pkl`);
  const plan = (of = features, seeds = [1]) =>
    planCompare(paired, { seeds, target, data, features: of });
  const systems = (jobs = plan().jobs) => new Set(jobs.map(systemOfJob));
  equal(systems().has("MFCC regression"), false);
  deepEqual(
    ["Proposed", "MISA", "TF-IDF regression", "Residual fusion (ours)"].map((name) =>
      systems().has(name as "MISA")
    ),
    [true, true, true, true],
  );
  const { texts: _, ...text } = features.text;
  equal(systems(plan({ ...features, text }).jobs).has("TF-IDF regression"), false);
  const withLogMel = { ...features.audio.tables, logMel: features.audio.tables.states! };
  const audio = { ...features.audio, tables: withLogMel };
  equal(systems(plan({ ...features, audio }).jobs).has("MFCC regression"), true);
  // The file's parts, with every seed.
  const [first, second] = plan(features, [1, 2]).audits;
  deepEqual(first, second);
});
