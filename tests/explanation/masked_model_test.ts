import { deepEqual, ok, rejects } from "node:assert/strict";
import { compileAttributor } from "../../lib/explanation/attributor.ts";
import { compileMaskedModel } from "../../lib/explanation/masked_model.ts";
import { exportOnnx, loadExportedModel } from "../../lib/inference/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { changed, tinyExplained, tinyTiles } from "./tiny_explained.ts";

const close = (a: number, b: number, what: string) =>
  ok(Math.abs(a - b) < 1e-4, `${what}: ${a}, not ${b}`);

// Of text 2, image 3 and audio 2 segments.
const showing = (...shown: Modality[]) =>
  [["text", 2], ["image", 3], ["audio", 2]].flatMap(([m, count]) =>
    new Array<number>(count as number).fill(Number(shown.includes(m as Modality)))
  );

Deno.test("segments that are hidden are as if their masks were 0", async () => {
  const { trained, raw, features } = await tinyExplained();
  const model = await compileMaskedModel(trained, {
    present: modalities,
    hide: "segments",
    batch: 4,
  });
  deepEqual(model.places, 7);
  const exported = await loadExportedModel(exportOnnx(trained));
  const wanted = async (of: typeof raw, ...shown: Modality[]) => {
    const { "logits/unified": z } = await exported.run(of, { shown });
    return z![1]! - z![0]!;
  };
  const whole = showing(...modalities);
  // More choices than a batch holds.
  const [all, text, none, second, ...rest] = await model.run(features, [
    whole,
    showing("text"),
    showing(),
    whole.with(1, 0),
    whole.with(3, 0),
    whole,
  ]);
  close(all!, await wanted(raw, ...modalities), "all");
  close(text!, await wanted(raw, "text"), "text alone");
  close(none!, await wanted(raw), "nothing");
  const without = (m: Modality, segment: number) =>
    changed(raw, [m, "mask"], (kept, i) => i === segment ? 0 : kept);
  close(second!, await wanted(without("text", 1), ...modalities), "without a word");
  close(rest[0]!, await wanted(without("image", 1), ...modalities), "without a cell");
  close(rest[1]!, all!, "all again");
  ok(Math.abs(second! - all!) > 1e-3);
  await exported.dispose();
  await model.dispose();
});

Deno.test("tiles that are hidden are as loud as on average", async () => {
  const { trained, features } = await tinyExplained();
  const hide = tinyTiles;
  const model = await compileMaskedModel(trained, { present: modalities, hide, batch: 3 });
  const attributor = await compileAttributor(trained, { present: modalities, steps: 1 });
  // Tile 1 is of frames 0 to 3 and bands 2 and 3, of four.
  const quiet = changed(
    features,
    ["audio", "logMel"],
    (x, i) => Math.floor(i / 4) < 4 && i % 4 >= 2 ? 0 : x,
  );
  const found = await model.run(features, [[1, 1, 1, 1], [1, 0, 1, 1]]);
  close(found[0]!, (await attributor.run(features)).logOdds, "all");
  close(found[1]!, (await attributor.run(quiet)).logOdds, "without a tile");
  ok(Math.abs(found[1]! - found[0]!) > 1e-4);
  await attributor.dispose();
  await model.dispose();
});

Deno.test("tiles have to divide a spectrogram that is there", async () => {
  const { trained } = await tinyExplained();
  const refused = (present: Modality[], time: number, got: string) =>
    rejects(compileMaskedModel(trained, { present, hide: { time, pitch: 2 } }), {
      name: "RangeError",
      message:
        `Cannot hide tiles: expected a spectrogram that ${time} by 2 tiles divide, got ${got}`,
    });
  await refused(["audio"], 3, "8 by 4");
  await refused(["text"], 2, "no audio");
});
