// "@林若曦" on the screen, "[@林若曦](person:3)" in what is stored: names are for people, numbers for the desk.
import type { Id } from "@/api/types";
import { say } from "@/kit/words";
import { useDirectory } from "@/staff/directory";
import { me } from "@/staff/session";

export interface Called {
  kind: "person" | "queue";
  id: Id;
  name: string;
  /** As it is typed: the name, with the number where two share it. */
  label: string;
}

/** Everybody and every team that can be called. */
export function callable(): Called[] {
  const { directory } = useDirectory();
  const people = (directory.value?.people ?? []).filter((one) => one.id !== me.value?.id);
  const all: Called[] = [
    ...people.map((one) => ({ kind: "person" as const, id: one.id, name: one.name, label: one.name })),
    ...(directory.value?.queues ?? []).map((one) => ({ kind: "queue" as const, id: one.id, name: say(one.name), label: say(one.name) })),
  ];
  const seen = new Map<string, number>();
  all.forEach((one) => seen.set(one.name, (seen.get(one.name) ?? 0) + 1));
  return all.map((one) => ((seen.get(one.name) ?? 0) > 1 ? { ...one, label: `${one.name}#${one.id}` } : one));
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The text with each "@name" made into what the desk understands; the longest name wins. */
export function withMentions(text: string, known: Called[]): string {
  if (!text.includes("@") || !known.length) return text;
  const byLabel = new Map(known.map((one) => [one.label, one]));
  const labels = [...byLabel.keys()].sort((a, b) => b.length - a.length).map(escaped);
  return text.replace(new RegExp(`(?<![\\w@\\[])@(${labels.join("|")})`, "g"), (whole, label: string) => {
    const one = byLabel.get(label);
    return one ? `[@${one.name.replace(/[[\]]/g, "")}](${one.kind}:${one.id})` : whole;
  });
}
