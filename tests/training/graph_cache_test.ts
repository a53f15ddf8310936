import { deepEqual, equal, notEqual } from "node:assert/strict";
import { graphCache } from "../../lib/training/graph_cache.ts";

Deno.test("a graph is made once a key, and freed with the cache", async () => {
  const freed: string[] = [];
  let made = 0;
  const graph = (name: string) => () => {
    made++;
    return Promise.resolve({ dispose: () => Promise.resolve(void freed.push(name)) });
  };
  const graphs = graphCache();
  const first = await graphs.get("a", graph("a"));
  equal(await graphs.get("a", graph("a")), first);
  notEqual(await graphs.get("b", graph("b")), first);
  equal(made, 2);
  await graphs.dispose();
  deepEqual(freed, ["a", "b"]);
});

Deno.test("of a trimmed cache the graphs that were asked for last are left", async () => {
  const freed: string[] = [];
  const graphs = graphCache();
  const get = (name: string) =>
    graphs.get(
      name,
      () => Promise.resolve({ dispose: () => Promise.resolve(void freed.push(name)) }),
    );
  for (const name of ["a", "b", "c", "a"]) await get(name);
  await graphs.trim(3);
  deepEqual(freed, []);
  await graphs.trim(2);
  deepEqual(freed, ["b"]);
  await get("b");
  await graphs.trim(1);
  deepEqual(freed, ["b", "c", "a"]);
});
