/** Camera and microphone, judged over and over. @module */

/// <reference lib="dom" />

import {
  type Camera,
  type Microphone,
  openCamera,
  openMicrophone,
  pictureOf,
  whyNoDevice,
} from "./capture.ts";
import { byId, say } from "./elements.ts";
import { showPicture } from "./inputs.ts";
import type { Session } from "./session.ts";

/** Seconds of sound that are judged: those that the spectrogram shows at full resolution. */
const windowSeconds = 4;
/** Less of it says nothing yet. */
const leastSeconds = 0.5;
// Reasons take several times as long as the verdict.
const millisecondsToReasons = 2000;

/** What is open while the page is live. */
interface Live {
  readonly camera: Camera | undefined;
  readonly microphone: Microphone | undefined;
  /** What it has to do without, and why. */
  readonly without: readonly string[];
  isOver: boolean;
  /** When the sound that is judged was heard, and how long its encoder took, in milliseconds. */
  heardAt: number;
  hearing: number;
}

/** Starts and stops by the button. */
export function listenToLive(session: Session): void {
  let live: Live | undefined;
  const button = byId<HTMLButtonElement>("live-button");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (live) await close(live);
      live = live ? undefined : await open(session);
    } catch (error) {
      byId("live-status").textContent = `Cannot go live: ${(error as Error).message}`;
      live = undefined;
    }
    button.disabled = false;
    button.setAttribute("aria-pressed", String(live !== undefined));
    button.textContent = live ? "Stop" : "Start camera and microphone";
    byId("live-numbers").hidden = live === undefined;
    // Several verdicts a second are not to be read out.
    byId("label").setAttribute("aria-live", live ? "off" : "polite");
  });
}

async function open(session: Session): Promise<Live> {
  const { learnt } = session.engine.manifest.page;
  const video = byId<HTMLVideoElement>("video");
  const [seen, heard] = [learnt.includes("image"), learnt.includes("audio")];
  const without: string[] = [];
  // One of the two is enough to be live.
  const opened = async <Device>(name: string, open: Promise<Device>) => {
    try {
      return await open;
    } catch (error) {
      without.push(`no ${name}: ${whyNoDevice(error)}`);
    }
  };
  const camera = seen ? await opened("camera", openCamera(video)) : undefined;
  const microphone = heard ? await opened("microphone", openMicrophone(windowSeconds)) : undefined;
  if (!camera && !microphone) throw new RangeError(without.join("; "));
  const live: Live = { camera, microphone, without, isOver: false, heardAt: 0, hearing: 0 };
  if (camera) {
    byId("picture").hidden = video.hidden = false;
    byId("photo").hidden = true;
  }
  // What is heard now is no longer the file's; what is last seen and heard can be removed.
  byId("player").hidden = true;
  byId("image-clear").hidden = !camera;
  byId("audio-clear").hidden = !microphone;
  void watch(listen(session, live));
  void watch(look(session, live));
  return live;

  async function watch(loop: Promise<void>) {
    try {
      await loop;
    } catch (error) {
      say("failure", `Live mode has stopped: ${(error as Error).message}`);
      await close(live);
    }
  }
}

/** What was seen last stays in sight. */
async function close(live: Live): Promise<void> {
  if (live.isOver) return;
  live.isOver = true;
  const last = live.camera && await pictureOf(live.camera).catch(() => undefined);
  live.camera?.stop();
  live.microphone?.stop();
  if (last) showPicture(last);
}

/** The latest sound, as fast as its encoder is. */
async function listen({ engine, setSound }: Session, live: Live): Promise<void> {
  const { microphone } = live;
  while (microphone && !live.isOver) {
    const samples = microphone.last(windowSeconds), { sampleRateHz } = microphone;
    if (samples.length < leastSeconds * sampleRateHz) {
      await nextMoment();
      continue;
    }
    const began = performance.now();
    const clip = await engine.hearing("samples", { samples, sampleRateHz }, [samples.buffer]);
    if (live.isOver) return;
    setSound(clip);
    live.heardAt = began;
    live.hearing = performance.now() - began;
  }
}

/** The picture of the moment, with the latest sound, as fast as the verdict is. */
async function look({ engine, setImage, judge }: Session, live: Live): Promise<void> {
  const times: number[] = [];
  let reasonsAt = 0;
  while (!live.isOver) {
    const began = performance.now();
    if (live.camera) {
      const picture = await live.camera.frame();
      setImage(await engine.sight("image", { picture }, [picture]));
    }
    const parts = began - reasonsAt > millisecondsToReasons;
    if (parts) reasonsAt = began;
    const verdict = await judge({ parts });
    if (live.isOver) return;
    const now = performance.now();
    if (verdict) times.push(now);
    while (times[0]! < now - 2000) times.shift();
    tell(live, { latency: now - began, verdicts: times.length / 2 });
    await nextMoment();
  }
}

function tell(
  { heardAt, hearing, microphone, without }: Live,
  { latency, verdicts }: { readonly latency: number; readonly verdicts: number },
): void {
  const sound = microphone === undefined
    ? "No sound"
    : heardAt === 0
    ? "No sound yet"
    : `Sound of the last ${windowSeconds} s, encoded in ${Math.round(hearing)} ms, ${
      Math.round(performance.now() - heardAt)
    } ms old`;
  byId("live-rate").textContent = verdicts.toFixed(1);
  byId("live-latency").textContent = `${Math.round(latency)} ms`;
  const status = byId("live-status");
  status.dataset.verdicts = String(verdicts);
  status.textContent = `${[sound, ...without].join("; ")}.`;
}

/** When the page has had time to draw. */
function nextMoment(): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, 15));
}
