/** Makes transforms as another thread has made them. @module */

import type { EncoderInput, InputTransform } from "../encoders/encoder.ts";
import { copyTransform } from "./copies.ts";
import {
  babbleCorruption,
  type Corruption,
  corruptions,
  corruptionTransform,
} from "./corruptions.ts";
import type { TransformOrigin } from "./transform_origin.ts";

/** The transform of another thread once more: equal origins do the same to equal inputs. */
export function transformByOrigin(
  { modality, corruptions: names, voices, seed, made }: TransformOrigin,
): InputTransform<EncoderInput> {
  const all = corruptions[modality] as readonly unknown[] as readonly Corruption<EncoderInput>[];
  const kinds = voices
    ? [babbleCorruption(voices) as unknown as Corruption<EncoderInput>]
    : names.map((name) => all.find((kind) => kind.name === name)!);
  return "copy" in made
    ? copyTransform(kinds, { ...made, seed })
    : corruptionTransform(kinds[0]!, { ...made, seed });
}
