import { equal, match, rejects } from "node:assert/strict";
import { loadEncoders } from "../../lib/encoders/mod.ts";

Deno.test({
  name: "the paper's encoders, where there are none and no network: one error names all three",
  permissions: { read: true, write: true, env: true, sys: true, ffi: true, net: false },
  async fn() {
    const cache = await Deno.makeTempDir();
    await rejects(loadEncoders("paper", { cache }), (error: Error) => {
      equal(error.name, "NotFound");
      for (const name of ["bert-base-uncased", "resnet-50", "wav2vec2-base"]) {
        match(error.message, new RegExp(`looked for as ${cache}/models/.*${name}`));
        match(error.message, new RegExp(`hf download .*${name}.* --local-dir ${cache}/models/`));
      }
      match(error.message, /--allow-net/);
      return true;
    });
    await Deno.remove(cache, { recursive: true });
  },
});
