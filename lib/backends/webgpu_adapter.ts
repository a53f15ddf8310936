/** Which adapters of WebGPU are worth using. @module */

/** What WebGPU says of an adapter. */
export interface AdapterInfo {
  /** The driver's name of it. */
  readonly description: string;
  /** Whether the runtime knows that it is software. */
  readonly isFallbackAdapter?: boolean;
}

// Rasterisers that run on the processor, by the names in their descriptions.
const software = /llvmpipe|lavapipe|swiftshader|basic render|software/i;

/** Why the adapter found, if any, is not to be used; undefined where it is. */
export function reasonAgainstAdapter(
  adapter: AdapterInfo | undefined,
  { alone }: { readonly alone: boolean },
): string | undefined {
  if (adapter === undefined) return "WebGPU has no adapter: no GPU, or no driver for it";
  if (alone || !(adapter.isFallbackAdapter || software.test(adapter.description))) return undefined;
  return `the only adapter is software (${adapter.description}); ask for webgpu alone to use it`;
}
