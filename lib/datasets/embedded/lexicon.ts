/**
 * The words and phrases that the embedded corpus makes its sentences of.
 *
 * All are written for this purpose: lower case, letters and spaces only, as in
 * the Kaggle *Emotions* data. Lists run from common to rare where order counts.
 *
 * @module
 */

import words from "./lexicon.json" with { type: "json" };

/** The labels 0 to 5 of the Kaggle *Emotions* data, in order. */
export const textEmotions = ["sadness", "joy", "love", "anger", "fear", "surprise"] as const;

/** One of {@linkcode textEmotions}. */
export type TextEmotion = (typeof textEmotions)[number];

/**
 * The words by use. `feelings` complete "i feel …", common words first, and `episodes` say what
 * happened without naming the emotion, complete "i …" and take a topic. `topics` say nothing of
 * the emotion; `pleasant` and `unpleasant` ones lean to a side. `subjects` are who feels, and when;
 * `verbs` join them with a feeling, `denials` refuse it: the emotion is another than the word names.
 * `degrees` say how much, most often nothing; `links` stand between a feeling and its topic, and
 * `endings` end a sentence, which often just stops.
 */
export const lexicon = words;
