import { number, percent, span } from "@/kit/formats";
import type { FigureKind } from "./board";

/** A figure as people read it; an em dash where nothing was measured yet. */
export function figureText(value: number | null | undefined, kind: FigureKind): string {
  if (value === null || value === undefined) return "—";
  if (kind === "seconds") return span(Math.round(value));
  if (kind === "percent") return percent(value);
  return kind === "score" ? number(value, 2) : number(value);
}
