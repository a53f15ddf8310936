import { deepEqual, equal } from "node:assert/strict";
import { type Kernel, live, markdown, progress, training } from "../../lib/notebook/mod.ts";

interface Sent {
  readonly type: string;
  readonly id: string;
  readonly text: string;
}

const vegaLite = "application/vnd.vegalite.v5+json";

/** A kernel that keeps what it is told, each message later than the one before took. */
function keepingKernel(): { kernel: Kernel; sent: Sent[] } {
  const sent: Sent[] = [];
  const kernel: Kernel = {
    async broadcast(type, content) {
      await new Promise((resolve) => setTimeout(resolve, 3 - sent.length));
      const { data, transient } = content as {
        data: Record<string, string>;
        transient: { display_id: string };
      };
      sent.push({ type, id: transient.display_id, text: data["text/plain"]! });
    },
  };
  return { kernel, sent };
}

Deno.test("a place is displayed once and then updated, in the order of the calls", async () => {
  const { kernel, sent } = keepingKernel();
  const place = live({ kernel });
  for (const word of ["one", "two"]) place.update(markdown(word));
  await place.update(markdown("three"));
  deepEqual(sent.map(({ type, text }) => [type, text]), [
    ["display_data", "one"],
    ["update_display_data", "two"],
    ["update_display_data", "three"],
  ]);
  equal(new Set(sent.map(({ id }) => id)).size, 1);
});

Deno.test("two places have two names", async () => {
  const { kernel, sent } = keepingKernel();
  await live({ kernel }).update(markdown("a"));
  await live({ kernel }).update(markdown("b"));
  equal(new Set(sent.map(({ id }) => id)).size, 2);
});

Deno.test("progress says how much is done, and nothing of time", async () => {
  const { kernel, sent } = keepingKernel();
  const bar = progress("runs", { kernel });
  await bar.update(1, 2);
  await bar.update(2, 2);
  deepEqual(sent.map(({ text }) => text), ["runs 1/2", "runs 2/2"]);
});

Deno.test("outside a notebook nothing is shown, and nothing fails", async () => {
  await live().update(markdown("a"));
  await progress("runs").update(1, 2);
});

Deno.test("training() draws each epoch with those before it, its loss per classifier, and the best", async () => {
  const figures: string[] = [], texts: unknown[] = [];
  const kernel: Kernel = {
    async broadcast(_, { data }) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      figures.push(JSON.stringify((data as Record<string, unknown>)[vegaLite]));
      texts.push((data as Record<string, unknown>)["text/plain"]);
    },
  };
  const heading = { title: "T", subtitle: "S", modality: "unified" };
  const watched = training({ ...heading, classifiers: 4, kernel });
  watched.onEpoch({ epoch: 1, trainLoss: 3, validationLoss: 0.5 });
  watched.onEpoch({ epoch: 2, trainLoss: 2, validationLoss: 0.625, validationAccuracy: 0.75 }, {
    epochs: 8,
  });
  await watched.end();
  // Where no figure can be shown.
  deepEqual(texts, [
    "epoch 1 · loss 0.750 · val 0.500 · best 0.500 (1)",
    "epoch 2/8 · loss 0.500 · val 0.625 · acc 0.750 · best 0.500 (1)",
  ]);
  const drawn = figures.map((text) =>
    [...text.matchAll(/\{[^{}]*"measure":"loss"[^{}]*\}/g)].map(([json]) => JSON.parse(json))
  );
  const lossesOf = (part: string) =>
    drawn.map((points) => points.filter((p) => p.part === part && p.seed === 1));
  deepEqual(lossesOf("train").map((p) => p.map(({ value }) => value)), [[0.75], [0.75, 0.5]]);
  deepEqual(lossesOf("validation").map((p) => p.map(({ best }) => best)), [[true], [true, false]]);
});
