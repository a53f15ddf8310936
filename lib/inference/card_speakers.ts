/** What a model says whose clips were normalised by their speakers. @module */

import type { ModelDescription } from "./model_folder.ts";
import { speakersFile } from "./speakers.ts";

/** Of the model card, in Markdown; empty for other models. */
export function speakersSection({ encoders: { bySpeaker } }: ModelDescription): string {
  if (bySpeaker === undefined) return "";
  const { protocol, speakers, fewestClips } = bySpeaker;
  return `## Speakers

**${
    capital(protocol)
  }.** ${howNormalised} Speakers were named by ${speakers}. The scores below are of
this protocol, and not to be compared with those of models that judge a clip by itself. A verdict on a
clip needs ${fewestClips} different clips of its speaker, itself included, or a speaker of training:

    deno task predict --model DIR --audio FILE --speaker-clips FOLDER
    deno task predict --model DIR --audio FILE --speaker NAME
    deno task predict --model DIR --csv TABLE      # with a column speaker

\`${speakersFile}\` has the statistics of the speakers of training and validation, by digests of their names.
Audio inputs of \`model.onnx\` have to be normalised like this before they go in.`;
}

const howNormalised =
  "What the encoders give of a clip is normalised, y = (x - mean) / deviation, with mean and deviation " +
  "of each column over all clips of its speaker, and there over the segments and frames that are no " +
  "padding; padding becomes 0. Of encoders that were trained, their raw inputs are normalised so.";

/** Of the ONNX file's metadata; nothing for other models. */
export function speakersMetadata(
  { encoders: { bySpeaker } }: ModelDescription,
): Record<string, string> {
  if (bySpeaker === undefined) return {};
  return {
    speaker_normalisation:
      `${
        capital(bySpeaker.protocol)
      }. The inputs in/audio/states, in/audio/logMel and in/audio/prosody have to be normalised before ` +
      "they go in: y = (x - mean) / deviation of each column over all clips of the speaker, " +
      `${bySpeaker.fewestClips} or more, and over the steps that are no padding, which become 0.`,
  };
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
