/** What the embedded corpus shows, which the small CLIP must not learn from. @module */

import { iconCodePoints } from "../../deps/iconify.ts";
import { glyphSets, glyphsOf } from "../../datasets/embedded/glyphs.ts";

/** What the embedded corpus shows. */
export interface CorpusGlyphs {
  /** Its icon sets. */
  readonly sets: readonly string[];
  /** Its emoji, by code points. */
  readonly codePoints: ReadonlySet<string>;
}

/** What the embedded corpus shows. */
export async function corpusGlyphs(): Promise<CorpusGlyphs> {
  const names = await corpusNames();
  // By the sets' own tables and not by name: the emoji were left out by name above.
  const tables = await iconCodePoints();
  const codePoints = tables.flatMap((table) =>
    Object.entries(table).flatMap(([codes, name]) => names.has(name) ? [codes] : [])
  );
  return { sets: glyphSets, codePoints: new Set(codePoints) };
}

/** Names of all drawings that the embedded corpus may show, in the spelling of any of its sets. */
export async function corpusNames(): Promise<Set<string>> {
  const sets = await Promise.all(glyphSets.map(glyphsOf));
  return new Set(sets.flatMap((set) => Object.values(set).flat().map(({ name }) => name)));
}

/**
 * Refuses pairs that share an icon set or an emoji with the embedded corpus: what
 * the small CLIP says of the corpus is of drawings and emoji that it has not seen.
 *
 * @throws {RangeError} Names the first set, or the first emoji, that both have.
 */
export function assertApartFromCorpus(
  glyphs: readonly {
    readonly codePoints: string;
    readonly name: readonly string[];
    readonly drawings: readonly { readonly set: string }[];
  }[],
  corpus: CorpusGlyphs,
): void {
  for (const { codePoints, name, drawings } of glyphs) {
    const set = drawings.find(({ set }) => corpus.sets.includes(set))?.set;
    if (set !== undefined) {
      throw new RangeError(
        `Cannot train on captioned glyphs: expected no icon set of the embedded corpus, got ${set}`,
      );
    }
    if (corpus.codePoints.has(codePoints)) {
      throw new RangeError(
        `Cannot train on captioned glyphs: expected no emoji of the embedded corpus, ` +
          `got ${codePoints} (${name.join(" ")})`,
      );
    }
  }
}
