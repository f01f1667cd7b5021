/** Fails when a text is missing in a language, has other placeholders there, or is used but not written. */
import { readdirSync, readFileSync } from "node:fs";

const read = (name) => JSON.parse(readFileSync(new URL(`../src/i18n/${name}.json`, import.meta.url), "utf8"));
const zh = read("zh");
const en = read("en");
const holes = (text) => (text.match(/\{\w+\}/g) ?? []).sort().join();
const problems = [];

for (const key of new Set([...Object.keys(zh), ...Object.keys(en)])) {
  if (!zh[key]) problems.push(`zh lacks "${key}"`);
  if (!en[key]) problems.push(`en lacks "${key}"`);
  if (zh[key] && en[key] && holes(zh[key]) !== holes(en[key])) problems.push(`"${key}" has other placeholders in en than in zh`);
}

const root = new URL("../src/", import.meta.url);
const sources = readdirSync(root, { recursive: true }).filter((name) => /\.tsx?$/.test(name));
const code = sources.map((name) => readFileSync(new URL(name, root), "utf8")).join("\n");
for (const [, key] of code.matchAll(/\bt\(\s*"(\w+)"/g)) if (!(key in zh)) problems.push(`"${key}" is used but not written`);
// Keys made at run time: stages, notices, scores.
for (const key of Object.keys(zh)) {
  if (!/^(stage_|notice_|score\d)/.test(key) && !code.includes(`"${key}"`)) problems.push(`"${key}" is never used`);
}

if (problems.length) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`${Object.keys(zh).length} texts in zh and en`);
