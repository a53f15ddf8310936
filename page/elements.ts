/** Elements of the page. @module */

/// <reference lib="dom" />

import type { Modality } from "../lib/modality.ts";

/** The element with this id. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

/** A new element with attributes, properties of style, and what is in it. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { style = {}, ...attributes }: {
    readonly style?: Readonly<Record<string, string>>;
    readonly [attribute: string]: string | number | Readonly<Record<string, string>> | undefined;
  } = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  // By its properties: the policy of the page forbids the attribute.
  for (const [key, value] of Object.entries(style)) made.style.setProperty(key, value);
  made.append(...children);
  return made;
}

/** Shows a message under a heading, or hides its place. */
export function say(id: string, message: string): void {
  const place = byId(id);
  place.textContent = message;
  place.hidden = message === "";
}

/** Writes a text that is not there already: a live region reads out what is written into it anew. */
export function setText(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text;
}

/** A canvas that has as many pixels as the screen shows of it, empty, and its context. */
export function freshCanvas(id: string): CanvasRenderingContext2D {
  const canvas = byId<HTMLCanvasElement>(id);
  const { width, height } = canvas.getBoundingClientRect();
  // Of one that is not laid out the attributes stay.
  if (width > 0) {
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
  }
  const context = canvas.getContext("2d")!;
  context.clearRect(0, 0, canvas.width, canvas.height);
  return context;
}

/** A colour of the page, as its theme has it now. */
export function themeColour(name: "ink" | "unified" | Modality): string {
  // A custom property keeps `light-dark()` unresolved; a colour that uses it does not.
  const probe = byId("probe");
  probe.style.setProperty("color", `var(--${name})`);
  return getComputedStyle(probe).color;
}
