/** The model card: what a model is, what it was taught, how well it did, and what it is not for. @module */

import { splitNotes } from "../datasets/given_split.ts";
import { modalities } from "../modality.ts";
import { printNumber } from "../numbers.ts";
import { otherThanPolarities, polarities } from "../target.ts";
import { givenModalities, learntModalities, type ModelDescription } from "./model_folder.ts";
import { inputsSection } from "./card_inputs.ts";
import { speakersSection } from "./card_speakers.ts";
import { cardHeader, isSynthetic } from "./model_metadata.ts";
import { verdictScores } from "./verdict_scores.ts";
import { fewestToCalibrate } from "./verdict_temperature.ts";

/** The picture of a model's training, in its folder. */
export const curvesFile = "training.svg";

/**
 * The `README.md` of a model folder, in Markdown. Everything in it is in `config.json` too, but the
 * picture of the training, which is shown where the folder has one: `curves`.
 */
export function modelCard(
  description: ModelDescription,
  { curves = false }: { readonly curves?: boolean } = {},
): string {
  const sections = [
    cardHeader,
    intro,
    use,
    python,
    data,
    inputsSection,
    speakersSection,
    scores,
    calibration,
    ...curves ? [training] : [],
    limits,
    files,
    made,
  ];
  const written = sections.map((section) => section(description)).filter((text) => text !== "");
  return `${written.join("\n\n")}\n`;
}

function intro(description: ModelDescription): string {
  const { model, model: { width, heads }, bestEpoch, encoders } = description;
  const { choice, audio, context } = encoders;
  const paths = model.inputs.audio.frames !== undefined
    ? "with two audio paths joined by a gate"
    : "with the contextual audio path alone";
  const given = choice === "given" ? [] : givenModalities(encoders);
  const beside = given.length > 0 ? ` and features of ${given.join(" and ")} that were given` : "";
  const source = choice === "given"
    ? `features that were given, ${paths}`
    : `${
      choice !== "trained"
        ? "frozen encoders"
        : audio.choice === "embedded"
        ? "trained encoders of text and image and a frozen one of speech"
        : "encoders that were trained"
    }${beside}, ${paths}`;
  const neighbours = context
    ? ` Beside a row it reads its ± ${context} neighbours in their group, and \`predict\`, which has none, refuses it.`
    : "";
  const warning = isSynthetic(description)
    ? "\n\n**Trained on the embedded corpus, which is synthetic.** Its sentences, faces and clips are " +
      "drawn by a program: the model shows that the code learns, and knows nothing of real people."
    : "";
  return `# Trivalence model

Judges a text, an image and a speech clip, or any of them, ${judges(model)}. Hierarchical
cross-modal attention over ${source}, after Vamsidhar
et al. (2025); width ${width}, ${heads} heads, kept from epoch ${bestEpoch}.${neighbours}${warning}`;
}

function judges({ target = polarities }: ModelDescription["model"]): string {
  if (target.kind === "score") return `with a score from ${target.low} to ${target.high}`;
  const isUsual = otherThanPolarities(target) === undefined;
  return `as ${(isUsual ? target.classes.toReversed() : target.classes).join(" or ")}`;
}

function use(description: ModelDescription): string {
  const { encoders } = description;
  const learnt = learntModalities(description);
  return `## Intended use

Research on multimodal sentiment analysis, its evaluation and its explanation.

${origin(encoders)}

| for | encoder | segments | digest |
| --- | --- | --: | --- |
${
    ([...modalities, "spectral"] as const).flatMap((name) => {
      const record = encoders[name];
      const m = name === "spectral" ? "audio" : name;
      // Of what nothing was learnt, nothing is encoded.
      if (record === undefined || !learnt.includes(m)) return [];
      const use = name === "spectral" ? "audio, spectral path" : name;
      return [
        `| ${use} | ${record.id} | ${record.segments} | \`${record.digest.slice(0, 16)}…\` |`,
      ];
    }).join("\n")
  }
${(encoders.notes ?? []).map((note) => `\n${note}.\n`).join("")}
Not for decisions about people: emotion that is shown, and labels of it, are not what somebody feels.`;
}

function origin({ choice }: ModelDescription["encoders"]): string {
  if (choice === "given") {
    return "The features were given, not made here: no command makes such of new samples. A program " +
      "that has more of them runs `model.onnx`. They are these, by the digest of their samples:";
  }
  return `    deno task predict --model DIR --text "…" --image FILE --audio FILE

The features come from these encoders, by the digest that \`predict\` asks for:`;
}

function python({ model: { target }, encoders }: ModelDescription): string {
  const output = target?.kind === "score" ? "score" : "probability";
  return `## In Python

\`model.onnx\` takes the encoders' features of a batch of any size, not standardised (that is
inside${
    encoders.bySpeaker ? "; what is of audio comes normalised by speaker" : ""
  }), and \`in/presence\`, which is 1 for each of text, image, audio that is to be looked at.
What each input holds is in the file's metadata. With \`numpy\` and \`onnxruntime\`, in this folder:

\`\`\`python
import json
import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession("model.onnx")
for name, meaning in json.loads(session.get_modelmeta().custom_metadata_map["inputs"]).items():
    print(name, meaning)

# Made-up features of one sample, twice: once all of it is looked at, once the text alone.
check = json.load(open("check.json"))
features = {
    name: np.repeat(np.float32(x["data"]).reshape(x["shape"]), 2, axis=0)
    for name, x in check["inputs"].items()
}
features["in/presence"] = np.float32([[1, 1, 1], [1, 0, 0]])
[verdicts] = session.run(["out/${output}/unified"], features)
print(verdicts)
\`\`\``;
}

function data({ data: { label, hash, corpora, split }, protocol }: ModelDescription): string {
  const ofRows = protocol === "natural" ? "group of rows" : "group";
  const division = split?.leaks
    ? "**Parts share samples or groups, and the scores below may flatter.**"
    : protocol === "natural" || split !== undefined
    ? `Parts share no ${ofRows}.`
    : "Parts share no normalised text, no image and no actor.";
  const notes = split === undefined ? [] : splitNotes(split).map((note) => `\n- ${note}`);
  const rows = modalities.map((m) => {
    const { name, used, train, validation, test } = corpora[m];
    return `| ${m} | ${name} | ${used} | ${train} | ${validation} | ${test} |`;
  });
  return `## Data

${label === "embedded" ? "The embedded corpus" : `\`${label}\``}, hash \`${hash.slice(0, 16)}…\`.

| modality | corpus | used | training | validation | test |
| --- | --- | --: | --: | --: | --: |
${rows.join("\n")}

${division} The emotions' valence is in \`config.json\`.${notes.length > 0 ? "\n" : ""}${
    notes.join("")
  }`;
}

function scores(
  { scores, protocol, seed, model: { target }, encoders: { bySpeaker } }: ModelDescription,
): string {
  const named = verdictScores(target);
  const rows = scores.map((score) => {
    const numbers = named.map(({ name }) => printNumber(score[name]));
    return `| ${score.exam ?? score.head} | ${score.shown.join(", ")} | ${score.tested} | ${
      numbers.join(" | ")
    } |`;
  });
  const of = protocol === "natural" ? "of rows" : "head";
  return `## Scores on the test part

Protocol \`${protocol}\`, seed ${seed}; read once, after training.${
    bySpeaker ? ` Under ${bySpeaker.protocol}.` : ""
  }

| ${[of, "shown", "tested", ...named.map(({ title }) => title)].join(" | ")} |
| --- | --- | ${Array<string>(named.length + 1).fill("--:").join(" | ")} |
${rows.join("\n")}

${meanings[protocol]}`;
}

const meanings: Readonly<Record<ModelDescription["protocol"], string>> = {
  label:
    "Under the protocol `label` a text, an image and a clip of one label form a triple, drawn from " +
    "corpora that share no samples. Given the label the three are independent, so that adding up " +
    "their evidence is enough for scores above any single modality's: they prove nothing about " +
    "attention across modalities.",
  single:
    "Under the protocol `single` the model is shown one modality at a time and judged by its head. " +
    "It has never seen two together: a verdict on several is beyond what was trained and tested.",
  natural:
    "Under the protocol `natural` the model is shown rows whose text, image and clip belong " +
    "together, as far as a row has them, and also one modality of them at a time.",
};

function calibration({ calibration = {} }: ModelDescription): string {
  const rows = Object.entries(calibration).map(([shown, record]) => {
    const { temperature, fitted, tested, before, after } = record;
    const numbers = [temperature, before, after].map((value, i) => printNumber(value, i ? 3 : 2));
    return `| ${[shown.replaceAll("+", " + "), fitted, numbers[0], tested].join(" | ")} | ` +
      `${numbers.slice(1).join(" | ")} |`;
  });
  if (rows.length === 0) return "";
  return `## Calibration

\`predict\` and the page of \`serve\` give a probability as the model says it and, under
\`calibrated\`, as its temperature T makes of it: p to the power of 1 / T, divided by the sum over
classes. T is of the modalities that are shown, fitted on the validation part by log loss; with fewer than
${fewestToCalibrate} samples there, or without one of each class, there is none. The expected calibration
error (0 is calibrated) is of the test part, which had no say in it.

| shown | validation samples | T | tested | error before | after |
| --- | --: | --: | --: | --: | --: |
${rows.join("\n")}`;
}

function limits(description: ModelDescription): string {
  const synthetic = isSynthetic(description)
    ? "\n- Not to be used on anything but the embedded corpus, except to see how it fails."
    : "";
  return `## Limits

- ${learns(description)}
- One seed: scores vary with the seed and the split.
- Contributions are Shapley values of this model's log-odds, against the answer with every mask 0.
  They explain the model, not the person.
- Heads read the joint embedding, so one modality's head is also moved by the others.${synthetic}`;
}

function learns({ model: { target = polarities }, calibration }: ModelDescription): string {
  if (target.kind === "score") return "Scores have no interval, and end at the ends of the range.";
  const count = otherThanPolarities(target) === undefined
    ? "Two classes, no neutral one"
    : `${target.classes.length} classes, and nothing but these`;
  return calibration === undefined
    ? `${count}; the probabilities are not calibrated.`
    : `${count}; \`probability\` is not calibrated, \`calibrated\` is for data like these alone.`;
}

function training({ bestEpoch }: ModelDescription): string {
  return `## Training

![Loss and accuracy of each epoch, on training and validation](${curvesFile})

The dot is epoch ${bestEpoch}, whose parameters these are; \`history.csv\` has the numbers.`;
}

function files({ encoders, outliers }: ModelDescription): string {
  const own = encoders.choice === "trained"
    ? "\n- `encoders/`: the encoders that were trained from raw inputs, and what they have met."
    : "";
  return `## Files

- \`model.onnx\`: the forward pass, opset 18.
- \`model.safetensors\`: parameters by name, and the standardisation of the features.
- \`config.json\`: configuration, encoders, data, scores, versions, SHA-256 of the two files above${
    outliers ? " and of the next" : ""
  }.${
    outliers
      ? "\n- `reliability.safetensors`: what is unlike the training part, how certain verdicts on the" +
        "\n  validation part are, by which `predict --abstain` withholds, and what calibrates them."
      : ""
  }
${
    encoders.bySpeaker
      ? "- `speakers.safetensors`: statistics of the speakers of training and validation.\n"
      : ""
  }- \`met.json\`: digests of the samples and groups of training and validation.
- \`history.csv\`: of each epoch the steps done, the losses, the accuracy on validation, the learning
  rate of its last step, and whether it was kept; \`${curvesFile}\` draws it.
- \`test.csv\`: the verdict on each sample of the test part, and digests of the sample and its group.
- \`check.json\`: made-up features and what the model says of them, to compare another runtime with.${own}`;
}

function made({ versions, commit, arithmetic }: ModelDescription): string {
  const with_ = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
  const on = arithmetic
    ? `, its training executed by ${arithmetic.kind} (${arithmetic.digest})`
    : "";
  return `Made with ${with_}${on}${commit === null ? "" : `, commit ${commit.slice(0, 12)}`}.`;
}
