import { deepEqual, equal, ok } from "node:assert/strict";
import { linearProbe } from "../../lib/baselines/mod.ts";
import { batches } from "../../lib/systems/batches.ts";
import { copiesOfRows, drawCopies } from "../../lib/systems/noisy_copies.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import { range, tinyFeatures } from "./tiny_corpus.ts";

const noisy = { text: [{ row: 10, of: 0 }, { row: 11, of: 0 }, { row: 12, of: 1 }] };

Deno.test("copiesOfRows() knows the copies of these rows and no others", () => {
  deepEqual(copiesOfRows(noisy, "text", [0, 2]), [10, 11]);
  deepEqual(copiesOfRows(noisy, "image", [0]), []);
  deepEqual(copiesOfRows(undefined, "text", [0]), []);
});

Deno.test("drawCopies() shows half of the samples clean, and their copies alike", () => {
  const draw = drawCopies(noisy);
  const zeros = draw("text", new Array(4000).fill(0), key(1));
  const share = (row: number) => zeros.filter((other) => other === row).length / zeros.length;
  ok(Math.abs(share(0) - 0.5) < 0.03 && Math.abs(share(10) - 0.25) < 0.03);
  deepEqual([...draw("text", [2, 3], key(1))], [2, 3]);
  deepEqual([...draw("image", [0, 1], key(1))], [0, 1]);
  deepEqual(draw("text", [0, 1, 2], key(5)), draw("text", [0, 1, 2], key(5)));
});

const features = tinyFeatures({ text: 24, image: 24, audio: 24 });
// Row 12 + i is a copy of row i: their labels are the same.
const copies = Array.from({ length: 12 }, (_, i) => ({ row: 12 + i, of: i }));

Deno.test("each epoch shows other copies, with the labels of their samples", () => {
  for (const protocol of ["label", "single"] as const) {
    const { epoch } = batches({
      features: {
        ...features,
        // The states say which row they are of.
        text: {
          ...features.text,
          tables: {
            states: { shape: [24, 1], data: Float32Array.from({ length: 24 }, (_, i) => i) },
          },
        },
      },
      indices: range(0, 8),
      protocol,
      noisy: { text: copies },
      present: protocol === "label" ? ["text", "image", "audio"] : ["text"],
      batch: 8,
      modalityDropout: 0,
      network: {
        inputs: (present, batch) =>
          present.includes("text")
            ? { text: { states: { kind: "float32", shape: [batch, 1] } } } as never
            : {},
        masks: () => ({}),
      },
      key: key(3),
    });
    const shown = [0, 1].map((number) =>
      [...epoch(number)].flatMap((batch) => {
        const { inputs, labels } = Object.values(batch)[0]!;
        return Array.from(inputs.text!.states as Float32Array, (row, i) => {
          equal(features.text.labels[row], labels.text![i]);
          ok(row < 8 || row >= 12 && row < 20, `${row}`);
          return row;
        });
      })
    );
    ok(shown.every((rows) => rows.some((row) => row >= 12) && rows.some((row) => row < 8)));
    ok(shown[0]!.join() !== shown[1]!.join());
  }
});

Deno.test("a linear probe learns the copies of its parts and never those of others", async () => {
  const problem = (noisy?: Problem["noisy"], features = own): Problem => ({
    ...{ features, train: range(0, 8), validation: range(8, 10), noisy },
    ...{ protocol: "single", present: ["text"], key: fold(key(1), "probe") },
  });
  const own = tinyFeatures({ text: 24, image: 24, audio: 24 }, { signal: 0.5 });
  const verdicts = async (asked: Problem) =>
    Array.from((await (await linearProbe().fit(asked)).predict({ text: [10, 11] })).text!);
  const clean = await verdicts(problem());
  const trained = await verdicts(problem({ text: copies.slice(0, 8) }));
  ok(trained.join() !== clean.join());
  // Rows 22 and 23 are copies of 10 and 11, of neither part.
  deepEqual(await verdicts(problem({ text: copies.slice(10) })), clean);
  deepEqual(
    await verdicts(problem({ text: [...copies.slice(0, 8), ...copies.slice(10)] })),
    trained,
  );
});
