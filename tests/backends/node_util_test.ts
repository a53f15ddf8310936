import { deepEqual, equal } from "node:assert/strict";
import { createRequire } from "node:module";
import { restoreNodeUtil } from "../../lib/backends/node_util.ts";

Deno.test("restoreNodeUtil() adds what is missing and leaves the rest alone", () => {
  const own = () => true;
  const util: Record<string, unknown> = { isArray: own };
  deepEqual(restoreNodeUtil(util), ["isNullOrUndefined"]);
  equal(util.isArray, own);
  deepEqual(restoreNodeUtil(util), []);
});

Deno.test("the restored functions answer as the old ones did", () => {
  const util: Record<string, (value: unknown) => boolean> = {};
  restoreNodeUtil(util);
  const values = [null, undefined, 0, "", false, [], { length: 0 }];
  deepEqual(values.map((v) => util.isNullOrUndefined!(v)), [
    ...[true, true],
    ...[false, false, false, false, false],
  ]);
  deepEqual(values.map((v) => util.isArray!(v)), [
    ...[false, false, false, false, false],
    ...[true, false],
  ]);
});

Deno.test("restoreNodeUtil() changes the module that packages require", () => {
  restoreNodeUtil();
  const util = createRequire(import.meta.url)("util");
  equal(util.isNullOrUndefined(null), true);
  equal(util.isArray([]), true);
});
