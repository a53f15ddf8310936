/** The works that the paper builds on, as data for the timeline of the field (paper, Fig. 1). @module */

import works from "./field_timeline.json" with { type: "json" };

/** One work: facts that a bibliography gives, and what it works on. */
export interface FieldEntry {
  /** Of publication. */
  readonly year: number;
  /** What the work is called for short. */
  readonly name: string;
  /** As a citation names them. */
  readonly authors: string;
  /** `image` stands for video frames, too. */
  readonly modalities: readonly ("text" | "image" | "audio")[];
  /** What the work gives to others. */
  readonly kind: "method" | "data set" | "encoder";
  /** Journal, conference or archive. */
  readonly venue: string;
  /** Without `https://doi.org/`; none where there is none. */
  readonly doi?: string;
  /** Its number in the paper's list of references; none for what the paper uses or names without one. */
  readonly reference?: number;
}

/**
 * The methods and data sets in the paper's list of references, the encoders
 * and the speech corpus that it uses, the two of its baselines whose origin is
 * plain, and the paper itself; by year.
 *
 * Surveys are left out, and so are works whose modalities their titles and the
 * paper's words do not tell. The paper's other two corpora have no publication
 * that it names, and its MSFNet could be more than one work.
 */
export const fieldTimeline: readonly FieldEntry[] = works as readonly FieldEntry[];
