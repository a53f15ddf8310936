/** The text part of the embedded corpus: seeded sentences in the manner of Kaggle *Emotions*. @module */

import { fold, type Key, key, uniforms } from "../../tensor/random.ts";
import { lexicon, type TextEmotion, textEmotions } from "./lexicon.ts";

/** One labelled sentence. */
export interface EmbeddedSentence {
  /** Lower case, without punctuation. */
  readonly text: string;
  /** 0 to 5, an index into {@linkcode textEmotions}. */
  readonly label: number;
}

type Uniform = () => number;

/** Shares of the six classes, in the order of the labels; those of the Kaggle data. */
const classShares = [0.29, 0.34, 0.08, 0.14, 0.11, 0.04];

// How often a sentence is of a hard kind. With these, a linear probe on averaged
// GloVe vectors finds the polarity of about six sentences in seven.
const difficulty = {
  /** The label is drawn at random. */
  noise: 0.02,
  /** "i do not feel happy". */
  denial: 0.03,
  /** "i used to feel happy but now i feel sad". */
  contrast: 0.03,
  /** "i feel sad and lonely even if a little happy". */
  mixed: 0.03,
  /** "i cried myself to sleep over the news". */
  episode: 0.08,
};

/**
 * The first `count` sentences of the endless list that `seed` names.
 *
 * Texts hold the letters a to z and single spaces, and no two are equal. A
 * sentence depends on the seed and its own index; only where it repeats an
 * earlier one is it drawn again.
 *
 * @throws {RangeError} If the count is not a non-negative integer, or the seed not one `key` takes.
 */
export function embeddedSentences(
  { count, seed = 1 }: { count: number; seed?: number },
): EmbeddedSentence[] {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`Cannot make sentences: expected a whole number of them, got ${count}`);
  }
  const root = fold(key(seed), "text");
  const texts = new Set<string>();
  const sentences: EmbeddedSentence[] = [];
  for (let index = 0; index < count; index++) {
    let sentence: EmbeddedSentence;
    let attempt = 0;
    do sentence = drawSentence(fold(root, index, attempt++)); while (texts.has(sentence.text));
    texts.add(sentence.text);
    sentences.push(sentence);
  }
  return sentences;
}

/** The sentences as the file of the Kaggle data: a column of indices without a name, text, label. */
export function sentencesToCsv(sentences: readonly EmbeddedSentence[]): string {
  const rows = sentences.map(({ text, label }, i) => `${i},${text},${label}\n`);
  return `,text,label\n${rows.join("")}`;
}

function drawSentence(k: Key): EmbeddedSentence {
  const next = uniforms(k);
  const emotion = textEmotions[weighted(next, classShares)]!;
  const text = compose(next, emotion);
  const label = next() < difficulty.noise
    ? Math.floor(next() * textEmotions.length)
    : textEmotions.indexOf(emotion);
  return { text, label };
}

function compose(next: Uniform, emotion: TextEmotion): string {
  const kind = weighted(next, [
    difficulty.denial,
    difficulty.contrast,
    difficulty.mixed,
    difficulty.episode,
    1,
  ]);
  const opening = () => join(pick(next, lexicon.subjects), pick(next, lexicon.verbs));
  const feeling = () => join(pick(next, lexicon.degrees), common(next, lexicon.feelings[emotion]));
  const opposite = () => pick(next, lexicon.feelings[opposed(next, emotion)]);
  const about = () => next() < 0.8 ? join(pick(next, lexicon.links), topic(next, emotion)) : "";
  const ending = () => pick(next, lexicon.endings);
  switch (kind) {
    case 0:
      return join(
        pick(next, lexicon.denials),
        pick(next, lexicon.degrees),
        opposite(),
        about(),
        ending(),
      );
    case 1:
      return join("i used to feel", opposite(), "but now i feel", feeling(), about(), ending());
    case 2:
      return join(opening(), feeling(), "even if a little", opposite(), about(), ending());
    case 3:
      return join("i", pick(next, lexicon.episodes[emotion]), topic(next, emotion), ending());
    default: {
      const first = common(next, lexicon.feelings[emotion]);
      const others = lexicon.feelings[emotion].filter((word) => word !== first);
      const second = next() < 0.4 ? join("and", common(next, others)) : "";
      return join(opening(), pick(next, lexicon.degrees), first, second, about(), ending());
    }
  }
}

/** Mostly a topic that says nothing; else one that leans to the emotion's side 8 times in 10. */
function topic(next: Uniform, emotion: TextEmotion): string {
  if (next() < 0.6) return pick(next, lexicon.topics);
  const fitting = next() < 0.8;
  return pick(next, isPleasant(emotion) === fitting ? lexicon.pleasant : lexicon.unpleasant);
}

function isPleasant(emotion: TextEmotion): boolean {
  return emotion === "joy" || emotion === "love" || emotion === "surprise";
}

/** An emotion of the other polarity. */
function opposed(next: Uniform, emotion: TextEmotion): TextEmotion {
  return pick(next, textEmotions.filter((other) => isPleasant(other) !== isPleasant(emotion)));
}

function pick<T>(next: Uniform, items: readonly T[]): T {
  return items[Math.floor(next() * items.length)]!;
}

/** Like {@linkcode pick}, but the first items come up more often, as common words do. */
function common<T>(next: Uniform, items: readonly T[]): T {
  return items[Math.floor(next() ** 1.8 * items.length)]!;
}

/** An index, by shares; the last takes what is left to 1. */
function weighted(next: Uniform, shares: readonly number[]): number {
  let rest = next();
  const index = shares.findIndex((share) => (rest -= share) < 0);
  return index < 0 ? shares.length - 1 : index;
}

function join(...parts: string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}
