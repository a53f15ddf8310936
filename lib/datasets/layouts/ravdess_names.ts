/** RAVDESS by itself: speech, song and video in one folder. @module */

import { groupOf } from "../ravdess.ts";
import { namedClips } from "./named_clips.ts";

// Modality (01 both, 02 video alone, 03 sound alone), channel, emotion, intensity, statement, repetition.
const pattern = /^(0[1-3])-(0[12]-(0[1-8])-0[12]-0[12]-0[12]-(0[1-9]|1\d|2[0-4]))$/;

/**
 * RAVDESS (Livingstone & Russo, *PLoS ONE* 13(5), e0196391, 2018): speech, song and video by name. A
 * video and the sound alone of one clip share their sound, and are one row.
 */
export const ravdessNames = namedClips({
  name: "RAVDESS",
  looksLike:
    "file names such as 03-01-05-01-02-01-12.wav, of which the third number is the emotion",
  read(stem) {
    const [, , clip, label, actor] = pattern.exec(stem) ?? [];
    return clip === undefined ? undefined : { clip, label: label!, group: groupOf(Number(actor)) };
  },
  groupedBy: "actor",
  numbering: "ravdess",
});
