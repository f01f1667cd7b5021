import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { callIt, locale, t } from "@/kit/words";
import en from "@/words/en";
import zh from "@/words/zh-CN";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") found.set(path + key, value);
    else for (const [below, text] of flat(value, `${path}${key}.`)) found.set(below, text);
  }
  return found;
}
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((one) => one[1]).sort();
// Where one thing is said otherwise than several, both forms must hold.
const forms = (text: string) => text.split("¦");

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "words" ? [] : sources(path);
    return /\.(vue|ts)$/.test(entry.name) ? [path] : [];
  });
}

// A part that is downloaded later brings its own words, under its name.
const parts = import.meta.glob<{ default: Tree }>(["../src/words/*/*.ts", "!**/{index,desk,pages}.ts"], { eager: true });
const whole = (first: unknown, language: string) => {
  const found = flat(first as Tree);
  for (const [path, part] of Object.entries(parts)) {
    const [, spoken, name] = /words\/([^/]+)\/([^/]+)\.ts$/.exec(path) ?? [];
    if (spoken === language) for (const [key, text] of flat(part.default, `${name}.`)) found.set(key, text);
  }
  return found;
};
const chinese = whole(zh, "zh-CN");
const english = whole(en, "en");

test("both languages have the same keys, none of them empty", () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  expect([...english, ...chinese].filter(([, text]) => !text.trim())).toEqual([]);
});

test("both languages fill in the same values", () => {
  const different = [...chinese].filter(([key, text]) => forms(english.get(key) ?? "").some((form) => String(placeholders(text)) !== String(placeholders(form))));
  expect(different).toEqual([]);
});

test("every key a screen asks for exists", () => {
  const keys = [...chinese.keys()];
  const missing: string[] = [];
  for (const path of sources("src")) {
    const source = readFileSync(path, "utf8");
    for (const [, key] of source.matchAll(/\bt\(\s*"([\w.]+)"/g)) {
      if (!chinese.has(key as string)) missing.push(`${path}: ${key}`);
    }
    // `view.${kind}`: at least the branch must be there.
    for (const [, branch] of source.matchAll(/\bt\(\s*`([\w.]+)\$\{/g)) {
      if (!keys.some((key) => key.startsWith(branch as string))) missing.push(`${path}: ${branch}…`);
    }
  }
  expect(missing).toEqual([]);
});

test("no Chinese or hard-coded sentence hides in a screen", () => {
  const hidden = sources("src").filter((path) => path.endsWith(".vue") && /[\u4e00-\u9fff]/.test(readFileSync(path, "utf8").replace(/\/\/.*|<!--[\s\S]*?-->/g, "").replace("简体中文", "")));
  expect(hidden).toEqual([]);
});

test("one is said otherwise than several where a text has both forms", () => {
  callIt("test.players", { zh: "{n} 人", en: "{n} player¦{n} players" });
  const said = () => [0, 1, 2].map((n) => t("test.players", { n }));
  expect(said()).toEqual(["0 人", "1 人", "2 人"]);
  locale.value = "en";
  expect(said()).toEqual(["0 players", "1 player", "2 players"]);
  locale.value = "zh-CN";
});
