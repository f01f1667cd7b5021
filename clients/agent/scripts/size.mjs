// Prints what each page of the built workspace weighs (gzip) and fails when one is over its budget.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("../../../playerdesk/clients/agent/", import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}.vite/manifest.json`, "utf8"));
const kb = 1000;
const firstBudget = 200 * kb;
const pageBudget = 60 * kb;

/** The files a page needs: its own and everything it imports at once. */
function files(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const css of chunk.css ?? []) found.add(css);
  for (const next of chunk.imports ?? []) files(next, found);
  return found;
}
const weigh = (names) => [...names].reduce((sum, name) => sum + gzipSync(readFileSync(root + name), { level: 9 }).length, 0);
const show = (name, bytes, budget) =>
  console.log(`${name.padEnd(28)} ${(bytes / kb).toFixed(1).padStart(7)} kB of ${budget / kb} ${bytes > budget ? "OVER" : "ok"}`);

const first = new Set(["index.html", "src/staff/SignInPage.vue", "src/shell/Frame.vue", "src/tickets/DeskPage.vue"].flatMap((key) => [...files(key)]));
let over = false;
const check = (name, names, budget) => {
  const bytes = weigh(names);
  over ||= bytes > budget;
  show(name, bytes, budget);
};
check("sign-in + list (first paint)", first, firstBudget);
for (const key of Object.keys(manifest).filter((one) => manifest[one].isDynamicEntry)) {
  const extra = [...files(key)].filter((name) => !first.has(name));
  if (extra.length) check(`+ ${key.replace("src/", "")}`, extra, pageBudget);
}
process.exit(over ? 1 : 0);
