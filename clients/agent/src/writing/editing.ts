// Marks put into a textarea as if they were typed: the browser's own undo goes on working.

/** Replaces a stretch and puts the cursor behind it, or selects `[from, to]` of what was put in. */
export function replace(box: HTMLTextAreaElement, from: number, to: number, text: string, select?: [number, number]): void {
  box.focus();
  box.setSelectionRange(from, to);
  const typed = text ? document.execCommand("insertText", false, text) : from === to || document.execCommand("delete");
  if (!typed) {
    box.setRangeText(text, from, to, "end");
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  if (select) box.setSelectionRange(from + select[0], from + select[1]);
}

export const insert = (box: HTMLTextAreaElement, text: string): void => replace(box, box.selectionStart, box.selectionEnd, text);

/** Puts marks around what is selected, or takes them away when they are there. */
export function wrapped(text: string, from: number, to: number, mark: string): { from: number; to: number; text: string; select: [number, number] } {
  const n = mark.length;
  const inner = text.slice(from, to);
  if (text.slice(from - n, from) === mark && text.slice(to, to + n) === mark) {
    return { from: from - n, to: to + n, text: inner, select: [0, inner.length] };
  }
  if (inner.length >= 2 * n && inner.startsWith(mark) && inner.endsWith(mark)) {
    return { from, to, text: inner.slice(n, -n), select: [0, inner.length - 2 * n] };
  }
  return { from, to, text: mark + inner + mark, select: [n, n + inner.length] };
}

export function wrap(box: HTMLTextAreaElement, mark: string): void {
  const edit = wrapped(box.value, box.selectionStart, box.selectionEnd, mark);
  replace(box, edit.from, edit.to, edit.text, edit.select);
}

export type LineMark = "- " | "1. " | "> ";
const lineMark = /^(?:- |\d+\. |> )/;

/** The selected lines with a mark before each, or without when all have it. */
export function marked(lines: string[], mark: LineMark): string[] {
  const has = (line: string) => (mark === "1. " ? /^\d+\. /.test(line) : line.startsWith(mark));
  if (lines.every(has)) return lines.map((line) => line.replace(lineMark, ""));
  return lines.map((line, i) => (mark === "1. " ? `${i + 1}. ` : mark) + line.replace(mark === "> " ? /^$/ : lineMark, ""));
}

export function markLines(box: HTMLTextAreaElement, mark: LineMark): void {
  const text = box.value;
  const from = text.lastIndexOf("\n", box.selectionStart - 1) + 1;
  const end = text.indexOf("\n", box.selectionEnd);
  const to = end < 0 ? text.length : end;
  const fresh = marked(text.slice(from, to).split("\n"), mark).join("\n");
  replace(box, from, to, fresh, [fresh.length, fresh.length]);
}

/** What Enter puts in at the end of a list's line: the next point; on an empty point the list ends. Null: nothing special. */
export function nextPoint(before: string): { drop: number; text: string } | null {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const point = /^(\s*)(?:([-*])|(\d{1,3})\.) (.*)$/.exec(line);
  if (!point) return null;
  const [, indent = "", bullet, number, words = ""] = point;
  if (!words.trim()) return { drop: line.length, text: "" };
  return { drop: 0, text: `\n${indent}${bullet ?? `${Number(number) + 1}.`} ` };
}

/** A link around what is selected; a selected address becomes its target. */
export function link(box: HTMLTextAreaElement, words: string): void {
  const [from, to] = [box.selectionStart, box.selectionEnd];
  const inner = box.value.slice(from, to);
  if (/^https?:\S+$/.test(inner)) return replace(box, from, to, `[${words}](${inner})`, [1, 1 + words.length]);
  const text = `[${inner || words}](https://)`;
  replace(box, from, to, text, [text.length - 1, text.length - 1]);
}

export const quoted = (text: string): string => `${text.trim().split("\n").map((line) => `> ${line}`).join("\n")}\n\n`;
