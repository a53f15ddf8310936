/** The numbers by which published sets name emotions. @module */

/**
 * Emotions by their number, of sets that are copied by number more often than by name:
 *
 * | name | source |
 * | --- | --- |
 * | `carer` | Saravia et al., *CARER*, EMNLP 2018; dair-ai/emotion and the Kaggle file |
 * | `tweet_eval` | Barbieri et al., *TweetEval*, EMNLP Findings 2020, task emotion |
 * | `fer2013` | Goodfellow et al., *Challenges in representation learning*, 2013 |
 * | `ck+` | the CSV of CK+ in the columns of FER2013: its numbers, and 7 |
 * | `ravdess` | Livingstone & Russo, *PLoS ONE* 13(5), 2018; from 1, as its file names have them |
 * | `meld` | Poria et al., *MELD*, ACL 2019, emotions |
 * | `goemotions` | Demszky et al., *GoEmotions*, ACL 2020 |
 * | `affectnet` | Mollahosseini et al., *IEEE Trans. Affective Computing* 10(1), 2019 |
 * | `raf-db` | Li et al., *Reliable crowdsourcing*, CVPR 2017; from 1 |
 */
export const numberings: Readonly<Record<NumberingName, Readonly<Record<string, string>>>> = {
  carer: numbered(0, "sadness joy love anger fear surprise"),
  tweet_eval: numbered(0, "anger joy optimism sadness"),
  fer2013: numbered(0, "angry disgust fear happy sad surprise neutral"),
  "ck+": numbered(0, "angry disgust fear happy sad surprise neutral contempt"),
  ravdess: numbered(1, "neutral calm happy sad angry fearful disgust surprised"),
  meld: numbered(0, "neutral surprise fear sadness joy disgust anger"),
  goemotions: numbered(
    0,
    "admiration amusement anger annoyance approval caring confusion curiosity desire " +
      "disappointment disapproval disgust embarrassment excitement fear gratitude grief joy love " +
      "nervousness optimism pride realization relief remorse sadness surprise neutral",
  ),
  affectnet: numbered(0, "neutral happy sad surprise fear disgust angry contempt"),
  "raf-db": numbered(1, "surprise fear disgust happy sad angry neutral"),
};

/** One of {@linkcode numberings}. */
export type NumberingName =
  | "carer"
  | "tweet_eval"
  | "fer2013"
  | "ck+"
  | "ravdess"
  | "meld"
  | "goemotions"
  | "affectnet"
  | "raf-db";

function numbered(first: number, names: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.split(" ").map((name, i) => [String(first + i), name]));
}

/** The numberings that have all of these labels. */
export function numberingsThatFit(labels: Iterable<string>): NumberingName[] {
  const all = [...labels];
  return (Object.keys(numberings) as NumberingName[]).filter((name) =>
    all.every((label) => Object.hasOwn(numberings[name], label))
  );
}
