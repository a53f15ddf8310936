/** Which emoji show which emotion, and their drawings. @module */

import { iconSet, type IconSetName, iconSets } from "../../deps/iconify.ts";

/** The folders of the face images. */
export const faceEmotions = [
  "happy",
  "sad",
  "angry",
  "fear",
  "disgust",
  "surprise",
  "neutral",
] as const;

/** One of {@linkcode faceEmotions}. */
export type FaceEmotion = (typeof faceEmotions)[number];

/** One emoji of one set: SVG elements in a box of `width` by `height` units. */
export interface Glyph {
  readonly name: string;
  readonly body: string;
  readonly width: number;
  readonly height: number;
}

/** The glyphs of one set by the emotion they show. */
export type GlyphsByEmotion = Readonly<Record<FaceEmotion, readonly Glyph[]>>;

/** The sets, in the order in which the corpus takes turns. */
export const glyphSets = Object.keys(iconSets) as readonly IconSetName[];

// Names as Unicode has them, then those of the sets that go their own way. Emoji
// that people read in more than one manner (smirking, sleepy, zany) are left out.
const names: Readonly<Record<FaceEmotion, string>> = {
  happy: `grinning-face grinning-face-with-big-eyes grinning-face-with-smiling-eyes
    beaming-face-with-smiling-eyes grinning-squinting-face rolling-on-the-floor-laughing
    face-with-tears-of-joy slightly-smiling-face smiling-face smiling-face-with-smiling-eyes
    smiling-face-with-halo smiling-face-with-heart-eyes smiling-face-with-hearts
    smiling-face-with-sunglasses smiling-face-with-open-hands star-struck hugging-face
    winking-face face-savoring-food relieved-face face-with-tongue winking-face-with-tongue
    squinting-face-with-tongue partying-face cowboy-hat-face grinning-cat
    grinning-cat-with-smiling-eyes cat-with-tears-of-joy smiling-cat-with-heart-eyes
    grinning-cat-face grinning-cat-face-with-smiling-eyes cat-face-with-tears-of-joy
    smiling-cat-face-with-heart-eyes amusing-face
    grin grineyes grinsquint grintears grinwide grinwideeyes smallsmile smileeyes smiletongue
    whitesmilingface halo hearteyes relieved winking tongueout tongueoutwink foxgrin
    foxsmiling foxtearofjoy foxheart`,
  sad: `frowning-face slightly-frowning-face crying-face loudly-crying-face disappointed-face
    pensive-face sad-but-relieved-face worried-face downcast-face-with-sweat weary-face tired-face
    persevering-face pleading-face face-holding-back-tears crying-cat crying-cat-face
    crying loudlycrying smallfrown frownmouth worried pensive disappointed
    dissapointedrelief tired weary foxcrying`,
  angry: `angry-face pouting-face enraged-face face-with-symbols-on-mouth
    face-with-steam-from-nose angry-face-with-horns pouting-cat pouting-cat-face
    angry pouting triumph`,
  fear: `fearful-face face-screaming-in-fear anxious-face-with-sweat anguished-face weary-cat
    weary-cat-face fearful screamfear anguish coldsweat`,
  disgust: `nauseated-face face-vomiting confounded-face unamused-face woozy-face
    confounded unamused`,
  surprise: `astonished-face hushed-face face-with-open-mouth exploding-head flushed-face
    face-with-open-eyes-and-hand-over-mouth amazed-face astonished hushed flushed`,
  neutral: `neutral-face expressionless-face face-without-mouth zipper-mouth-face thinking-face
    face-with-raised-eyebrow neutral expressionless nomouth`,
};

const loaded = new Map<IconSetName, Promise<GlyphsByEmotion>>();

/** The glyphs of a set; read once, then kept. */
export function glyphsOf(set: IconSetName): Promise<GlyphsByEmotion> {
  const glyphs = loaded.get(set) ?? readGlyphs(set);
  loaded.set(set, glyphs);
  return glyphs;
}

async function readGlyphs(set: IconSetName): Promise<GlyphsByEmotion> {
  const { icons, width = 16, height = 16 } = await iconSet(set);
  const withNames = (wanted: string): Glyph[] =>
    wanted.split(/\s+/)
      // Streamline numbers the drawings of one emoji: hushed-face-1, hushed-face-2.
      .flatMap((name) => [name, `${name}-1`, `${name}-2`])
      .filter((name) => Object.hasOwn(icons, name))
      .map((name) => ({ name, width, height, ...icons[name]! }));
  const entries = faceEmotions.map((emotion) => [emotion, withNames(names[emotion])] as const);
  return Object.fromEntries(entries) as Record<FaceEmotion, Glyph[]>;
}
