import { equal, rejects } from "node:assert/strict";
import { sharedFits } from "../../lib/study/shared_fits.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { key } from "../../lib/tensor/random.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import type { Problem, System } from "../../lib/systems/system.ts";

const features = {} as CorpusFeatures;

const rowsOf = (text: readonly number[]) => byModality((m) => m === "text" ? text : [7]);

function problem(changes: Partial<Problem> = {}): Problem {
  return {
    ...{ features, protocol: "single", present: ["text"], key: key(1) },
    ...{ train: rowsOf([0, 1]), validation: rowsOf([2]) },
    ...changes,
  };
}

function counted() {
  const count = { fits: 0, disposed: 0 };
  const system: System = {
    name: "counted",
    fit() {
      const number = count.fits++;
      return Promise.resolve({
        predict: () => Promise.resolve({ text: [number] }),
        record: {},
        dispose: () => Promise.resolve(void count.disposed++),
      });
    },
  };
  return { count, system };
}

Deno.test("a fit on the same rows of a modality is made once, whatever its key", async () => {
  const { count, system } = counted();
  const shared = sharedFits()(system);
  const first = await shared.fit(problem());
  await first.dispose();
  const second = await shared.fit(problem({ key: key(2) }));
  equal(count.fits, 1);
  equal(count.disposed, 0);
  equal((await second.predict({}))["text"]![0], 0);
});

Deno.test("other rows, features, modalities, protocols and systems are fits of their own", async () => {
  const { count, system } = counted();
  const share = sharedFits();
  const shared = share(system);
  await shared.fit(problem());
  await shared.fit(problem({ train: rowsOf([0, 3]) }));
  await shared.fit(problem({ validation: rowsOf([3]) }));
  await shared.fit(problem({ features: { ...features } }));
  await shared.fit(problem({ present: ["audio"] }));
  equal(count.fits, 5);
  await shared.fit(problem({ protocol: "label", present: modalities }));
  await shared.fit(problem({ protocol: "label", present: modalities }));
  equal(count.fits, 7);
  const other = counted();
  await share(other.system).fit(problem());
  equal(other.count.fits, 1);
});

Deno.test("the fit that was not used for longest is forgotten", async () => {
  const { count, system } = counted();
  const shared = sharedFits(2)(system);
  const at = (row: number) => shared.fit(problem({ train: rowsOf([row]) }));
  await at(0);
  await at(1);
  await at(0);
  await at(2);
  equal(count.fits, 3);
  await at(0);
  equal(count.fits, 3);
  await at(1);
  equal(count.fits, 4);
});

Deno.test("a fit that failed is tried again", async () => {
  let tried = 0;
  const shared = sharedFits()({
    name: "failing",
    fit: () => Promise.reject(new Error(`failure ${++tried}`)),
  });
  await rejects(() => shared.fit(problem()), /failure 1/);
  await rejects(() => shared.fit(problem()), /failure 2/);
});
