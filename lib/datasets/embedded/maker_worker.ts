/** A worker that makes faces and clips and writes them. @module */

import { makeItem, type MakerRequest, type MakerResponse } from "./make_item.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<MakerRequest>) => void;
  postMessage(response: MakerResponse): void;
};

scope.onmessage = async ({ data: { number, item } }) => {
  try {
    scope.postMessage({ number, made: await makeItem(item) });
  } catch (error) {
    scope.postMessage({ number, error });
  }
};
