import { deepEqual, rejects } from "node:assert/strict";
import { embeddedFace } from "../../../lib/datasets/embedded/image.ts";
import { makers } from "../../../lib/datasets/embedded/makers.ts";
import { type ClipId, embeddedClip } from "../../../lib/datasets/embedded/speech.ts";

Deno.test("many items are made by workers, with the bytes of one thread", async () => {
  const folder = await Deno.makeTempDir();
  const [many, few] = [makers(1000), makers(10)];
  const clip: ClipId = { actor: 3, emotion: "sad", intensity: 1, statement: 2, repetition: 1 };
  try {
    const faces = await Promise.all([0, 1, 2].map((face) => embeddedFace(face, { seed: 5 })));
    for (const { emotion } of faces) {
      await Deno.mkdir(`${folder}/${emotion}`, { recursive: true });
    }
    for (const own of [many, few]) {
      const made = await Promise.all([
        ...[0, 1, 2].map((face) => own.make({ folder, seed: 5, face })),
        own.make({ folder, seed: 5, clip }),
      ]);
      const wanted = [...faces, embeddedClip({ ...clip, seed: 5 })];
      deepEqual(made.map(({ path }) => path), wanted.map(({ path }) => path));
      deepEqual(made.map(({ group }) => group), [...faces.map(({ group }) => group), undefined]);
      for (const { path, bytes } of wanted) {
        deepEqual(await Deno.readFile(`${folder}/${path}`), new Uint8Array(bytes));
        await Deno.remove(`${folder}/${path}`);
      }
    }
    await rejects(many.make({ folder: `${folder}/none`, seed: 5, face: 1 }), /No such file/);
  } finally {
    many.end();
    await Deno.remove(folder, { recursive: true });
  }
});
