import { deepEqual, doesNotMatch, equal, match, ok, throws } from "node:assert/strict";
import { type SamplePage, samplePage } from "../../lib/explanation/sample_page.ts";

const pixel = "data:image/png;base64,AAAA";

const page: SamplePage = {
  title: "Why?",
  caption: "Made up",
  truth: "True label: negative.",
  explanation: {
    label: "positive",
    probability: 0.75,
    heads: { text: 0.625, image: 0.5, audio: 0.125 },
    contributions: { text: 1, image: -0.5, audio: 0.25 },
    logOdds: 1,
    baseline: 0.25,
    gate: 0.25,
  },
  method: { name: "gradient × input", check: "It adds up." },
  text: [
    { text: "<b>good</b>", score: 2 },
    { text: "&", score: -1 },
  ],
  image: { source: pixel, rows: 1, columns: 2, scores: [1, -2] },
  audio: {
    source: "data:audio/wav;base64,BBBB",
    seconds: 1.5,
    waveform: [[-1, 1], [-0.5, 0.5]],
    segments: [1, null],
    heardSeconds: 1.5,
    spectrogram: {
      source: pixel,
      seconds: 1.5,
      grid: { time: 2, pitch: 2 },
      gridSeconds: 2,
      scores: [0.5, -0.5, null, 1],
    },
  },
  attention: [0.5, 0.25, 0.25, 0.7, 0.2, 0.1, 0, 0, 0],
};

const section = (html: string, name: string) =>
  html.split("<section>").find((part) => part.includes(`>${name}</h2>`))!;

Deno.test("a page shows a sample's text as text, whatever it holds", () => {
  const html = samplePage({ ...page, title: `"<script>alert(1)</script>"` });
  doesNotMatch(html, /<script|<b>good/);
  match(section(html, "Text"), /&lt;b&gt;good&lt;\/b&gt;/);
});

Deno.test("a page needs nothing but itself, and a browser is told so", () => {
  const html = samplePage(page);
  match(
    html,
    /Content-Security-Policy" content="default-src 'none'; img-src data:; media-src data:/,
  );
  const sources = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, source]) => source!);
  equal(sources.length, 4);
  ok(sources.every((source) => source.startsWith("data:")));
  match(html, /<audio controls src="data:audio\/wav;base64,BBBB">/);
});

Deno.test("a page refuses a picture or sound that is elsewhere", () => {
  for (const source of ["http://a.b/c.png", 'data:image/png;base64,"onload="x', "javascript:1"]) {
    throws(() => samplePage({ ...page, image: { ...page.image!, source } }), {
      name: "RangeError",
      message: `Cannot make a page: expected a data URI, got ${JSON.stringify(source)}`,
    });
  }
});

Deno.test("the bars go from no modality to the verdict, each from where the last one ended", () => {
  const html = section(samplePage(page), "Contributions");
  const bars = [...html.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)]
    .map(([, x, width]) => [Number(x), Number(x) + Number(width)]);
  equal(bars.length, 5);
  const [none, text, image, audio, verdict] = bars as [number, number][];
  const near = (a: number, b: number) => ok(Math.abs(a - b) < 0.05, `${a}, not ${b}`);
  near(none![1]!, text![0]!);
  // Image goes back by half of what text went on, and audio on by a quarter.
  near(image![1]!, text![1]!);
  near(text![1]! - text![0]!, 2 * (image![1]! - image![0]!));
  near(audio![0]!, image![0]!);
  near(verdict![1]!, audio![1]!);
  near(verdict![0]!, none![0]!);
  match(html, /add up to \+0\.750; the verdict less no modality is \+0\.750/);
});

Deno.test("words and cells take the colour of their side, and as much of it as their part of the largest", () => {
  const html = samplePage(page);
  const backgrounds = [...section(html, "Text").matchAll(/background:rgb\((\d+),(\d+),(\d+)\)/g)]
    .map(([, ...rgb]) => rgb.map(Number));
  // 0.6 of #018571 over white, and 0.3 of #a6611a.
  deepEqual(backgrounds, [[103, 182, 170], [228, 208, 186]]);
  const cells = [...section(html, "Image").matchAll(/fill="(#\w+)" fill-opacity="([\d.]+)"/g)];
  deepEqual(cells.map(([, fill, opacity]) => [fill, opacity]), [
    ["#018571", "0.275"],
    ["#a6611a", "0.550"],
  ]);
});

Deno.test("tiles lie where and when they sound: low ones below, and none after the clip", () => {
  const tiles = [
    ...section(samplePage(page), "Audio").matchAll(
      /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="[\d.]+" fill="#\w+" fill-opacity/g,
    ),
  ].map(([, ...numbers]) => numbers.map(Number));
  equal(tiles.length, 3);
  const [low, high, later] = tiles as [number[], number[], number[]];
  ok(low![1]! > high![1]! && low![0] === high![0]);
  // One second is a whole tile, of which the second has half: the clip is 1.5 s long.
  ok(Math.abs(later![2]! * 2 - low![2]!) < 0.05 && later![0]! > low![0]!);
});

Deno.test("a page of a message alone has no other part, and absent modalities no row", () => {
  const { image: _, audio: __, ...rest } = page;
  const html = samplePage({
    ...rest,
    explanation: {
      ...page.explanation,
      heads: { text: 0.5 },
      contributions: { text: 0.75 },
      gate: null,
    },
  });
  for (const name of ["Image", "Audio"]) equal(html.includes(`>${name}</h2>`), false);
  doesNotMatch(html, /gate|<audio|audio head/);
  // Of the attention, the row of zeros is left out.
  equal([...section(html, "Inside the model").matchAll(/<td style=/g)].length, 6);
});

Deno.test("a page of several classes names the one that is followed, one of scores their unit", () => {
  const { probability: _, ...explanation } = page.explanation;
  const joy = samplePage({
    ...page,
    explanation: {
      ...explanation,
      label: "joy",
      probability: 0.5,
      probabilities: { anger: 0.3, joy: 0.5, "<fear>": 0.2 },
    },
  });
  match(joy, />Joy<\/b>, probability 0\.500; anger 0\.300, &lt;fear&gt; 0\.200<\/p>/);
  match(joy, />speaks for joy<\/span> .*>speaks against joy</);
  match(section(joy, "Contributions"), /Log-odds of joy \(nats\)/);
  const score = samplePage({
    ...page,
    explanation: { ...explanation, label: "1.25", score: 1.25 },
  });
  match(score, /<p class="verdict">Score <b [^>]*>1\.25<\/b><\/p>/);
  match(score, />raises the score<\/span> .*>lowers the score</);
  doesNotMatch(score, /log-odds|Probability|undecided/i);
});
