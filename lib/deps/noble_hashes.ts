/** Noble's hashes: SHA-256 where the runtime has none that answers at once, as browsers. @module */

export { sha256 } from "npm:@noble/hashes@2.4.0/sha2.js";
