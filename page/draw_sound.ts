/** Draws a clip: its waveform, its spectrogram, the gate over time and what each stretch did. @module */

/// <reference lib="dom" />

import type { PageVerdict } from "../lib/browser/mod.ts";
import { colourOf, largest, opacity } from "../lib/explanation/score_colours.ts";
import { printNumber } from "../lib/numbers.ts";
import { byId, freshCanvas, themeColour } from "./elements.ts";
import type { HeardClip } from "./messages.ts";

// Of the spectral encoder: bands of a frame.
const bands = 64;

/** Draws the waveform and the spectrogram of a clip. */
export function drawSound({ samples, encoded }: HeardClip): void {
  byId("sound").hidden = false;
  drawWaveform(samples);
  drawSpectrogram(encoded.features);
  const seconds = printNumber(encoded.extent.given, 1);
  byId("waveform").setAttribute("aria-label", `Waveform of ${seconds} s of sound`);
  byId("spectrogram").setAttribute("aria-label", `Log-mel spectrogram of ${seconds} s of sound`);
}

function drawWaveform(samples: Float32Array): void {
  const context = freshCanvas("waveform");
  const { width, height } = context.canvas;
  context.fillStyle = themeColour("audio");
  const step = samples.length / width;
  for (let x = 0; x < width; x++) {
    let low = 0, high = 0;
    for (let i = Math.floor(x * step); i < (x + 1) * step; i++) {
      low = Math.min(low, samples[i] ?? 0);
      high = Math.max(high, samples[i] ?? 0);
    }
    const top = height / 2 * (1 - Math.min(1, high)), bottom = height / 2 * (1 - Math.max(-1, low));
    context.fillRect(x, top, 1, Math.max(1, bottom - top));
  }
}

function drawSpectrogram(features: HeardClip["encoded"]["features"]): void {
  const frames = Math.max(1, features.frames![0]!);
  const logMel = features.logMel!.subarray(0, frames * bands);
  const loudest = largestOf(logMel), range = 12;
  const image = new ImageData(frames, bands);
  for (let t = 0; t < frames; t++) {
    for (let b = 0; b < bands; b++) {
      const share = Math.max(0, 1 + (logMel[t * bands + b]! - loudest) / range);
      image.data.set(heatOf(share), 4 * ((bands - 1 - b) * frames + t));
    }
  }
  const small = new OffscreenCanvas(frames, bands);
  small.getContext("2d")!.putImageData(image, 0, 0);
  const context = freshCanvas("spectrogram");
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, context.canvas.width, context.canvas.height);
}

function largestOf(values: Float32Array): number {
  return values.reduce((most, x) => Math.max(most, x), -Infinity);
}

// From night to a pale green, dark in both themes.
function heatOf(share: number): [number, number, number, number] {
  return [12 + 200 * share ** 2.2, 18 + 225 * share ** 1.3, 32 + 150 * share, 255];
}

/** Draws over the spectrogram how far the gate is open, and below it what each stretch did. */
export function drawGate({ gate, parts }: PageVerdict): void {
  const stretches = parts?.stretches ?? [];
  byId("stretches").hidden = stretches.length === 0;
  drawStretches(stretches);
  const below = stretches.length > 0 ? " Below: what each stretch of sound did." : "";
  if (gate === null) return void (byId("gate-note").textContent = below.trim());
  const canvas = byId<HTMLCanvasElement>("spectrogram");
  const context = canvas.getContext("2d")!;
  const { width, height } = canvas, unit = devicePixelRatio;
  const place = (share: number) => 2 * unit + (height - 4 * unit) * (1 - share);
  context.strokeStyle = context.fillStyle = "white";
  context.font = `${12 * unit}px system-ui, sans-serif`;
  context.fillText("spectral", 6 * unit, 16 * unit);
  context.fillText("contextual", 6 * unit, height - 7 * unit);
  context.setLineDash([4 * unit, 4 * unit]);
  context.lineWidth = unit;
  context.strokeRect(0, place(0.5), width, 0);
  context.setLineDash([]);
  context.lineWidth = 3 * unit;
  context.beginPath();
  gate.forEach((share, s) => {
    context.lineTo(s * width / gate.length, place(share));
    context.lineTo((s + 1) * width / gate.length, place(share));
  });
  context.stroke();
  const [least, most] = [Math.min(...gate), Math.max(...gate)];
  byId("gate-note").textContent =
    `White line: the audio gate over time, from the contextual path (0, bottom) to the spectral one ` +
    `(1, top); here ${printNumber(least, 2)} to ${printNumber(most, 2)}, dashed ½.${below}`;
}

function drawStretches(stretches: readonly number[]): void {
  if (stretches.length === 0) return;
  const context = freshCanvas("stretches");
  const { width, height } = context.canvas;
  const scale = largest(stretches), each = width / stretches.length;
  stretches.forEach((score, s) => {
    context.fillStyle = colourOf(score);
    context.globalAlpha = Number(opacity(score, scale, 0.9));
    context.fillRect(s * each, 0, each - devicePixelRatio, height);
  });
  context.globalAlpha = 1;
  const told = stretches.map((score) => printNumber(score, 2)).join(", ");
  context.canvas.setAttribute("aria-label", `What each stretch did, from the first on: ${told}`);
}
