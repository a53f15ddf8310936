/** Clips as a model takes them whose clips were normalised by their speakers. @module */

import type { Encoder, Features } from "../encoders/encoder.ts";
import { mapBounded, readBounded, sha256 } from "../files.ts";
import { bySpeakerNote } from "../systems/by_speaker.ts";
import type { ReadSample, ReadSamplesOptions, SampleInput } from "./read_sample.ts";
import { type HeardClip, normaliseHeard, type Spoken } from "./speakers.ts";

/** What a trained branch is beside an encoder, if its clips have to be normalised before it. */
interface TwoSteps {
  readonly bySpeaker: boolean;
  readonly raw: Encoder<never>;
  statesOf(rows: readonly Features[]): Promise<Features[]>;
}

function twoStepsOf(encoder: object): TwoSteps | undefined {
  return "bySpeaker" in encoder && encoder.bySpeaker === true ? encoder as TwoSteps : undefined;
}

/** The encoder of what comes before normalisation by speaker. */
export function rawClipsOf<Input>(encoder: Encoder<Input>): Encoder<Input> {
  return (twoStepsOf(encoder)?.raw ?? encoder) as Encoder<Input>;
}

/** The encoders of clips, and how samples are read by them. */
export interface ClipReaders {
  readonly speech: Encoder<never>;
  readonly spectral: Encoder<never>;
  /** Reads samples as they are, of a branch that is trained its raw inputs. */
  readEach(
    samples: readonly SampleInput[],
    nameOf: (place: number) => string,
  ): Promise<ReadSample[]>;
}

/**
 * Reads samples, of which some have a clip, and normalises these by their speakers.
 *
 * @throws {RangeError} It is not said whose a clip is, or a speaker has too few.
 */
export async function readBySpeaker(
  samples: readonly SampleInput[],
  { nameOf, spoken }: ReadSamplesOptions & Required<Pick<ReadSamplesOptions, "nameOf">>,
  { speech, spectral, readEach }: ClipReaders,
): Promise<ReadSample[]> {
  const name = (place: number) => nameOf?.(place) ?? `sample ${place}`;
  const speakers = speakersOf(samples, spoken, name);
  const further = spoken && "clips" in spoken ? spoken.clips : [];
  const read = await readEach(
    [...samples, ...further.map((audio) => ({ audio }))],
    (place) => place < samples.length ? name(place) : further[place - samples.length]!,
  );
  const paths = [...samples.map(({ audio }) => audio), ...further];
  const places = [...paths.keys()].filter((place) => paths[place] !== undefined);
  const clips = await mapBounded(places, async (place): Promise<HeardClip> => ({
    features: read[place]!.features.audio!,
    hash: sha256(await readBounded(paths[place]!)),
    speaker: speakers[place] ?? theOne,
  }), { limit: 4 });
  const { frameMask: _, ...measured } = spectral.shapes;
  const scaled = normaliseHeard(clips, {
    shapes: { ...rawClipsOf(speech).shapes, ...measured, frames: [] },
    known: spoken && "known" in spoken ? spoken.known : undefined,
  });
  const states = await twoStepsOf(speech)?.statesOf(scaled);
  const byPlace = new Map(places.map((place, i) => [place, { ...scaled[i]!, ...states?.[i] }]));
  return samples.map((_, place) => {
    const { features, extents } = read[place]!, audio = byPlace.get(place);
    if (audio === undefined) return read[place]!;
    return { features: { ...features, audio }, extents, heard: features.audio! };
  });
}

/** Where all clips are of one speaker, whoever that is. */
const theOne = "the speaker";

function speakersOf(
  samples: readonly SampleInput[],
  spoken: Spoken | undefined,
  nameOf: (place: number) => string,
): (string | undefined)[] {
  if (spoken === undefined) {
    throw new RangeError(
      "Cannot judge a clip by itself: expected further clips of its speaker, or one who is known from " +
        `training, as the model is of ${bySpeakerNote}, got none`,
    );
  }
  return samples.map(({ audio }, place) => {
    if (audio === undefined || !("speakers" in spoken)) return undefined;
    const speaker = spoken.speakers[place] ?? "";
    if (speaker !== "") return speaker;
    throw new RangeError(
      `Cannot judge ${nameOf(place)}: expected the speaker of its clip, got none`,
    );
  });
}
