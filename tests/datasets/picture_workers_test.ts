import { deepEqual, match, rejects } from "node:assert/strict";
import { imageLook } from "../../lib/datasets/perceptual_hash.ts";
import { pictureWorkers } from "../../lib/datasets/picture_workers.ts";
import { sha256 } from "../../lib/files.ts";
import { picture } from "./pictures.ts";
import { withFolder } from "./temporary_folder.ts";

Deno.test("pictureWorkers() find in files what the main thread finds, and refuse what it does", async () => {
  const files = { "a.png": await picture(1), "b.png": await picture(2), "c.png": "no picture" };
  await withFolder(files, async (folder) => {
    const workers = pictureWorkers("face")!;
    try {
      const paths = ["a.png", "b.png", "a.png"].map((name) => `${folder}/${name}`);
      const found = await Promise.all(paths.map((path) => workers.read({ path })));
      const wanted = await Promise.all(paths.map(async (path) => {
        const bytes = await Deno.readFile(path);
        return { hash: sha256(bytes), seen: await imageLook({ path, bytes }) };
      }));
      deepEqual(found, wanted);
      await rejects(workers.read({ path: `${folder}/c.png` }), (error: Error) => {
        match(error.message, /^Cannot read ".*c\.png": expected an image/);
        return error instanceof RangeError;
      });
    } finally {
      workers.end();
    }
  });
});
