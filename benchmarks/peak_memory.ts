/** The most memory that this process has had. @module */

/** Of all its memory, native included, in MB of a million bytes; on Linux only. */
export async function peakMegabytes(): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status");
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024 / 1e6);
}
