// Segments and tags as their editors have them.
import { useQuery } from "@tanstack/vue-query";
import { api } from "@/api/client";
import type { FieldEntry, Text } from "@/api/types";
import type { Body } from "@/blueprints/types";
import { date, money, number } from "@/kit/formats";
import { say, t } from "@/kit/words";
import { valueName } from "@/tickets/conditionWords";
import type { Tree } from "@/tickets/conditions";
import type { components } from "../../../api/schema";

type Shape = components["schemas"];
type Values = Record<string, unknown>;
export type Trial = Omit<Shape["SegmentTrial"], "sample"> & { sample: (Omit<Shape["SampleLine"], "values"> & { values: Values })[] };
export type Move = Omit<Shape["MoveLine"], "values"> & { values: Values };
export type SegmentStanding = Shape["SegmentStanding"];
export interface SegmentBody { name: Text; if: Tree; description?: Text; tag?: string }
export interface TagBody { name: Text; description?: Text; tone?: string; byHand?: boolean; roles?: string[] }

export const tones = ["gray", "blue", "green", "amber", "red", "violet"];
export const freshSegment = (name: Text = { zh: "", en: "" }): Body => ({ name, if: { all: [{ field: "tier", in: ["high"] }] } });
export const freshTag = (name: Text = { zh: "", en: "" }): Body => ({ name });

export const usePlayerFields = () => useQuery({ queryKey: ["player-fields"], queryFn: () => api.get<{ fields: FieldEntry[] }>("/segments/fields").then((answer) => answer.fields), staleTime: 60_000 });
export const useStandings = () => useQuery({ queryKey: ["segment-standings"], queryFn: () => api.get<{ segments: SegmentStanding[] }>("/segments").then((answer) => answer.segments), staleTime: 2000, refetchInterval: 3000 });
export const useMoves = (key: () => string) => useQuery({ queryKey: ["segment-moves", key], queryFn: () => api.get<{ moves: Move[] }>(`/segments/${encodeURIComponent(key())}/moves`).then((answer) => answer.moves), staleTime: 2000, refetchInterval: 5000 });

/** "近 90 天消费 ¥1,500 · 最近一次登录 11-10": what made somebody fit. */
export function valuesName(values: Values, fields: FieldEntry[]): string {
  return Object.entries(values).map(([name, value]) => {
    const field = fields.find((one) => one.name === name);
    return `${say(field?.label) || name} ${oneName(field, value)}`;
  }).join(" · ");
}
function oneName(field: FieldEntry | undefined, value: unknown): string {
  if (value === null || value === undefined) return t("segments.none");
  if (Array.isArray(value)) return value.length ? value.map((one) => valueName(field, one)).join(t("views.comma")) : t("segments.none");
  if (field?.kind === "time") return date(String(value), "day");
  if (field?.kind === "money") return money(Number(value), "CNY");
  if (field?.kind === "number") return number(Number(value), Number(value) % 1 ? 2 : 0);
  return valueName(field, value);
}
