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
  /** Frees all but the `most` that were asked for last. For between two runs: no run may hold one. */
  trim(most: number): Promise<void>;
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
  const trim = async (most: number) => {
    for (const [key, graph] of [...graphs].slice(0, Math.max(0, graphs.size - most))) {
      graphs.delete(key);
      await (await graph).dispose();
    }
  };
  return {
    get<Graph extends CompiledGraph>(key: string, make: () => Promise<Graph>) {
      const made = graphs.get(key) ?? make();
      // The one asked for last is last in the map.
      graphs.delete(key);
      graphs.set(key, made);
      return made as Promise<Graph>;
    },
    trim,
    dispose: () => trim(0),
  };
}
