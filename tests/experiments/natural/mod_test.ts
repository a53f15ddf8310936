import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { natural, type NaturalStudy, openNatural } from "../../../experiments/natural/mod.ts";
import { checkResult } from "../../../experiments/results/check.ts";
import { replaceFolder } from "../../../lib/files.ts";
import type { Options } from "../../../lib/study/study.ts";
import { openWorkFolder } from "../../../lib/study/work_folder.ts";
import { withFolder } from "../../datasets/temporary_folder.ts";
import { tinyExperiment } from "../../study/tiny_settings.ts";
import { withMadeUpPeople } from "./people/made_up_people.ts";
import { tinySet } from "./tiny_sets.ts";

// Kin across parts: the first group is trained on, the second tested.
const clips = tinySet("clips", { groups: "tettttttvvvveeee", noise: 2, ordered: true });
const few = { "few/rows.csv": "text,label\nwell,positive\n" };
const leaky = tinySet("leaky", {
  ...{ groups: `${"t".repeat(30)}${"v".repeat(12)}${"e".repeat(12)}`, noise: 30 },
  knows: (part) => part === "train",
});

const config = { ...tinyExperiment, training: { ...tinyExperiment.training, epochs: 1 } };

/** Runs with the files in `folder`, and the options of a run on it. */
async function within(
  folder: string,
  files: Record<string, string>,
  run: (options: Options) => Promise<void>,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${folder}/${path}`.replace(/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, text);
  }
  await withFolder({}, async (root) => {
    const works: Awaited<ReturnType<typeof openWorkFolder>>[] = [];
    await run({
      ...{ config, data: folder, dataLabel: "tiny sets", encoders: "embedded" },
      ...{ cache: `${root}/cache`, commit: null, code: null, seeds: [1], jobs: 1 },
      ...{ provider: "cpu", command: "test", onProgress: () => {} },
      openWork: async (decides) => {
        works.push(await openWorkFolder(`${root}/work-${works.length}`, { decides }));
        return works.at(-1)!;
      },
    });
    works.forEach((work) => work.close());
  });
}

// One that reads no states, one to which all segments are alike, and those that tell a row from its neighbours.
const some = ["TF-IDF regression", "Linear probe", "Late fusion", "Residual fusion (ours)"];

/** The study with these systems alone, fitted to whole rows. */
function withSystems(study: NaturalStudy, systems: readonly string[]): NaturalStudy {
  const asked = <S extends { jobs: NaturalStudy["sets"][number]["jobs"] }>(of: S): S => ({
    ...of,
    jobs: of.jobs.filter(({ system, protocol }) =>
      protocol === "natural" && systems.includes(system)
    ),
  });
  return {
    ...study,
    sets: study.sets.map((set) => ({ ...asked(set), sections: set.sections.map(asked) })),
  };
}

const alone = (files: Record<string, string>, run: (options: Options) => Promise<void>) =>
  withFolder({}, (folder) => within(folder, files, run));

Deno.test("sets, their context and people are made, one that is refused says why, and all can be checked", () =>
  withMadeUpPeople((folder) =>
    within(folder, { ...clips, ...few }, async (options) => {
      const study = withSystems(await openNatural({ ...options, context: 1 }), some);
      const { data, markdown, files } = await natural(study);
      const { sets, sections, refused, findings, people } = data as {
        sets: { name: string; kin: { testRowsWithKin: number } }[];
        sections: { division: string; context?: number; rows: Record<string, unknown>[] }[];
        refused: { name: string; reason: string }[];
        findings: { of: string; about: string; sentence: string }[];
        people: { rows: unknown[] };
      };
      deepEqual(sets.map(({ name, kin }) => [name, kin.testRowsWithKin]), [["clips", 2]]);
      deepEqual(sections.map(({ division, context }) => [division, context]), [
        ...[["official", undefined], ["official", 1], ["by group", undefined], ["by group", 1]],
      ]);
      const [plain, near] = sections;
      const named = (rows: typeof plain) => new Set(rows!.rows.map(({ system }) => system));
      deepEqual(named(near), named(plain));
      equal(plain!.rows.some(({ contextAdds }) => contextAdds), false);
      const row = (system: string) =>
        near!.rows.find((row) => row.system === system && row.modality === "rows")!;
      for (const system of ["Late fusion", "Residual fusion (ours)"]) {
        ok(row(system).contextAdds && row(system).readoutAdds, system);
      }
      ok(row("Linear probe").contextAdds && !row("Linear probe").readoutAdds);
      // A system that reads no states is the same with neighbours.
      const { difference } = row("TF-IDF regression").contextAdds as { difference: number };
      equal(difference, 0);
      match(refused[0]!.reason, /^Cannot learn from the set "few": Cannot split 1 samples/);
      deepEqual(refused.map(({ name }) => name), ["few"]);
      match(markdown, /### Few\n\n\*\*Refused:\*\* Cannot learn from the set "few"/);
      ok(findings.some(({ of, about }) => of === "few" && about === "refused"));
      ok(findings.some(({ about }) => about === "context"));
      ok(people.rows.length > 0 && findings.some(({ about }) => about === "people"));

      const made = `${folder}/made`;
      await replaceFolder(made, files);
      const { run: _, ...checked } = study;
      const check = async () =>
        (await checkResult(
          { ...checked, run: () => Promise.reject(new Error("nothing is run")) },
          { name: "natural", folder: made, experiment: natural },
        )).differences;
      deepEqual(await check(), []);
      const path = `${made}/natural.md`;
      await Deno.writeTextFile(path, markdown.replace("Refused", "Made"));
      equal((await check()).length, 1);
    }), { clips: false }));

Deno.test("features that know their labels are refused, or mark all that is made of them", () =>
  alone({ ...clips, ...leaky }, async (options) => {
    const { sets, refused } = await openNatural(options);
    deepEqual([sets.map(({ name }) => name), refused.map(({ name }) => name)], [
      ...[["clips"], ["leaky"]],
    ]);
    match(
      refused[0]!.reason,
      /expected features that do not know the labels, got\n- a linear probe/,
    );
    const all = await openNatural({ ...options, leakingFeatures: true, context: 1 });
    deepEqual(all.refused, []);
    const [sound, knowing] = all.sets;
    deepEqual([sound!.leakingFeatures, knowing!.leakingFeatures !== undefined], [undefined, true]);
    ok(knowing!.sections.every(({ leaking, context }) => leaking && context === undefined));
    match(knowing!.note!, /^without context, since nothing orders its rows/);
    ok(sound!.sections.some(({ context }) => context === 1));
    ok(JSON.stringify(all.decides) !== JSON.stringify((await openNatural(options)).decides));
  }));

Deno.test("a set that is alone ends the run, and so do sets of which none is left", async () => {
  const refused = (
    files: Record<string, string>,
    more: Partial<Options>,
    message: RegExp,
  ) => alone(files, (options) => rejects(openNatural({ ...options, ...more }), { message }));
  await refused(few, {}, /^Cannot learn from the set "few": Cannot split 1 samples/);
  await refused(leaky, {}, /expected features that do not know the labels/);
  await refused(leaky, { context: 2 }, /^Cannot take ± 2 neighbours .*expected rows with a column/);
  await refused(few, { leakingFeatures: true }, /^Cannot use --leaking-features: expected a set/);
  await refused(
    { ...few, "less/rows.csv": "text,label\nwell\n" },
    {},
    /expected a set that can be learnt from, got none:\n- less: .*line 2.*\n- few: /s,
  );
});
