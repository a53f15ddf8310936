/** How a transform was made, for another thread to make the same. @module */

import type { EncoderInput, InputTransform } from "../encoders/encoder.ts";
import type { Modality } from "../modality.ts";

/** What can be sent from thread to thread: corruptions by their names. */
export interface TransformOrigin {
  /** Whose samples it changes. */
  readonly modality: Modality;
  /** Several of a copy, one of a level. */
  readonly corruptions: readonly string[];
  /** Of babble. */
  readonly voices?: readonly Float32Array[];
  /** As it was given. */
  readonly seed: number;
  /** What is made of them. */
  readonly made: { readonly level: number } | { readonly copy: number };
}

// Of the object itself: a copy of it may do something else.
const origins = new WeakMap<object, TransformOrigin>();

/** The transform, of which {@linkcode originOfTransform} now knows how it was made. */
export function withTransformOrigin<Input extends EncoderInput>(
  transform: InputTransform<Input>,
  origin: TransformOrigin | undefined,
): InputTransform<Input> {
  if (origin) origins.set(transform, origin);
  return transform;
}

/** How this very transform was made; undefined where by corruptions that are not of the project. */
export function originOfTransform(transform: object): TransformOrigin | undefined {
  return origins.get(transform);
}
