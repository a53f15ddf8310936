/** Text as it is typed, pictures and sound by file, paste, camera and microphone. @module */

/// <reference lib="dom" />

import { decodeByBrowser, type Microphone, openCamera, openMicrophone } from "./capture.ts";
import { byId, say } from "./elements.ts";
import type { HeardClip } from "./messages.ts";
import { oneAtATime, type Session } from "./session.ts";

// Of a recording by the button; longer sound comes as a file.
const mostSeconds = 30;

/** Judges with reasons, and says under the heading of an input what went wrong with it. */
function judged(session: Session, m: "text" | "image" | "audio", work: () => Promise<void>) {
  return oneAtATime(async () => {
    try {
      say(`${m}-error`, "");
      await work();
      await session.judge({ parts: true });
    } catch (error) {
      say(`${m}-error`, (error as Error).message);
    }
  });
}

/** Reads the message as it is typed. */
export function listenToText(session: Session): void {
  const message = byId<HTMLTextAreaElement>("message");
  message.addEventListener(
    "input",
    judged(session, "text", async () => {
      const text = message.value;
      const isEmpty = text.trim() === "";
      session.setText(text, isEmpty ? undefined : await session.engine.sight("text", { text }));
    }),
  );
}

/** Takes pictures by file, by paste and from the camera. */
export function listenToPictures(session: Session): void {
  const file = byId<HTMLInputElement>("image-file");
  const take = (picture: Blob | undefined) =>
    judged(session, "image", async () => {
      session.setImage(picture && await session.engine.sight("image", { picture }));
      showPicture(picture);
    })();
  file.addEventListener("change", () => void take(file.files![0]));
  byId("image-clear").addEventListener("click", () => {
    file.value = "";
    void take(undefined);
  });
  document.addEventListener("paste", ({ clipboardData }) => {
    const pasted = [...clipboardData?.files ?? []].find(({ type }) => type.startsWith("image/"));
    if (pasted) void take(pasted);
  });
  byId("camera").addEventListener("click", async () => {
    try {
      await take(await snapshot());
    } catch (error) {
      say("image-error", `Cannot use the camera: ${(error as Error).message}`);
    }
  });
}

/** A picture of the camera, as a file without loss. */
async function snapshot(): Promise<Blob> {
  const camera = await openCamera(byId<HTMLVideoElement>("video"));
  try {
    const frame = await camera.frame();
    const canvas = new OffscreenCanvas(frame.width, frame.height);
    canvas.getContext("2d")!.drawImage(frame, 0, 0);
    frame.close();
    return await canvas.convertToBlob({ type: "image/png" });
  } finally {
    camera.stop();
  }
}

function showPicture(picture: Blob | undefined): void {
  const photo = byId<HTMLImageElement>("photo");
  URL.revokeObjectURL(photo.src);
  byId("picture").hidden = photo.hidden = byId("image-clear").hidden = picture === undefined;
  byId("video").hidden = true;
  if (picture) photo.src = URL.createObjectURL(picture);
}

/** Takes sound by file and from the microphone. */
export function listenToSound(session: Session): void {
  const file = byId<HTMLInputElement>("audio-file");
  const take = (sound: Promise<HeardClip> | undefined, played?: Blob) =>
    judged(session, "audio", async () => {
      session.setSound(await sound);
      byId("audio-clear").hidden = sound === undefined;
      showPlayer(sound && played);
    })();
  file.addEventListener("change", () => {
    const [chosen] = file.files!;
    if (chosen) void take(hearFile(session, chosen), chosen);
  });
  byId("audio-clear").addEventListener("click", () => {
    file.value = "";
    void take(undefined);
  });
  let microphone: Microphone | undefined;
  byId("record").addEventListener("click", async () => {
    try {
      if (microphone === undefined) microphone = await openMicrophone(mostSeconds);
      else {
        const samples = microphone.last(mostSeconds), { sampleRateHz } = microphone;
        microphone.stop();
        microphone = undefined;
        void take(session.engine.hearing("samples", { samples, sampleRateHz }));
      }
    } catch (error) {
      say("audio-error", `Cannot use the microphone: ${(error as Error).message}`);
    }
    const button = byId("record");
    button.setAttribute("aria-pressed", String(microphone !== undefined));
    button.textContent = microphone ? "Stop and judge" : "Record";
  });
}

/** By the library's decoders and, of what has none, by the browser's. */
async function hearFile({ engine: { hearing } }: Session, file: File): Promise<HeardClip> {
  const bytes = await file.arrayBuffer();
  try {
    return await hearing("file", { bytes: new Uint8Array(bytes), name: file.name });
  } catch (error) {
    const decoded = await decodeByBrowser(bytes).catch(() => undefined);
    if (decoded === undefined) throw error;
    return await hearing("samples", decoded);
  }
}

function showPlayer(sound: Blob | undefined): void {
  const player = byId<HTMLAudioElement>("player");
  URL.revokeObjectURL(player.src);
  player.hidden = sound === undefined;
  if (sound) player.src = URL.createObjectURL(sound);
  else player.removeAttribute("src");
}
