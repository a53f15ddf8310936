/** A face that the detector takes for one, drawn. @module */

import { sharp } from "../../lib/deps/sharp.ts";

/** Of the square that things are drawn on. */
export const side = 256;

/** A drawing on a blue ground: SVG elements in a square of 256. */
export async function drawing(elements: string, size = side): Promise<Uint8Array> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">
    <rect width="${side}" height="${side}" fill="#7890a8"/>${elements}</svg>`;
  const image = (await sharp())(new TextEncoder().encode(svg)).resize(size, size);
  return new Uint8Array(await image.removeAlpha().png().toBuffer());
}

/** A face that fills the square. */
export const face = `
  <ellipse cx="128" cy="120" rx="82" ry="104" fill="#3a2a20"/>
  <ellipse cx="128" cy="136" rx="68" ry="90" fill="#d0a080"/>
  <path d="M80 106q20-14 38 0M138 106q20-14 38 0" stroke="#3a2a20" stroke-width="7" fill="none"/>
  <ellipse cx="100" cy="122" rx="15" ry="8" fill="#fff"/>
  <ellipse cx="156" cy="122" rx="15" ry="8" fill="#fff"/>
  <circle cx="100" cy="122" r="7" fill="#222"/>
  <circle cx="156" cy="122" r="7" fill="#222"/>
  <path d="M128 122l-12 44q12 8 24 0z" fill="#b08060"/>
  <path d="M96 192q32 24 64 0q-32-10-64 0z" fill="#a04040"/>`;
