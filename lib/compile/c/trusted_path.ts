/** Whether anybody but this user could put another file in the place of one. @module */

import { dirname, join } from "node:path";
import { NoExecutor } from "./no_executor.ts";

/**
 * Refuses a path on which another user could exchange something: every folder, every link and the end
 * have to be of this user or of root, and writable for no others. A folder like `/tmp`, in which nobody
 * may move what is another's, will do on the way. A group that has the user's own number is the user's
 * alone.
 *
 * @param user Unless known, whose folders are is not looked at.
 * @throws {NoExecutor} With what would mend it.
 */
export async function assertTrusted(path: string, user: number | undefined): Promise<void> {
  let at = "/", links = 0;
  const ahead = partsOf(path);
  assertNotOthers(at, await infoOf(at), user);
  for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
    if (name === "..") {
      at = dirname(at);
      continue;
    }
    const here = join(at, name);
    const info = await infoOf(here);
    if (info.isSymlink) {
      if (++links > 40) throw new NoExecutor(`${path} has too many links`);
      assertOwner(here, info, user);
      const target = await Deno.readLink(here);
      if (target.startsWith("/")) at = "/";
      ahead.unshift(...partsOf(target));
      continue;
    }
    assertNotOthers(here, info, user);
    at = here;
  }
}

function partsOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

async function infoOf(path: string): Promise<Deno.FileInfo> {
  const { state } = await Deno.permissions.query({ name: "read", path });
  if (state === "granted") return await Deno.lstat(path);
  throw new NoExecutor(
    `no permission to see who may write to ${path}, which --allow-read gives`,
  );
}

function assertOwner(path: string, { uid }: Deno.FileInfo, user: number | undefined): void {
  if (uid === 0 || user === undefined || uid === user) return;
  throw new NoExecutor(`${path} belongs to another user`);
}

function assertNotOthers(path: string, info: Deno.FileInfo, user: number | undefined): void {
  assertOwner(path, info, user);
  const mode = info.mode ?? 0;
  const isKept = info.isDirectory && (mode & 0o1000) !== 0;
  const isGroups = (mode & 0o020) !== 0 && info.gid !== 0 && info.gid !== info.uid;
  if (isKept || (mode & 0o002) === 0 && !isGroups) return;
  throw new NoExecutor(
    `others may write to ${path} (mode ${(mode & 0o777).toString(8)}); chmod go-w mends it`,
  );
}
