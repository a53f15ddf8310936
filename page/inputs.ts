/** Text as it is typed, pictures and sound by file, paste, camera and microphone. @module */

/// <reference lib="dom" />

import type { Modality } from "../lib/modality.ts";
import {
  decodeByBrowser,
  type Microphone,
  openCamera,
  openMicrophone,
  pictureOf,
  whyNoDevice,
} from "./capture.ts";
import { byId, element, say } from "./elements.ts";
import type { HeardClip } from "./messages.ts";
import { oneAtATime, type Session } from "./session.ts";

// Of a recording by the button; longer sound comes as a file.
const mostSeconds = 30;

const examples = ["what a wonderful day, thank you", "i am tired of being ignored"];

/**
 * Judges with reasons, and says under the heading of an input what went wrong with it: the sample is
 * then judged without it, or with what was there before.
 */
function judged(session: Session, m: Modality, work: () => Promise<void>) {
  return oneAtATime(async () => {
    let problem = "";
    try {
      await session.busy(work());
    } catch (error) {
      problem = (error as Error).message;
    }
    try {
      await session.judge({ parts: true });
    } catch (error) {
      problem ||= (error as Error).message;
    }
    say(`${m}-error`, problem);
  });
}

/** Reads the message as it is typed. */
export function listenToText(session: Session): void {
  const message = byId<HTMLTextAreaElement>("message");
  const read = judged(session, "text", async () => {
    const text = message.value;
    if (text.trim() === "") return session.setText("", undefined);
    try {
      session.setText(text, await session.engine.sight("text", { text }));
    } catch (error) {
      // What was read before is no longer what is written.
      session.setText("", undefined);
      throw error;
    }
  });
  message.addEventListener("input", read);
  for (const example of examples) {
    const button = element("button", { type: "button" }, example);
    button.addEventListener("click", () => {
      message.value = example;
      void read();
    });
    byId("examples").append(button);
  }
}

/** Takes pictures by file, by paste, by drop and from the camera. */
export function listenToPictures(session: Session): void {
  const file = byId<HTMLInputElement>("image-file");
  const take = (picture: Blob | undefined) =>
    judged(session, "image", async () => {
      session.setImage(picture && await session.engine.sight("image", { picture }));
      showPicture(picture);
    })();
  file.addEventListener("change", () => {
    const [chosen] = file.files!;
    if (chosen) void take(chosen);
    // The same file can be chosen again.
    file.value = "";
  });
  byId("image-clear").addEventListener("click", () => {
    void take(undefined);
    byId("camera").focus();
  });
  document.addEventListener("paste", ({ clipboardData }) => {
    const pasted = [...clipboardData?.files ?? []].find(({ type }) => type.startsWith("image/"));
    if (pasted) void take(pasted);
  });
  whenDropped((dropped) => !isSound(dropped), take);
  byId("camera").addEventListener("click", async () => {
    try {
      await take(await snapshot());
    } catch (error) {
      say("image-error", `Cannot use the camera: ${whyNoDevice(error)}`);
    }
  });
}

async function snapshot(): Promise<Blob> {
  const camera = await openCamera(byId<HTMLVideoElement>("video"));
  try {
    return await pictureOf(camera);
  } finally {
    camera.stop();
  }
}

/** Shows a picture that was not moving, or none. */
export function showPicture(picture: Blob | undefined): void {
  const photo = byId<HTMLImageElement>("photo");
  URL.revokeObjectURL(photo.src);
  byId("picture").hidden = photo.hidden = byId("image-clear").hidden = picture === undefined;
  byId("video").hidden = true;
  if (picture) photo.src = URL.createObjectURL(picture);
}

/** Takes sound by file, by drop and from the microphone. */
export function listenToSound(session: Session): void {
  const file = byId<HTMLInputElement>("audio-file");
  const take = (sound: Promise<HeardClip> | undefined, played?: Blob) =>
    judged(session, "audio", async () => {
      session.setSound(await sound);
      byId("audio-clear").hidden = sound === undefined;
      showPlayer(sound && played);
    })();
  const takeFile = (chosen: File) => void take(hearFile(session, chosen), chosen);
  file.addEventListener("change", () => {
    const [chosen] = file.files!;
    if (chosen) takeFile(chosen);
    file.value = "";
  });
  byId("audio-clear").addEventListener("click", () => {
    void take(undefined);
    byId("record").focus();
  });
  whenDropped(isSound, takeFile);
  let microphone: Microphone | undefined;
  byId("record").addEventListener("click", async () => {
    say("audio-error", "");
    try {
      if (microphone === undefined) microphone = await openMicrophone(mostSeconds);
      else {
        const samples = microphone.last(mostSeconds), { sampleRateHz } = microphone;
        microphone.stop();
        microphone = undefined;
        void take(session.engine.hearing("samples", { samples, sampleRateHz }));
      }
    } catch (error) {
      say("audio-error", `Cannot use the microphone: ${whyNoDevice(error)}`);
    }
    const button = byId("record");
    button.setAttribute("aria-pressed", String(microphone !== undefined));
    button.textContent = microphone ? "Stop and judge" : "Record";
  });
}

function isSound({ name, type }: File): boolean {
  return type.startsWith("audio/") || /\.(wav|flac|mp3|ogg|opus|m4a)$/i.test(name);
}

/** Takes files that are dropped on the page. */
function whenDropped(takes: (file: File) => boolean, take: (file: File) => void): void {
  const isFile = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files");
  const show = (is: boolean) => document.body.classList.toggle("dropping", is);
  addEventListener("dragover", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    show(true);
  });
  addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) show(false);
  });
  addEventListener("drop", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    show(false);
    const dropped = [...event.dataTransfer!.files].find(takes);
    if (dropped) take(dropped);
  });
}

/** By the library's decoders and, of what has none, by the browser's. */
async function hearFile({ engine: { hearing } }: Session, file: File): Promise<HeardClip> {
  const bytes = await file.arrayBuffer();
  try {
    return await hearing("file", { bytes: new Uint8Array(bytes), name: file.name });
  } catch (error) {
    const decoded = await decodeByBrowser(bytes).catch(() => undefined);
    if (decoded === undefined) {
      throw new RangeError(
        (error as Error).message.replace("ffmpeg reads", "this browser decodes"),
      );
    }
    return await hearing("samples", { ...decoded, name: file.name });
  }
}

function showPlayer(sound: Blob | undefined): void {
  const player = byId<HTMLAudioElement>("player");
  URL.revokeObjectURL(player.src);
  player.hidden = sound === undefined;
  if (sound) player.src = URL.createObjectURL(sound);
  else player.removeAttribute("src");
}
