// What taking a text over changes, as the server plans it.
import type { Problem } from "./types";

export interface Difference {
  place: string;
  kind: "added" | "removed" | "changed" | "moved";
  before: unknown;
  after: unknown;
}
export interface PlanPlace {
  kind: string;
  brandKey: string;
  key: string;
}
export interface Plan {
  steps: { place: PlanPlace; what: "add" | "change" | "retire"; differences: Difference[] }[];
  misfits: { place: PlanPlace; problems: Problem[]; line: number }[];
  same: number;
}
