// Conditions as they are written and edited: the JSON tree of the server, and a draft that forms can hold.
import type { FieldEntry } from "@/api/types";

export type Tree = Record<string, unknown>;

export interface LeafDraft {
  kind: "leaf";
  field: string;
  op: string;
  value: unknown;
}
export interface GroupDraft {
  kind: "group";
  any: boolean;
  not: boolean;
  parts: Draft[];
}
export type Draft = LeafDraft | GroupDraft;

const lists = ["choice", "person", "queue", "category", "brand"];
/** One of several is what people mean by "is"; the server's plain "is" is read as a list of one. */
const asList: Record<string, string> = { is: "in", is_not: "not_in" };

/** The operators offered for a field, first the usual one. */
export function operatorsOf(field: FieldEntry): string[] {
  if (lists.includes(field.kind)) return ["in", "not_in", ...field.operators.filter((one) => one === "is_empty")];
  if (field.kind === "bool") return ["is"];
  return field.operators.filter((one) => one !== "in" && one !== "not_in");
}

export function toDraft(tree: Tree): Draft {
  if (typeof tree.field === "string") {
    const [op, value] = Object.entries(tree).find(([key]) => key !== "field") ?? ["is", null];
    return { kind: "leaf", field: tree.field, op, value };
  }
  if (tree.not) {
    const inner = toDraft(tree.not as Tree);
    return inner.kind === "group" ? { ...inner, not: !inner.not } : { kind: "group", any: false, not: true, parts: [inner] };
  }
  const any = Array.isArray(tree.any);
  return { kind: "group", any, not: false, parts: ((any ? tree.any : tree.all) as Tree[]).map(toDraft) };
}

/** The whole tree as a group that can be edited. */
export function toGroup(tree: Tree): GroupDraft {
  const draft = toDraft(tree);
  return draft.kind === "group" && !draft.not ? draft : { kind: "group", any: false, not: false, parts: [draft] };
}

/** Values of a list field always stand in a list, whatever was written. */
export function settled(draft: LeafDraft, field: FieldEntry | undefined): LeafDraft {
  if (!field || !lists.includes(field.kind) || !(draft.op in asList)) return draft;
  return { ...draft, op: asList[draft.op] as string, value: [draft.value] };
}

const blank = (value: unknown) => value === null || value === undefined || value === "" || (Array.isArray(value) && value.every((one) => one === "" || one === null));

/** The tree to send; comparisons whose value is still missing are left out. */
export function toTree(draft: Draft): Tree | null {
  if (draft.kind === "leaf") return blank(draft.value) ? null : { field: draft.field, [draft.op]: draft.value };
  const parts = draft.parts.map(toTree).filter((one) => one !== null);
  if (draft.parts.length && !parts.length) return null;
  const group = draft.any ? { any: parts } : { all: parts };
  return draft.not ? { not: group } : group;
}

export function newLeaf(field: FieldEntry): LeafDraft {
  const op = operatorsOf(field)[0] as string;
  return { kind: "leaf", field: field.name, op, value: firstValue(field, op) };
}

export function firstValue(field: FieldEntry, op: string): unknown {
  if (op === "is_empty" || field.kind === "bool") return true;
  if (op === "within_last" || op === "within_next") return "3d";
  if (op === "between") return field.kind === "time" ? ["today-7d", "now"] : [null, null];
  if (field.kind === "time") return "today";
  return lists.includes(field.kind) || op.startsWith("has_") ? [] : null;
}

/** Every comparison of a tree. */
export function leavesOf(tree: Tree): LeafDraft[] {
  const walk = (draft: Draft): LeafDraft[] => (draft.kind === "leaf" ? [draft] : draft.parts.flatMap(walk));
  return walk(toDraft(tree));
}
