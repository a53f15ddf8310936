/** What of a network's outputs is taken for the features of images. @module */

import { type NetworkOutput, statesOf } from "./model_output.ts";

/** Features of `count` images, `[count, channels, height, width]`. */
export interface ImageOutput {
  readonly data: Float32Array;
  readonly count: number;
  readonly channels: number;
  /** 1 of pooled features. */
  readonly height: number;
  /** Likewise. */
  readonly width: number;
  /** Whether the network has averaged over places itself. */
  readonly isPooled: boolean;
}

/** Names under which exports have pooled features, `[count, channels]`, the likeliest first. */
const pooledNames = ["last_hidden_state", "pooler_output", "image_embeds"] as const;

/**
 * The feature map that a network gives as `last_hidden_state`, or else its pooled features:
 * `last_hidden_state`, `pooler_output` or `image_embeds` of two axes. Class scores are refused: under
 * another name, as `logits`, or as many as `config.json` names classes.
 *
 * @throws {RangeError} There is neither, or it is not `width` wide.
 */
export function imageOutput(
  given: Readonly<Record<string, NetworkOutput | undefined>>,
  { model, width, config }: {
    /** For errors. */
    readonly model: string;
    readonly width?: number | undefined;
    /** What `config.json` says. */
    readonly config: object;
  },
): ImageOutput {
  const output = given.last_hidden_state?.dims.length === 4
    ? undefined
    : pooledNames.find((name) => given[name]?.dims.length === 2);
  const rank = output === undefined ? 4 : 2;
  const { data, dims } = statesOf(given, {
    ...{ model, rank, widthAxis: 1, width },
    ...output && { output },
    alternative: `of 2 (pooled features; or as ${pooledNames.slice(1).join(", ")})`,
  });
  const [count, channels, rows = 1, columns = 1] = dims as [number, number, number?, number?];
  const classes = Object.keys((config as { id2label?: object }).id2label ?? {}).length;
  if (output !== undefined && classes === channels) {
    throw new RangeError(
      `Cannot use ${model}: expected features, got ${output} [${dims}], as many as config.json ` +
        "names classes: an export with the classifier's head",
    );
  }
  return { data, count, channels, height: rows, width: columns, isPooled: output !== undefined };
}
