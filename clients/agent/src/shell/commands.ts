// What the palette (⌘/Ctrl+K) can do besides keys, lists and settings pages. A part of the desk that has commands says
//   const stop = provideCommands((text) => macros.value.map((one) => ({ id: `macro-${one.id}`, … })));
// while it is on screen (call `stop` on unmount), or once for good from a module that is always loaded. A source is
// asked again when the text or anything it reads changes; the palette filters its answers by label, hint and words.
import { shallowReactive } from "vue";

export interface Command {
  /** Unique over all sources. */
  id: string;
  label: string;
  icon: string;
  /** Under which heading it stands; `palette.group.<name>` in the words of the palette. */
  group: "actions" | "tickets" | "players" | "people" | "lists" | "categories" | "macros" | "settings" | "articles";
  /** Said beside the label, in small letters. */
  hint?: string;
  /** The key that does the same, as in keyList.ts. */
  key?: string;
  /** What else it is found by: a pinyin, an old name. */
  words?: string;
  /** The source has filtered already: shown whatever was typed. */
  found?: boolean;
  run: () => void;
}
export type CommandSource = (text: string) => Command[];

// A page that comes while the palette is open brings its commands into it.
const sources = shallowReactive(new Set<CommandSource>());

/** Adds a source; the returned function takes it away again. */
export function provideCommands(source: CommandSource): () => void {
  sources.add(source);
  return () => void sources.delete(source);
}

export const broughtAlong = (text: string): Command[] => [...sources].flatMap((source) => source(text));
