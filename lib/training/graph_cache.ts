/** Compiled graphs that several runs share. @module */

/** Anything compiled that has to be freed. */
export interface CompiledGraph {
  /** Frees it; no call may follow. */
  dispose(): Promise<void>;
}

/** Compiled graphs by what decides them. Not for two runs at the same time. */
export interface GraphCache {
  /** The graph of `key`, made at the first call with it. It belongs to the cache. */
  get<Graph extends CompiledGraph>(key: string, make: () => Promise<Graph>): Promise<Graph>;
  /** Frees all of them. */
  dispose(): Promise<void>;
}

/**
 * Makes an empty cache. A graph takes parameters as inputs, so that runs which
 * differ in their seed or data alone need no second compilation: about half a
 * second each.
 */
export function graphCache(): GraphCache {
  const graphs = new Map<string, Promise<CompiledGraph>>();
  return {
    get<Graph extends CompiledGraph>(key: string, make: () => Promise<Graph>) {
      const made = graphs.get(key) ?? make();
      graphs.set(key, made);
      return made as Promise<Graph>;
    },
    async dispose() {
      for (const graph of graphs.values()) await (await graph).dispose();
      graphs.clear();
    },
  };
}
