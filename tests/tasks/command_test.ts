import { deepEqual, throws } from "node:assert/strict";
import { parseLayers } from "../../tasks/command.ts";
import { main as reproduce } from "../../tasks/reproduce.ts";
import { main as train } from "../../tasks/train.ts";
import { captured } from "./captured.ts";

Deno.test("parseLayers() takes last, mix and numbers from 0", () => {
  const texts = ["last", "mix", "0", "7", "12"];
  deepEqual(texts.map((text) => parseLayers("--speech-layers", text)), ["last", "mix", 0, 7, 12]);
  for (const text of ["", "first", "-1", "1.5", "1e1"]) {
    throws(
      () => parseLayers("--speech-layers", text),
      new RangeError(
        `Cannot use --speech-layers: expected last, mix or the number of a layer, got "${text}"`,
      ),
    );
  }
});

Deno.test("the tasks that encode refuse layers and precisions that there are not", async () => {
  for (const main of [reproduce, train]) {
    deepEqual(await captured(main, ["--speech-layers", "all"]), {
      code: 2,
      out: "",
      err:
        'RangeError: Cannot use --speech-layers: expected last, mix or the number of a layer, got "all"',
    });
    deepEqual(await captured(main, ["--precision", "fp16"]), {
      code: 2,
      out: "",
      err: 'RangeError: Cannot use --precision: expected fp32 or int8, got "fp16"',
    });
  }
});
