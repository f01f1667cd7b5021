// The shapes of the tier model and of the doors of channels.
import type { Text } from "@/api/types";

export interface Privilege {
  key: string;
  name: Text;
  detail: Text;
}
export interface TierService {
  name: Text;
  headStartSeconds: number;
  manager: boolean;
  selfServiceFirst: boolean;
  privileges: Privilege[];
}
export interface Model {
  windowDays: number;
  currency: string;
  thresholds: Record<string, { high: number; mid: number; low: number }>;
  tiers: Record<string, TierService>;
}
export interface DoorRow {
  channel: string;
  tier: string | null;
  open: boolean;
  calendar: string | null;
  mostWaiting: number | null;
  instead: Text | null;
}
export interface Doors {
  doors: DoorRow[];
}
export const tiers = ["high", "mid", "low", "none"] as const;
export const doorChannels = ["chat", "game"] as const;

/** A key nobody has yet. */
export function freeKey(taken: string[], word: string): string {
  for (let n = taken.length + 1; ; n += 1) if (!taken.includes(`${word}-${n}`)) return `${word}-${n}`;
}
