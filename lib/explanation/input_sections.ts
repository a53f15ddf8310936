/** The parts of a page that show a sample itself: its words, its image, its clip. @module */

import { escapeHtml } from "../escape_html.ts";
import { inks, modalityColours } from "../figures/palette.ts";
import { signed } from "../numbers.ts";
import { colourOf, heat, largest, opacity, scaleNote } from "./score_colours.ts";
import type { TileGrid } from "./units.ts";
import type { WordScore } from "./words.ts";

/** An image with a number for each cell of a grid over it. */
export interface ImagePart {
  /** A data URI. */
  readonly source: string;
  /** Of cells, from the top. */
  readonly rows: number;
  /** Of cells, from the left. */
  readonly columns: number;
  /** In log-odds, in reading order; null for a cell that the sample does not have. */
  readonly scores: readonly (number | null)[];
}

/** A clip with a number for each stretch of it, and for each tile of its spectrogram. */
export interface AudioPart {
  /** A data URI. */
  readonly source: string;
  /** Length of the whole clip. */
  readonly seconds: number;
  /** The lowest and the highest sample of equal stretches. */
  readonly waveform: readonly (readonly [number, number])[];
  /** In log-odds, of equal stretches of the first `heardSeconds`. */
  readonly segments: readonly (number | null)[];
  /** How much of it the encoder hears, from its beginning. */
  readonly heardSeconds: number;
  /** Its picture, cut into tiles. */
  readonly spectrogram: {
    /** A data URI. */
    readonly source: string;
    /** Of the clip, from its beginning. */
    readonly seconds: number;
    /** The tiles of all frames, of which some lie beyond the clip. */
    readonly grid: TileGrid;
    /** That the grid covers, silence after the clip included. */
    readonly gridSeconds: number;
    /** In log-odds, by time and then pitch, the lowest first; null beyond the clip. */
    readonly scores: readonly (number | null)[];
  };
}

/** How wide pictures of a page are, in pixels. */
export const plotWidth = 720;

/** The message, its words coloured. */
export function textSection(words: readonly WordScore[]): string {
  const scale = largest(words.map(({ score }) => score));
  const spans = words.map(({ text, score }) =>
    `<span style="background:${heat(score, scale)}" title="${signed(score)}">${
      escapeHtml(text)
    }</span>`
  );
  return `<p class="words">${spans.join(" ")}</p>
<p class="note">Words that share a segment share its colour by their number of tokens. ${
    scaleNote(scale)
  }</p>`;
}

/** The image as it is, and under its coloured cells. */
export function imageSection({ source, rows, columns, scores }: ImagePart): string {
  const scale = largest(scores);
  const side = 300;
  const width = side / columns, height = side / rows;
  const cells = scores.map((score, i) => {
    const x = i % columns * width, y = Math.floor(i / columns) * height;
    if (score === null) return "";
    return `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" fill="${
      colourOf(score)
    }" fill-opacity="${opacity(score, scale, 0.55)}" stroke="white" stroke-width="1.5"/>` +
      numberOn(signed(score, 2), x + width / 2, y + height - 10);
  });
  const picture = `<image href="${
    dataUri(source)
  }" width="${side}" height="${side}" preserveAspectRatio="none"/>`;
  return `<div class="columns">
<svg viewBox="0 0 ${side} ${side}" width="${side}" height="${side}" role="img" aria-label="The image">${picture}</svg>
<svg viewBox="0 0 ${side} ${side}" width="${side}" height="${side}" role="img" aria-label="The image with what each cell did">${picture}${
    cells.join("")
  }</svg>
</div>
<p class="note">Drawn as a square: cells are of the encoder's input, which may be a crop. ${
    scaleNote(scale)
  }</p>`;
}

/** The clip: its waveform, stretches and tiles over one axis of time, and to be heard. */
export function audioSection(audio: AudioPart): string {
  const { source, seconds, waveform, segments, heardSeconds, spectrogram } = audio;
  const left = 44, width = plotWidth - left, wave = 70, strip = 22, picture = 150, gap = 8;
  const x = (at: number) => left + at / seconds * width;
  const middle = wave / 2;
  const loudest = Math.max(1e-6, ...waveform.flatMap(([low, high]) => [-low, high]));
  const outline = (isHeard: boolean) =>
    waveform.map(([low, high], i) => {
      const at = (i + 0.5) * seconds / waveform.length;
      if ((at <= heardSeconds) !== isHeard) return "";
      return `M${px(x(at))} ${px(middle - high / loudest * middle)}V${
        px(middle - low / loudest * middle + 0.5)
      }`;
    }).join("");
  const segmentScale = largest(segments);
  const stretches = segments.map((score, i) => {
    const start = x(i * heardSeconds / segments.length);
    const end = x((i + 1) * heardSeconds / segments.length);
    return `<rect x="${px(start)}" y="${wave + gap}" width="${
      px(end - start - 1)
    }" height="${strip}" fill="${score === null ? inks.grid : heat(score, segmentScale)}"/>` +
      (score === null ? "" : numberOn(signed(score, 2), (start + end) / 2, wave + gap + 15));
  });
  const top = wave + strip + 2 * gap;
  const { grid, gridSeconds, scores } = spectrogram;
  const tileScale = largest(scores);
  const drawn = Math.min(seconds, spectrogram.seconds);
  const tiles = scores.map((score, i) => {
    const start = Math.floor(i / grid.pitch) * gridSeconds / grid.time;
    if (score === null || start >= drawn) return "";
    const end = Math.min(drawn, start + gridSeconds / grid.time);
    const tall = picture / grid.pitch, row = grid.pitch - 1 - i % grid.pitch;
    return `<rect x="${px(x(start))}" y="${px(top + row * tall)}" width="${
      px(x(end) - x(start))
    }" height="${px(tall)}" fill="${colourOf(score)}" fill-opacity="${
      opacity(score, tileScale, 0.75)
    }"><title>${signed(score)}</title></rect>`;
  });
  const bottom = top + picture;
  const ticks = Array.from(
    { length: Math.floor(seconds) + 1 },
    (_, s) =>
      `<text x="${px(x(s))}" y="${
        bottom + 14
      }" text-anchor="middle" fill="${inks.muted}">${s} s</text>`,
  );
  const name = (text: string, y: number) =>
    `<text x="0" y="${y}" fill="${inks.muted}" font-size="10">${text}</text>`;
  return `<svg viewBox="0 0 ${plotWidth} ${bottom + 18}" width="${plotWidth}" height="${
    bottom + 18
  }" role="img" aria-label="The clip: waveform, stretches, spectrogram">
<path d="${outline(true)}" stroke="${modalityColours.audio}" stroke-width="1.2" fill="none"/>
<path d="${outline(false)}" stroke="${inks.grid}" stroke-width="1.2" fill="none"/>
${name("wave", middle + 4)}${name("parts", wave + gap + 15)}${name("mel", top + picture / 2)}
${stretches.join("")}
<image href="${dataUri(spectrogram.source)}" x="${left}" y="${top}" width="${
    px(x(drawn) - left)
  }" height="${picture}" preserveAspectRatio="none"/>
${tiles.join("")}
${ticks.join("")}
</svg>
<audio controls src="${dataUri(source)}"></audio>
<p class="note">A stretch is what both audio paths make of it; a tile is of the spectral path alone. Stretches: ${
    scaleNote(segmentScale)
  } Tiles: ${scaleNote(tileScale)}</p>`;
}

function numberOn(text: string, x: number, y: number): string {
  return `<text x="${px(x)}" y="${
    px(y)
  }" text-anchor="middle" fill="${inks.text}" stroke="white" stroke-width="3" paint-order="stroke" font-size="11">${text}</text>`;
}

function dataUri(source: string): string {
  if (/^data:[a-z]+\/[a-z]+;base64,[A-Za-z0-9+/=]*$/.test(source)) return source;
  throw new RangeError(
    `Cannot make a page: expected a data URI, got ${JSON.stringify(source.slice(0, 40))}`,
  );
}

/** A place in pixels, which needs no more digits. */
export function px(value: number): string {
  return String(Math.round(100 * value) / 100);
}
