/** The page: loads the model, then judges what it is given. @module */

/// <reference lib="dom" />

import { modalities } from "../lib/modality.ts";
import { byId, say } from "./elements.ts";
import { openEngine } from "./engine.ts";
import { listenToPictures, listenToSound, listenToText } from "./inputs.ts";
import { listenToLive } from "./live.ts";
import { openSession, type Session } from "./session.ts";
import { showAbout } from "./show_verdict.ts";

const listeners = {
  text: listenToText,
  image: listenToPictures,
  audio: listenToSound,
} as const;

async function open(): Promise<Session> {
  const progress = byId<HTMLProgressElement>("progress");
  const engine = await openEngine(({ loaded, total }) => {
    progress.value = loaded / total;
    byId("loading-text").textContent = loaded < total
      ? `Loading the model: ${megabytes(loaded)} of ${megabytes(total)} MB`
      : "Opening the model";
  });
  const { page } = engine.manifest;
  showAbout(page);
  const session = openSession(engine);
  for (const m of modalities) {
    if (page.learnt.includes(m)) listeners[m](session);
    else byId(m).hidden = true;
  }
  const isSeenOrHeard = page.learnt.some((m) => m !== "text");
  if (isSeenOrHeard) listenToLive(session);
  else byId("live").hidden = true;
  return session;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

// A page that was never kept is in time to be so before it loads its files: what comes later is kept
// as it comes.
const longestWait = 3000;

/** Has a service worker keep the page, where the browser has any: on this machine, or over https. */
async function keepForLater(): Promise<void> {
  const { serviceWorker } = navigator;
  if (serviceWorker === undefined || serviceWorker.controller) return;
  const kept = new Promise((resolve) => serviceWorker.oncontrollerchange = resolve);
  await serviceWorker.register("service_worker.js");
  await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, longestWait))]);
}

async function begin(): Promise<void> {
  // Without it the page does all but come back without a network.
  await keepForLater().catch(() => {});
  try {
    const session = await open();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", session.redraw);
    addEventListener("resize", session.redraw);
    byId("main").hidden = false;
    document.documentElement.dataset.ready = "true";
  } catch (error) {
    say("failure", `The model could not be loaded: ${(error as Error).message}`);
  }
  byId("loading").hidden = true;
}

await begin();
