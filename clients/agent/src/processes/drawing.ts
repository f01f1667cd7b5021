// A process as it is drawn: what the editor does to it. Every function gives a new drawing and leaves the old one alone.
import type { Field } from "./tasks";
import type { FieldEntry } from "@/api/types";

export interface Words {
  zh: string;
  en: string;
}
export interface Party {
  kind: "department" | "queue" | "role" | "person" | "assignee";
  key?: string;
  since?: string;
}
export interface Way {
  to: string;
  key?: string;
  name?: Words;
  when?: Record<string, unknown>;
}
export type StepKind = "task" | "decision" | "split" | "join" | "wait" | "end";
export interface Wait {
  minutes?: number;
  signal?: string;
  /** "step.field": the day or time somebody filled in there. */
  until?: string;
}
export interface Step {
  key: string;
  name: Words;
  kind?: StepKind;
  by?: Party[];
  fields?: Field[];
  deadline?: { minutes: number; calendar?: string };
  escalate?: boolean;
  instruction?: Words;
  stage?: Words;
  tells?: Words;
  next?: Way[];
  back?: string[];
  wait?: Wait;
  resolves?: boolean;
  x?: number;
  y?: number;
}
export interface Design {
  name: Words;
  about?: Words;
  start: string;
  steps: Step[];
}

/** What is written in both languages before somebody finds better words. */
export const firstWords = { first: { zh: "第一步", en: "First step" }, last: { zh: "结束", en: "End" }, button: { zh: "按钮", en: "Button" } };
export const stepKinds: StepKind[] = ["task", "decision", "split", "join", "wait", "end"];
export const kindOf = (step: Step): StepKind => step.kind ?? "task";
export const byPeople = (step: Step): boolean => kindOf(step) === "task" || (kindOf(step) === "wait" && !!step.wait?.signal);

/** What a new process begins with: one step of people, and an end. */
export const begin = (name: Words, first: Words, last: Words): Design => ({
  name, start: "step1", steps: [{ key: "step1", name: first, next: [{ to: "end" }] }, { key: "end", name: last, kind: "end" }],
});

export function freeKey(design: Design, stem: string): string {
  const taken = new Set(design.steps.map((one) => one.key));
  for (let n = 1; ; n++) if (!taken.has(`${stem}${n}`)) return `${stem}${n}`;
}

const withSteps = (design: Design, steps: Step[]): Design => ({ ...design, steps });
export const changeStep = (design: Design, key: string, how: (step: Step) => Step): Design => withSteps(design, design.steps.map((one) => (one.key === key ? how(one) : one)));

/** A new step; behind another it is put into its way on. */
export function addStep(design: Design, kind: StepKind, name: Words, after?: string, at?: { x: number; y: number }): { design: Design; key: string } {
  const key = freeKey(design, kind === "task" ? "step" : kind);
  const before = design.steps.find((one) => one.key === after);
  const fresh: Step = { key, name, ...(kind === "task" ? {} : { kind }), ...(kind === "wait" ? { wait: { minutes: 1440 } } : {}), ...(at ?? {}) };
  if (!before || kindOf(before) === "end") return { design: withSteps(design, [...design.steps, fresh]), key };
  // Several ways stay as they are; a single one is led through the new step.
  const single = before.next?.length === 1 && kindOf(before) !== "split" ? before.next[0] : undefined;
  if (kind !== "end" && single) fresh.next = [{ to: single.to }];
  const next = single && kind !== "end" ? [{ ...single, to: key }] : [...(before.next ?? []), { to: key }];
  const place = design.steps.indexOf(before) + 1;
  const steps = design.steps.map((one) => (one === before ? { ...one, next } : one));
  return { design: withSteps(design, [...steps.slice(0, place), fresh, ...steps.slice(place)]), key };
}

/** Without this step: what led to it leads on to what came after it, if that is one thing. */
export function removeStep(design: Design, key: string): Design {
  const gone = design.steps.find((one) => one.key === key);
  const on = gone?.next?.length === 1 ? gone.next[0]?.to : undefined;
  const steps = design.steps.filter((one) => one.key !== key).map((one) => {
    const next = (one.next ?? []).flatMap((way) => (way.to !== key ? [way] : on && on !== one.key && !one.next?.some((each) => each.to === on) ? [{ ...way, to: on }] : []));
    const back = one.back?.filter((each) => each !== key);
    const { next: _n, back: _b, ...rest } = one;
    return { ...rest, ...(next.length ? { next } : {}), ...(back?.length ? { back } : {}) };
  });
  return { ...design, start: design.start === key ? (on ?? steps[0]?.key ?? "") : design.start, steps };
}

/** An arrow drawn from one step to another; where people choose it is a button. */
export function connect(design: Design, from: string, to: string, button: Words): Design {
  return changeStep(design, from, (step) => {
    if (from === to || kindOf(step) === "end" || step.next?.some((one) => one.to === to)) return step;
    const known = step.next ?? [];
    const buttons = known.some((one) => one.key);
    return { ...step, next: [...known, buttons ? { to, key: wayKey(known), name: button } : { to }] };
  });
}
export function wayKey(known: Way[]): string {
  const taken = new Set(known.map((one) => one.key));
  for (let n = 1; ; n++) if (!taken.has(`way${n}`)) return `way${n}`;
}

export function moveStep(design: Design, key: string, by: 1 | -1): Design {
  const from = design.steps.findIndex((one) => one.key === key);
  const to = from + by;
  if (from < 0 || to < 0 || to >= design.steps.length) return design;
  const steps = [...design.steps];
  steps.splice(to, 0, ...steps.splice(from, 1));
  return withSteps(design, steps);
}

/** The steps of people from which this one can be reached. */
export function earlier(design: Design, key: string): Step[] {
  const found = new Set<string>();
  const ahead = [key];
  while (ahead.length) {
    const at = ahead.pop();
    for (const one of design.steps) {
      if (one.key === at || found.has(one.key) || !one.next?.some((way) => way.to === at)) continue;
      found.add(one.key);
      ahead.push(one.key);
    }
  }
  return design.steps.filter((one) => one.key !== key && found.has(one.key) && kindOf(one) === "task");
}

/** Days and times that earlier steps ask for: a wait may end then. */
export function daysBefore(design: Design, key: string): { value: string; step: Step; field: Field }[] {
  return earlier(design, key).flatMap((step) => (step.fields ?? []).filter((field) => field.kind === "date" || field.kind === "datetime").map((field) => ({ value: `${step.key}.${field.key}`, step, field })));
}

const operators: Record<string, string[]> = {
  choice: ["is", "is_not", "in", "not_in", "is_empty"], text: ["is", "is_not", "contains", "not_contains", "is_empty"],
  number: ["is", "less", "more", "at_least", "at_most", "between", "is_empty"], time: ["before", "after", "between", "is_empty"],
  tags: ["has_any", "has_all", "has_none", "is_empty"], bool: ["is"],
};
const answerKinds: Record<string, string> = {
  choice: "choice", tree: "choice", choices: "tags", file: "tags", number: "number", money: "money", date: "time", datetime: "time", consent: "bool",
};
const ends = (options: Field["options"]): string[] => (options ?? []).flatMap((one) => (one.options?.length ? ends(one.options) : [one.key]));

/** What conditions of this process can ask beyond the ticket: answers of earlier steps, and what was chosen there. */
export function ownFields(design: Design, nameOf: (step: Step, field?: Field) => Words): FieldEntry[] {
  return design.steps.flatMap((step) => {
    const answers = (step.fields ?? []).map((field): FieldEntry => {
      const kind = answerKinds[field.kind] ?? "text";
      return { name: `answer.${step.key}.${field.key}`, kind, label: nameOf(step, field), operators: operators[kind === "money" ? "number" : kind] ?? [], choices: field.options ? ends(field.options) : null };
    });
    const buttons = (step.next ?? []).flatMap((way) => (way.key ? [way.key] : []));
    return buttons.length ? [...answers, { name: `chosen.${step.key}`, kind: "choice", label: nameOf(step), operators: operators.choice ?? [], choices: buttons }] : answers;
  });
}

/** The problem's step: "steps.3.next.0" → the key of the fourth step. */
export function stepAt(design: Design, place: string): string | null {
  const found = /^steps\.(\d+)/.exec(place);
  return found ? (design.steps[Number(found[1])]?.key ?? null) : null;
}
