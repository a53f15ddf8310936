/**
 * Judges new samples with a saved model.
 *
 *     deno task predict [--model DIR] [--text "…"] [--image FILE] [--audio FILE] [--csv FILE] [--out FILE] [--json] [--page FILE]
 *
 * @module
 */

import { dirname, join, resolve } from "node:path";
import { fillFromVideo } from "../lib/datasets/row_videos.ts";
import type { OpenVideo } from "../lib/datasets/table_cells.ts";
import { videoOpener } from "../lib/encoders/video_opener.ts";
import { kindOf, writeWhole } from "../lib/files.ts";
import { countInputs, describeInputCounts } from "../lib/encoders/input_counts.ts";
import { loadExportedModel } from "../lib/inference/exported_model.ts";
import { openInputEncoders, type SampleInput } from "../lib/inference/input_encoders.ts";
import { abstained, judge, type Judgement } from "../lib/inference/judge.ts";
import {
  learntModalities,
  type ModelFolder,
  modelFromSafetensors,
  openModelFolder,
} from "../lib/inference/model_folder.ts";
import { isSynthetic } from "../lib/inference/model_metadata.ts";
import { speakersFile, spokenOf, type SpokenOptions } from "../lib/inference/speakers.ts";
import { fewestClips } from "../lib/systems/by_speaker.ts";
import { reliabilityFile, reliabilityFromBytes } from "../lib/inference/reliability.ts";
import { readSamples, type SampleLine } from "./read_samples.ts";
import { byModality, modalities } from "../lib/modality.ts";
import { callerFolder } from "./caller.ts";
import { runCommand } from "./command.ts";
import { file, flag, folder, share, text, type Values } from "./option.ts";
import { studyOptions } from "./options.ts";
import { stepLines } from "./progress.ts";
import { assertUnjudged, samplesToCsv } from "./verdict_csv.ts";
import { verdictToText } from "./verdict_text.ts";
import { assertNobodySpeaks, assertSpoken, whoseClips } from "./whose_clips.ts";

const usualModel = "out/model";

const options = {
  model: folder(`a folder that deno task train has made (default: ${usualModel}, if it is there)`),
  text: text("TEXT", "a message"),
  image: file("a JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP image"),
  audio: file("a WAV, FLAC, MP3 or Ogg file, or another one that an installed ffmpeg reads"),
  video: file(
    "a video, of which sound, face and, from a transcript or subtitles beside it, text are judged; " +
      "needs an installed ffmpeg",
  ),
  csv: file(
    "many samples: a table (CSV, TSV, JSON lines) with some of the columns text, image, audio, video and " +
      "any others, paths relative to it or to where you are, an empty field where a modality is missing",
  ),
  speaker: text(
    "NAME",
    "of a model that was trained by speaker, who speaks in all clips: one whom it knows from training",
  ),
  speakerClips: folder(
    "of a single clip in place of --speaker: a folder of further clips of its speaker, without labels; " +
      `${fewestClips} with the clip itself or more; a table has the column speaker`,
  ),
  out: file(
    "of a table, writes its columns and the verdicts to this file: .csv, or .jsonl as --json prints",
  ),
  abstain: share(
    "RATE",
    "withholds the least certain verdicts, so many that this share of those on the model's validation " +
      "data would be: 0.2, for instance; of scores, those on samples farthest from the training data",
  ),
  json: flag("one JSON object per line, with the line and the id of a table's row"),
  page: file("of a single sample, writes an HTML page that shows, plays and explains it"),
  cache: { ...studyOptions.cache, help: "where encoders are kept" },
};

/** What the command line asks for. */
interface Request extends
  Pick<
    Values<typeof options>,
    | "model"
    | "video"
    | "csv"
    | "out"
    | "abstain"
    | "json"
    | "page"
    | "cache"
    | "speaker"
    | "speakerClips"
  > {
  /** The one sample, where there is no CSV file. */
  readonly sample: SampleInput;
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "predict",
    does: "Judges samples by a saved model, and says what each modality contributed.",
    options,
    read,
    // The page is written under another name in its folder, and then renamed.
    writes: ({ page, out, cache }) => [
      ...[page, out].filter((path) => path !== undefined).map(dirname),
      cache,
    ],
    // Printed when all are judged: of a file with one bad row nothing is.
    run: async (request) => {
      const said = await predict(request);
      if (said !== "") console.log(said);
    },
  });
}

function read({ text, image, audio, ...rest }: Values<typeof options>): Request {
  const { csv, out, page, video, speakerClips } = rest;
  if (page !== undefined && csv !== undefined) {
    throw new RangeError("Cannot predict: expected --page for one sample, got also --csv");
  }
  if (out !== undefined && csv === undefined) {
    throw new RangeError("Cannot predict: expected --csv with --out, got none");
  }
  if (out !== undefined && !/\.(csv|jsonl)$/i.test(out)) {
    throw new RangeError(`Cannot use --out: expected a file .csv or .jsonl, got "${out}"`);
  }
  if (out !== undefined && resolve(out) === resolve(csv!)) {
    throw new RangeError(`Cannot use --out: expected another file than --csv, got "${out}"`);
  }
  if (speakerClips !== undefined && (csv !== undefined || rest.speaker !== undefined)) {
    throw new RangeError(
      "Cannot use --speaker-clips: expected a single sample without --speaker, got " +
        (csv === undefined ? "--speaker" : "--csv, whose column speaker says whose its clips are"),
    );
  }
  const inputs = { text, image, audio };
  const given = modalities.filter((m) => inputs[m] !== undefined);
  const all = video === undefined ? given : [...given, "video"];
  if (csv !== undefined && all.length > 0) {
    throw new RangeError(`Cannot predict: expected --csv alone, got also --${all.join(", --")}`);
  }
  if (csv === undefined && all.length === 0) {
    throw new RangeError(
      "Cannot predict: expected --text, --image, --audio, --video or --csv, got none",
    );
  }
  return { ...rest, sample: Object.fromEntries(given.map((m) => [m, inputs[m]!])) };
}

async function predict(request: Request): Promise<string> {
  const { csv, out, json, page, cache, abstain, speaker } = request;
  for (const path of [page, out]) {
    if (path === undefined) continue;
    if (await kindOf(dirname(path)) !== "folder") {
      throw new RangeError(`Cannot write "${path}": expected a folder to write in, got none`);
    }
    if (await kindOf(path) === "folder") {
      throw new RangeError(
        `Cannot write "${path}": expected a file or nothing there, got a folder`,
      );
    }
  }
  const isCsv = out?.toLowerCase().endsWith(".csv") ?? false;
  const folder = request.model ?? await findUsualModel();
  const opened = await openModelFolder(folder);
  const openVideo = videoOpener(cache);
  const { description: { encoders: { bySpeaker } } } = opened;
  const rows = csv === undefined
    ? undefined
    : await readTable(csv, opened, { openVideo, spoken: bySpeaker && speaker === undefined });
  if (rows === undefined) assertLearnt(request.sample, opened);
  else if (isCsv) assertUnjudged(rows);
  const sample = await withVideo(request, opened, openVideo);
  const hearsClip = (rows ?? [{ sample }]).some(({ sample: { audio } }) => audio !== undefined);
  if (!hearsClip) assertNobodySpeaks(request);
  const whose = await whoseClips(request, rows);
  const synthetic = isSynthetic(opened.description);
  if (synthetic) console.error(syntheticWarning);
  for (const note of opened.description.encoders.notes ?? []) console.error(note);
  if (bySpeaker && hearsClip) console.error(`Clips are judged under ${bySpeaker.protocol}.`);
  const judged = await judgeAll({ ...request, sample }, { folder, opened, rows, whose });
  if (rows === undefined) assertAnything(judged[0]!, { ...request, sample });
  else for (const line of summary(judged)) console.error(line);
  if (page !== undefined) {
    // Imported when needed: a verdict alone should not wait for what compiles gradients.
    const workflow = await import("../lib/workflow/explain.ts");
    const saved = { ...opened, folder, cache };
    const words = { faithfulness, ...synthetic && { notes: [syntheticWarning] } };
    const { speakerClips } = whose;
    const asked = {
      words,
      ...speaker !== undefined && { speaker },
      ...speakerClips && { speakerClips },
      ...abstain !== undefined && { abstain },
    };
    await writeWhole(page, (await workflow.explain(saved, sample, asked)).page);
  }
  const lines = judged.map((judgement, i) =>
    verdictLine(judgement, rows?.[i], {
      ...{ json: json || out !== undefined, synthetic },
      bySpeaker: bySpeaker?.protocol,
    })
  );
  // In JSON they are with the verdict; of a table they were summed up.
  if (rows === undefined) { for (const note of judged[0]!.notes) console.error(note); }
  if (out === undefined) return lines.join("\n");
  await writeWhole(out, isCsv ? samplesToCsv(rows!, judged) : `${lines.join("\n")}\n`);
  return "";
}

async function judgeAll(
  { sample, cache, abstain }: Request,
  { folder, opened, rows, whose }: {
    readonly folder: string;
    readonly opened: ModelFolder;
    readonly rows: readonly SampleLine[] | undefined;
    readonly whose: SpokenOptions;
  },
): Promise<Judgement[]> {
  const { description: { encoders: records, model: config, outliers }, ...files } = opened;
  const trained = modelFromSafetensors(files.safetensors, {
    path: join(folder, "model.safetensors"),
    config,
  });
  const path = join(folder, reliabilityFile);
  const reliability = files.reliability && reliabilityFromBytes(files.reliability, { path });
  const samples = rows?.map(({ sample }) => sample) ?? [sample];
  const spoken = spokenOf(whose, {
    record: records.bySpeaker,
    bytes: files.speakers,
    path: join(folder, speakersFile),
  });
  const exported = await loadExportedModel(files.onnx);
  const encoders = openInputEncoders(records, { cache, folder });
  try {
    const { show, end } = stepLines();
    const read = rows === undefined
      ? [await encoders.readOne(sample, { spoken })]
      : await encoders.readAll(samples, { nameOf: (i) => `line ${rows[i]!.line}`, spoken });
    const judged: Judgement[] = [];
    for (const of of read) {
      judged.push(await judge(exported, of, trained, { reliability, outliers, abstain }));
      if (rows !== undefined) show("judging", judged.length, read.length);
    }
    end();
    return judged;
  } finally {
    await encoders.dispose();
    await exported.dispose();
  }
}

const syntheticWarning =
  "The model was trained on the embedded corpus, which is synthetic: it knows nothing of real people.";

/** Silence or a plain picture alone can't be judged; on a text of unknown tokens the model abstains. */
function assertAnything({ explanation, notes }: Judgement, { sample, page }: Request): void {
  if (explanation !== null || (sample.text !== undefined && page === undefined)) return;
  throw new RangeError(`Cannot judge: expected something to judge, got ${notes.join("; ")}`);
}

/** What has to be known of a table's verdicts. */
function summary(judged: readonly Judgement[]): string[] {
  const counts = byModality((m) => countInputs(judged.flatMap(({ inputs }) => inputs[m] ?? [])));
  const withheld = judged.filter(({ verdict }) => verdict.label === abstained).length;
  return [
    ...describeInputCounts(counts),
    ...modalities.flatMap((m) => {
      const unlike = judged.filter((judgement) => judgement.unlike.includes(m)).length;
      const { inputs } = counts[m];
      return unlike > 0
        ? [`${m}: ${unlike} of ${inputs} unlike what the model was trained on`]
        : [];
    }),
    ...withheld > 0 ? [`abstained: ${withheld} of ${judged.length}`] : [],
  ];
}

function verdictLine(
  { verdict, explanation, ...told }: Judgement,
  row: SampleLine | undefined,
  { json, synthetic, bySpeaker }: {
    readonly json: boolean;
    readonly synthetic: boolean;
    readonly bySpeaker: string | undefined;
  },
): string {
  if (!json) return verdictToText({ verdict, explanation, ...told }, row?.line);
  const { line, id } = row ?? {};
  return JSON.stringify({
    ...line !== undefined && { line },
    ...id && { id },
    ...explanation,
    ...verdict,
    ...told,
    trainedOnSyntheticData: synthetic,
    ...bySpeaker !== undefined && { bySpeaker },
  });
}

/** The table's samples; what the model has not learnt is said, and not read. */
async function readTable(
  csv: string,
  { description }: ModelFolder,
  { openVideo, spoken = false }: {
    readonly openVideo: OpenVideo;
    /** Whether a column has to say whose its clips are. */
    readonly spoken: boolean | undefined;
  },
): Promise<SampleLine[]> {
  const learnt = learntModalities(description);
  const rows = await readSamples(csv, { from: callerFolder(), learnt, openVideo, spoken });
  if (spoken) assertSpoken(rows, csv);
  const ignored = modalities.filter((m) =>
    !learnt.includes(m) &&
    rows.some(({ names, cells }) =>
      names.some((name, i) => name.toLowerCase() === m && cells[i]!.trim() !== "")
    )
  );
  if (ignored.length > 0) {
    console.error(
      `The model has not learnt ${ignored.join(" and ")}: only ${learnt.join(", ")} is read.`,
    );
  }
  return rows;
}

/** The sample, and of its video what it lacks and the model has learnt. */
async function withVideo(
  { sample, video }: Pick<Request, "sample" | "video">,
  { description }: ModelFolder,
  openVideo: OpenVideo,
): Promise<SampleInput> {
  if (video === undefined) return sample;
  const of = learntModalities(description);
  const whole = await fillFromVideo({ cells: sample, video }, { openVideo, of });
  if (Object.keys(whole).length > 0) return whole;
  throw new RangeError(`Cannot predict: expected ${of.join(", ")} in "${video}", got none`);
}

function assertLearnt(sample: SampleInput, { description }: ModelFolder): void {
  const learnt = learntModalities(description);
  const other = modalities.find((m) => sample[m] !== undefined && !learnt.includes(m));
  if (other === undefined) return;
  throw new RangeError(
    `Cannot predict: expected ${learnt.join(", ")}, which the model has learnt, got --${other}`,
  );
}

const faithfulness =
  "Whether such explanations are faithful, deno task reproduce explanations tests.";

async function findUsualModel(): Promise<string> {
  if (await kindOf(usualModel) !== "nothing") return usualModel;
  throw new RangeError(
    `Cannot predict: expected --model and a folder, got none, and there is no ${usualModel}; ` +
      "deno task train --quick makes a small one in out/quick/model",
  );
}

if (import.meta.main) Deno.exit(await main(Deno.args));
