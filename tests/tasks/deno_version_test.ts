import { deepEqual, equal, match, throws } from "node:assert/strict";
import { assertDeno, oldestDeno, reasonAgainstDeno } from "../../tasks/deno_version.ts";

Deno.test("a Deno older than the oldest is refused, with the version that will do", () => {
  assertDeno();
  deepEqual(
    [oldestDeno, "2.10.1", "3.0.0", "2.9.6"].map(reasonAgainstDeno),
    Array(4).fill(undefined),
  );
  for (const version of ["2.7.14", "1.46.3"]) {
    match(reasonAgainstDeno(version)!, new RegExp(`newer, got ${version} `));
  }
  throws(() => assertDeno("2.7.14"), /^Error: Cannot run: expected Deno 2\.8\.0 or newer, got 2/);
  equal(oldestDeno, "2.8.0");
});
