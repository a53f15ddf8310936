/** A table of the samples of tiny corpora. @module */

/** A CSV file beside the tiny corpora: a row of a sentence, a face and a clip of one label each. */
export async function writeRows(data: string, columns: readonly string[]): Promise<string> {
  const sentences = (await Deno.readTextFile(`${data}/emotions/text.csv`)).trim().split("\n").slice(
    1,
  )
    .map((line) => line.split(",")[1]!);
  const rows = sentences.map((text, i) => {
    const actor = String(1 + Math.floor(i / 2)).padStart(2, "0");
    const cells: Record<string, string> = {
      text,
      image: `faces/${i % 2 ? "happy" : "sad"}/${i}.png`,
      audio: `ravdess/Actor_${actor}/03-01-${i % 2 ? "03" : "04"}-01-01-01-${actor}.wav`,
      label: i % 2 ? "positive" : "negative",
    };
    const isKept = (name: string) => name === "label" || columns.includes(name);
    return ["text", "image", "audio", "label"].map((name) => isKept(name) ? cells[name] : "");
  });
  const path = `${data}/set.csv`;
  const lines = [["text", "image", "audio", "label"], ...rows].map((row) => row.join(","));
  await Deno.writeTextFile(path, `${lines.join("\n")}\n`);
  return path;
}
