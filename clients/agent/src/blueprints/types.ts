// The shapes of the store of documents, as its routes give them.
import type { components } from "../../../api/schema";

type Shape = components["schemas"];

export type Body = Record<string, unknown>;
export type Problem = Shape["Problem"];
export type Version = Shape["BlueprintVersion"];
export type Standing = Omit<Shape["BlueprintState"], "body"> & { body: Body };
export type Opened = { blueprint: { standing: Standing; published: Body | null; versions: Version[] }; problems: Problem[] };
export type Entry = { standing: Standing; title: Shape["Text"] };

/** Which document: `brandKey` is empty for one of every brand. */
export interface Place {
  kind: string;
  brandKey: string;
  key: string;
}

/** What a colleague did meanwhile: what she made of it, and from which revision one would go on. */
export interface Clash {
  byId: number | null;
  at: string;
  revision: number;
  theirs: Body | null;
}

/** `brands` of "-" stand for every brand in addresses. */
export const pathOf = (place: Place): string => `/blueprints/${place.kind}/${place.brandKey || "-"}/${encodeURIComponent(place.key)}`;

export const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The same content; the order of an object's names does not matter. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null || Array.isArray(one) !== Array.isArray(other)) return false;
  const [a, b] = [one as Body, other as Body];
  const names = Object.keys(a).filter((name) => a[name] !== undefined);
  return names.length === Object.keys(b).filter((name) => b[name] !== undefined).length && names.every((name) => same(a[name], b[name]));
}
