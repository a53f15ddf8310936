/** Files as RAVDESS has them, of a few bytes. @module */

/** A WAVE file with an odd chunk before its data; `mark` makes files differ. */
export function wave(mark: number | string): Uint8Array {
  const samples = new TextEncoder().encode(String(mark).padEnd(40));
  const chunks = [
    // PCM, one channel, 16 kHz, 8 bits.
    chunk("fmt ", Uint8Array.of(1, 0, 1, 0, 0x80, 0x3e, 0, 0, 0x80, 0x3e, 0, 0, 1, 0, 8, 0)),
    chunk("LIST", Uint8Array.of(1, 2, 3)),
    chunk("data", samples),
  ];
  return chunk("RIFF", Uint8Array.from([...latin1("WAVE"), ...chunks.flatMap((c) => [...c])]));
}

function chunk(tag: string, body: Uint8Array): Uint8Array {
  const size = new Uint8Array(new Uint32Array([body.length]).buffer);
  return Uint8Array.from([...latin1(tag), ...size, ...body, ...(body.length % 2 ? [0] : [])]);
}

/** The bytes of a text. */
export function latin1(text: string): number[] {
  return [...text].map((c) => c.charCodeAt(0));
}

/** The names of the whole corpus: 60 of each speaker, 44 of each singer. */
export function wholeCorpus(): { speech: string[]; song: string[] } {
  const names = { speech: [] as string[], song: [] as string[] };
  for (let actor = 1; actor <= 24; actor++) {
    for (let emotion = 1; emotion <= 8; emotion++) {
      for (let take = 0; take < (emotion === 1 ? 4 : 8); take++) {
        const codes = [emotion, (take >> 2) + 1, (take >> 1 & 1) + 1, (take & 1) + 1, actor];
        const code = codes.map((code) => String(code).padStart(2, "0")).join("-");
        names.speech.push(`03-01-${code}.wav`);
        if (emotion <= 6 && actor !== 18) names.song.push(`03-02-${code}.wav`);
      }
    }
  }
  return names;
}
