/** The sample at hand, judged whenever something of it changes. @module */

/// <reference lib="dom" />

import type { EncodedInput, PageVerdict } from "../lib/browser/mod.ts";
import { modalities, type Modality } from "../lib/modality.ts";
import { polarities } from "../lib/target.ts";
import { drawGate, drawSound } from "./draw_sound.ts";
import { byId } from "./elements.ts";
import type { Engine } from "./engine.ts";
import type { HeardClip } from "./messages.ts";
import { showParts } from "./show_reasons.ts";
import { showNothing, showVerdict } from "./show_verdict.ts";

/** The sample at hand. */
export interface Session {
  readonly engine: Engine;
  /** Takes a text, or none. */
  setText(text: string, input: EncodedInput | undefined): void;
  setImage(input: EncodedInput | undefined): void;
  setSound(clip: HeardClip | undefined): void;
  /** Judges what is there, and shows it; parts take several times as long. */
  judge(options: { readonly parts: boolean }): Promise<PageVerdict | undefined>;
  /** Shows that something is being worked on until it is done. */
  busy<Result>(work: Promise<Result>): Promise<Result>;
  /** Draws all again, as after a change of theme. */
  redraw(): void;
}

/** Begins with nothing. */
export function openSession(engine: Engine): Session {
  const inputs: { [M in Modality]?: EncodedInput } = {};
  const target = engine.manifest.page.config.target ?? polarities;
  let text: string | undefined, clip: HeardClip | undefined;
  let last: PageVerdict | undefined;
  const set = (m: Modality, input: EncodedInput | undefined) => {
    if (input === undefined) delete inputs[m];
    else inputs[m] = input;
  };
  let working = 0;
  const busy = async <Result>(work: Promise<Result>) => {
    const place = byId("verdict");
    working++;
    place.setAttribute("aria-busy", "true");
    try {
      return await work;
    } finally {
      if (--working === 0) place.removeAttribute("aria-busy");
    }
  };
  const show = (verdict: PageVerdict) => {
    showVerdict(verdict, target);
    showParts(verdict);
    if (clip) {
      drawSound(clip);
      drawGate(verdict);
    }
  };
  const session: Session = {
    engine,
    setText(message, input) {
      text = message;
      set("text", input);
    },
    setImage: (input) => set("image", input),
    setSound(heard) {
      clip = heard;
      set("audio", heard?.encoded);
      byId("sound").hidden = heard === undefined;
    },
    async judge({ parts }) {
      if (modalities.every((m) => inputs[m] === undefined)) {
        last = undefined;
        showNothing();
        byId("words").hidden = true;
        byId("cells").replaceChildren();
        return;
      }
      const verdict = await busy(engine.sight("judge", { sample: { inputs, text }, parts }));
      last = { ...verdict, parts: verdict.parts ?? (parts ? null : last?.parts ?? null) };
      show(last);
      return verdict;
    },
    busy,
    redraw() {
      if (last) show(last);
    },
  };
  return session;
}

/** A function that does its work once more where it was asked again meanwhile, and never twice at once. */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined, again = false;
  const run = async () => {
    do {
      again = false;
      await work();
    } while (again);
  };
  return () => {
    again = true;
    running ??= run().finally(() => running = undefined);
    return running;
  };
}
