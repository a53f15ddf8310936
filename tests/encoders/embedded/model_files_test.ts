import { deepEqual, equal, rejects } from "node:assert/strict";
import { writeModelFolder } from "../../../lib/encoders/embedded/model_files.ts";

Deno.test("writeModelFolder() writes bytes and JSON, and leaves what is there alone", async () => {
  const root = await Deno.makeTempDir();
  const path = `${root}/org/model`;
  await writeModelFolder(path, { "config.json": { a: 1 }, "onnx/model.onnx": Uint8Array.of(1) });
  await writeModelFolder(path, { "config.json": { a: 2 } });
  deepEqual(JSON.parse(await Deno.readTextFile(`${path}/config.json`)), { a: 1 });
  deepEqual(await Deno.readFile(`${path}/onnx/model.onnx`), Uint8Array.of(1));
  equal((await Array.fromAsync(Deno.readDir(`${root}/org`))).length, 1);
  await Deno.remove(root, { recursive: true });
});

Deno.test("writeModelFolder() leaves nothing behind when it fails", async () => {
  const root = await Deno.makeTempDir();
  const bad = { "config.json": { a: 1 }, "config.json/x": Uint8Array.of(1) };
  await rejects(writeModelFolder(`${root}/model`, bad));
  deepEqual(await Array.fromAsync(Deno.readDir(root)), []);
  await Deno.remove(root, { recursive: true });
});
