/** Emoji sets as Iconify packs them: drawings as SVG, one JSON file a set. @module */

/** One drawing: what stands inside the `<svg>` element, and its size where it is not the set's. */
export interface Icon {
  readonly body: string;
  readonly width?: number;
  readonly height?: number;
}

/** The drawings of one set by name. */
export interface IconSet {
  readonly icons: Readonly<Record<string, Icon>>;
  readonly width?: number;
  readonly height?: number;
}

/** The icon sets from which the embedded faces are drawn. */
export type IconSetName =
  | "noto"
  | "noto-v1"
  | "fluent-emoji-flat"
  | "fxemoji"
  | "twemoji"
  | "emojione"
  | "streamline-emojis";

/** Where each set comes from, and on which terms its drawings may be used. */
export const iconSets = {
  "noto": {
    specifier: "npm:@iconify-json/noto@1.2.9/icons.json",
    credit: "Noto Emoji, Google Inc",
    licence: "Apache-2.0",
  },
  "noto-v1": {
    specifier: "npm:@iconify-json/noto-v1@1.2.5/icons.json",
    credit: "Noto Emoji (v1), Google Inc",
    licence: "Apache-2.0",
  },
  "fluent-emoji-flat": {
    specifier: "npm:@iconify-json/fluent-emoji-flat@1.2.6/icons.json",
    credit: "Fluent Emoji Flat, Microsoft Corporation",
    licence: "MIT",
  },
  "fxemoji": {
    specifier: "npm:@iconify-json/fxemoji@1.2.2/icons.json",
    credit: "Firefox OS Emoji, Mozilla",
    licence: "Apache-2.0",
  },
  "twemoji": {
    specifier: "npm:@iconify-json/twemoji@1.2.5/icons.json",
    credit: "Twitter Emoji, Twitter",
    licence: "CC-BY-4.0",
  },
  "emojione": {
    specifier: "npm:@iconify-json/emojione@1.2.3/icons.json",
    credit: "Emoji One (Colored), Emoji One",
    licence: "CC-BY-4.0",
  },
  "streamline-emojis": {
    specifier: "npm:@iconify-json/streamline-emojis@1.2.4/icons.json",
    credit: "Streamline Emojis, Streamline",
    licence: "CC-BY-4.0",
  },
} as const satisfies Record<IconSetName, { specifier: string; credit: string; licence: string }>;

/** The icon sets whose drawings the small CLIP learns. */
export type CaptionedIconSetName =
  | "fluent-emoji"
  | "fluent-emoji-high-contrast"
  | "emojione-monotone";

/** As {@linkcode iconSets}, those whose drawings the small CLIP learns; no set is in both. */
export const captionedIconSets = {
  "fluent-emoji": {
    specifier: "npm:@iconify-json/fluent-emoji@1.2.7/icons.json",
    credit: "Fluent Emoji, Microsoft Corporation",
    licence: "MIT",
  },
  "fluent-emoji-high-contrast": {
    specifier: "npm:@iconify-json/fluent-emoji-high-contrast@1.2.6/icons.json",
    credit: "Fluent Emoji High Contrast, Microsoft Corporation",
    licence: "MIT",
  },
  "emojione-monotone": {
    specifier: "npm:@iconify-json/emojione-monotone@1.2.1/icons.json",
    credit: "Emoji One (Monotone), Emoji One",
    licence: "CC-BY-4.0",
  },
} as const satisfies Record<
  CaptionedIconSetName,
  { specifier: string; credit: string; licence: string }
>;

/** Loads a set on first use: 1 to 100 MB of JSON. */
export async function iconSet(name: IconSetName | CaptionedIconSetName): Promise<IconSet> {
  const specifier: string = { ...iconSets, ...captionedIconSets }[name].specifier;
  return (await import(specifier, { with: { type: "json" } })).default;
}

/** The sets of the corpus that say which code points their drawings stand for. */
const codedIconSets = {
  "noto": "npm:@iconify-json/noto@1.2.9/chars.json",
  "fluent-emoji-flat": "npm:@iconify-json/fluent-emoji-flat@1.2.6/chars.json",
  "twemoji": "npm:@iconify-json/twemoji@1.2.5/chars.json",
} as const satisfies Partial<Record<IconSetName, string>>;

/** Names of drawings by code points (`1f468-200d-1f52c`), of every set that lists them. */
export function iconCodePoints(): Promise<Readonly<Record<string, string>>[]> {
  return Promise.all(
    Object.values<string>(codedIconSets).map(async (specifier) =>
      (await import(specifier, { with: { type: "json" } })).default
    ),
  );
}
