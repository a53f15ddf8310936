/** What a model takes in, and when it is out of its depth: a section of the model card. @module */

import { describeInputCounts } from "../encoders/input_counts.ts";
import { modalities } from "../modality.ts";
import { printPercent } from "../numbers.ts";
import { givenModalities, type ModelDescription } from "./model_folder.ts";

const windows = {
  trained:
    "The encoders have fixed inputs: the first 56 words of a text, the first 2.4 s of speech in " +
    "a clip, the middle square of an image. What is longer is cut, and `predict` says how much; the " +
    "spectrogram of the spectral path is of the whole clip.",
  mixed:
    "The encoders of text and image have fixed inputs: the first 56 words of a text, the middle square " +
    "of an image. What is longer is cut, and `predict` says how much. A clip is heard whole, in " +
    "windows of 6 s, averaged into segments; the spectrogram of a clip up to 6 s shows its first 4 s, " +
    "of a longer one all of it. Refused are clips of more than 10 minutes.",
  frozen: "The whole text and the whole clip, however long: in windows of 128 tokens and of 6 s, " +
    "averaged into segments. The spectrogram of a clip up to 6 s shows its first 4 s, of a longer one " +
    "all of it. Refused are texts of more than 100,000 characters and clips of more than 10 minutes.",
} as const;

/** The section, in Markdown. */
export function inputsSection(description: ModelDescription): string {
  const { data: { corpora }, encoders, outliers = {} } = description;
  const heard = encoders.choice === "given"
    ? "Features that came with the data, as others extracted them."
    : `${
      windows[
        encoders.choice !== "trained"
          ? "frozen"
          : encoders.audio.choice === "embedded"
          ? "mixed"
          : "trained"
      ]
    }${givenSentence(encoders)} A text of which no token is ` +
      "known, a picture of one colour and silence are not judged.";
  const counts = Object.fromEntries(modalities.map((m) => [m, corpora[m].inputs]));
  const lines = describeInputCounts(counts);
  return [
    "## What it takes in",
    heard,
    lines.length > 0
      ? `Of the samples used:\n\n${lines.map((line) => `- ${line}`).join("\n")}`
      : "",
    leftOut(description),
    Object.keys(outliers).length > 0 ? outlierTable(outliers) : "",
  ].filter((part) => part !== "").join("\n\n");
}

function givenSentence(encoders: ModelDescription["encoders"]): string {
  const given = givenModalities(encoders);
  return given.length === 0
    ? ""
    : ` Features of ${given.join(" and ")} came with the data, and no command makes such of new ` +
      `samples: \`predict\` refuses ${given.join(" and ")}.`;
}

function leftOut({ data: { corpora } }: ModelDescription): string {
  const lines = modalities.flatMap((m) => {
    const { name, excluded = {} } = corpora[m];
    const counts = Object.entries(excluded).map(([reason, count]) => `${count} ${reason}`);
    return counts.length > 0 ? [`- ${m}, ${name}: ${counts.join(", ")}`] : [];
  });
  return lines.length > 0 ? `Left out:\n\n${lines.join("\n")}` : "";
}

function outlierTable(outliers: NonNullable<ModelDescription["outliers"]>): string {
  const rows = modalities.flatMap((m) => {
    const check = outliers[m];
    if (check === undefined) return [];
    const { threshold, validated, tested, falseAlarms } = check;
    return [
      `| ${m} | ${threshold.toFixed(1)} | ${validated} | ${tested} | ` +
      `${printPercent(falseAlarms, 1)} |`,
    ];
  });
  return `\`predict\` says when an input is unlike the training part: the Mahalanobis distance of its frozen
states, averaged over segments, is beyond the 99th percentile of the validation part's. How often that
is a false alarm was counted on the test part. An input within it may be foreign all the same.

| modality | threshold | validation samples | test samples | false alarms |
| --- | --: | --: | --: | --: |
${rows.join("\n")}`;
}
