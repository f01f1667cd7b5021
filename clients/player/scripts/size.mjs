/** Fails when what a player's phone loads grows past the limits: what opens, and what asking and rating need besides. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 30_000;
const FORM_LIMIT = 8_000;
const LOADER_LIMIT = 4_000;
const out = new URL("../../../playerdesk/clients/player/", import.meta.url);
const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.endsWith(".map"));
let total = 0;
let loader = 0;
let form = 0;
// A phone loads one language.
let words = 0;
for (const file of files) {
  const size = gzipSync(readFileSync(`${file.parentPath ?? file.path}/${file.name}`), { level: 9 }).length;
  // Comes once the first screen stands; the preview never comes to a player.
  if (/^Form-/.test(file.name)) form = size;
  else if (/^(zh|en)-/.test(file.name)) words = Math.max(words, size);
  else if (!/^preview-/.test(file.name)) total += size;
  if (file.name === "v1.js") loader = size;
  console.log(String(size).padStart(7), file.name);
}
total += words;
console.log(String(total).padStart(7), `bytes gzip to open, of ${LIMIT}`);
console.log(String(form).padStart(7), `bytes gzip more to ask and to rate, of ${FORM_LIMIT}`);
if (total > LIMIT || form > FORM_LIMIT || loader > LOADER_LIMIT || !loader || !form) {
  console.error("Too big (or a part is missing): the limits are 30 kB to open, 8 kB to ask and to rate and 4 kB for v1.js.");
  process.exit(1);
}
