/** Fails when what a player's phone loads grows past the limit. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 30_000;
const LOADER_LIMIT = 4_000;
const out = new URL("../../../playerdesk/clients/player/", import.meta.url);
const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.endsWith(".map"));
let total = 0;
let loader = 0;
// A phone loads one language.
let words = 0;
for (const file of files) {
  const size = gzipSync(readFileSync(`${file.parentPath ?? file.path}/${file.name}`), { level: 9 }).length;
  if (/^(zh|en)-/.test(file.name)) words = Math.max(words, size);
  else total += size;
  if (file.name === "v1.js") loader = size;
  console.log(String(size).padStart(7), file.name);
}
total += words;
console.log(String(total).padStart(7), `bytes gzip for one player, of ${LIMIT}`);
if (total > LIMIT || loader > LOADER_LIMIT || !loader) {
  console.error("Too big (or the loader is missing): the limits are 30 kB in all and 4 kB for v1.js.");
  process.exit(1);
}
