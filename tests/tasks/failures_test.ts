import { deepEqual, equal } from "node:assert/strict";
import type { Failure } from "../../lib/study/corpora.ts";
import { failureLog, failuresToCsv, listFailures } from "../../tasks/failures.ts";

const image: Failure = {
  modality: "image",
  id: 'sad/"x", y.png',
  path: "/data/x",
  reason: "two\nlines",
};
const text: Failure = { modality: "text", id: "text.csv:7", reason: "too long" };

Deno.test("failureLog() keeps each sample once, and collects nothing unless it is told to", () => {
  const { failures, onFailure } = failureLog({ keepGoing: true });
  for (const failure of [image, text, { ...text, reason: "again" }]) onFailure!(failure);
  onFailure!({ ...text, modality: "image" });
  deepEqual(failures, [image, text, { ...text, modality: "image" }]);
  equal(failureLog({ keepGoing: false }).onFailure, undefined);
});

Deno.test("listFailures() has a line for each", () => {
  equal(
    listFailures([text]),
    "Left out 1 sample that can't be read or encoded:\n  text text.csv:7: too long",
  );
  equal(
    listFailures([image, text]).split("\n")[0],
    "Left out 2 samples that can't be read or encoded:",
  );
  equal(listFailures([]), "");
});

Deno.test("failuresToCsv() quotes as RFC 4180 has it", () => {
  equal(
    failuresToCsv([image, text]),
    'id,path,reason\n"sad/""x"", y.png",/data/x,"two\nlines"\ntext.csv:7,,too long\n',
  );
});
