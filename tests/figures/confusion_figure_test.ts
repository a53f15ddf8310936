import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { confusionFigure } from "../../lib/figures/confusion_figure.ts";
import { modalityColours } from "../../lib/figures/palette.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const options = { title: "Confusion", subtitle: "Embedded corpus" };
// The paper's image matrix, if its test part is balanced.
const image = { name: "image", counts: [[917, 83], [60, 940]] };

Deno.test("confusionFigure() has each count in its cell, with its share of the actual class", () => {
  const [panel] = partOf(confusionFigure([image], options)).hconcat;
  deepEqual(
    panel!.data.values.map((
      { actual, predicted, count, share },
    ) => [actual, predicted, count, share]),
    [
      ["negative", "negative", 917, 0.917],
      ["negative", "positive", 83, 0.083],
      ["positive", "negative", 60, 0.06],
      ["positive", "positive", 940, 0.94],
    ],
  );
  equal(panel!.layer[0]!.mark.color, modalityColours.image);
  deepEqual(panel!.layer[0]!.encoding.fillOpacity.scale.domain, [0, 1]);
});

Deno.test("confusionFigure() is drawn with counts, shares and the names of the classes", async () => {
  const counts = [[1500, 0, 0], [1.25, 3.75, 0], [0, 0, 0]];
  const texts = await drawnTexts(
    confusionFigure([image, { name: "mine", counts: [[1, 1], [0, 2]] }], options),
  );
  for (const text of ["917", "0.940", "image", "mine", "predicted", "actual", "0.500"]) {
    ok(texts.includes(text), text);
  }
  const three = confusionFigure([{ name: "text", counts }], {
    ...options,
    classes: ["a", "b", "c"],
  });
  const drawn = await drawnTexts(three);
  for (const text of ["1,500", "1.3", "0.250", "c"]) ok(drawn.includes(text), text);
  equal(drawn.filter((text) => text === "no samples").length, 3);
});

Deno.test("confusionFigure() has smaller cells for more classes, and leaves shares to the colour", async () => {
  const of = (size: number) => {
    const classes = Array.from({ length: size }, (_, k) => `class ${k}`);
    const counts = classes.map((_, i) => classes.map((_, j) => i === j ? 3 : 1));
    return confusionFigure([{ name: "text", counts }], { ...options, classes });
  };
  const widths = [5, 8, 13].map((size) => {
    const [panel] = partOf(of(size)).hconcat as unknown as { readonly width: number }[];
    return panel!.width / size;
  });
  deepEqual(widths, widths.toSorted((a, b) => b - a));
  const [few, many] = [await drawnTexts(of(8)), await drawnTexts(of(13))];
  equal(few.filter((text) => text === "0.300").length, 8);
  equal(many.filter((text) => text === "3").length, 13);
  ok(!many.includes("0.200") && many.some((text) => text.includes("denser: a larger share")));
});

Deno.test("confusionFigure() turns names that are wider than a cell", () => {
  const counts = [[1, 0], [0, 1]];
  const angle = (classes: readonly string[]) =>
    partOf(confusionFigure([{ name: "text", counts }], { ...options, classes })).hconcat[0]!
      .encoding.x.axis.labelAngle;
  deepEqual([angle(["no", "yes"]), angle(["no", "not as such, on the whole"])], [0, -40]);
});

Deno.test("confusionFigure() refuses what is no matrix of its classes", () => {
  throws(() => confusionFigure([], options), /at least one matrix, got none/);
  throws(
    () => confusionFigure([{ name: "text", counts: [[1, 2, 3], [1, 2, 3]] }], options),
    /Cannot draw the confusion matrix of text: expected 2 rows of 2 counts, got rows of 3, 3/,
  );
  throws(
    () => confusionFigure([{ name: "text", counts: [[1, -2], [1, 2]] }], options),
    /expected counts from 0, got -2/,
  );
  throws(
    () => confusionFigure([image], { ...options, classes: ["joy", "joy"] }),
    /RangeError: Cannot draw the confusion matrix of image: expected each class once, got joy, joy/,
  );
});
