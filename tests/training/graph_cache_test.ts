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
