/** Small tables in the layouts of the sets that people judged. @module */

/** The four tables of EmotionTalk, of utterances by name: emotions from text, voice, face, and all. */
export function emotionTalkTables(
  utterances: readonly (readonly [name: string, ...verdicts: readonly string[]])[],
): Record<string, string> {
  const table = (header: string, at: number, ending: string) =>
    [header, ...utterances.map(([name, ...own]) => `${name}${ending},${own[at]}`)].join("\n");
  return {
    "transcription.csv": table("name,emotion", 0, ""),
    "audio.csv": table("file_name,emotion", 1, ".wav"),
    "video.csv": table("file_name,emotion", 2, ".mp4"),
    "mm.csv": table("file_name,emotion", 3, ".mp4"),
  };
}

type Votes = Readonly<Record<string, number>>;

/** The tables of CREMA-D, of clips by name: how many said what of voice, face, and both. */
export function cremaDTables(
  clips: readonly (readonly [name: string, voice: Votes, face: Votes, both: Votes])[],
): Record<string, string> {
  const letters = [..."ADFHNS"];
  const row = (digit: number, at: number, name: string, votes: Votes) => {
    const counts = letters.map((letter) => votes[letter] ?? 0);
    const all = counts.reduce((a, b) => a + b, 0);
    return [`"${digit}${String(at + 1).padStart(5, "0")}"`, ...counts, `"${name}"`, all].join();
  };
  const usual = (votes: Votes) => {
    const most = Math.max(...Object.values(votes));
    return `"${letters.filter((letter) => votes[letter] === most).join(":")}"`;
  };
  return {
    "tabulatedVotes.csv": [
      `"",${letters.map((letter) => `"${letter}"`)},"fileName","numResponses"`,
      ...[1, 2, 3].flatMap((digit) =>
        clips.map((clip, at) => row(digit, at, clip[0], clip[digit as 1 | 2 | 3]))
      ),
    ].join("\n"),
    "summaryTable.csv": [
      '"","FileName","VoiceVote","VoiceLevel","FaceVote","FaceLevel","MultiModalVote"',
      ...clips.map(([name, voice, face, both], at) =>
        `"${at + 1}","${name}",${usual(voice)},"50",${usual(face)},"50",${usual(both)}`
      ),
    ].join("\n"),
  };
}
