// The shapes of the agent API, written by hand until they are generated from the OpenAPI document.

export type Id = number;
export type Iso = string;
export type Tier = "high" | "mid" | "low" | "none";
export type Status = "new" | "open" | "pending" | "hold" | "resolved" | "closed";
export type Priority = 0 | 1 | 2 | 3;
export type ClockKind = "first" | "next" | "resolution";
export type PresenceState = "online" | "busy" | "break" | "offline";
export type Role = "agent" | "vip_manager" | "lead" | "admin";
export type Locale = "zh-CN" | "en";

export interface Text {
  zh: string;
  en: string;
}

export interface FileInfo {
  id: string;
  name: string;
  mediaType: string;
  size: number;
  width: number | null;
  height: number | null;
  url: string;
  thumbnailUrl: string | null;
}

export interface TicketRow {
  id: Id;
  brandId: Id;
  playerId: Id;
  channel: string;
  live: boolean;
  categoryId: Id | null;
  subject: string;
  language: string;
  status: Status;
  priority: Priority;
  tier: Tier;
  queueId: Id | null;
  assigneeId: Id | null;
  assignedAt: Iso | null;
  playerName: string;
  serverKey: string | null;
  serverName: string | null;
  characterName: string | null;
  preview: string;
  lastAuthor: "player" | "staff" | "system";
  lastMessageAt: Iso;
  waitingSince: Iso | null;
  rankAt: Iso;
  seq: number;
  publicSeq: number;
  staffUnread: number;
  playerUnread: number;
  dueAt: Iso | null;
  dueKind: ClockKind | null;
  warnAt: Iso | null;
  breached: boolean;
  escalatedAt: Iso | null;
  firstResponseAt: Iso | null;
  resolvedAt: Iso | null;
  reopened: number;
  rating: number | null;
  createdAt: Iso;
  updatedAt: Iso;
}

export interface TicketDetail extends TicketRow {
  fields: Record<string, unknown>;
  solution: string | null;
  publicCount: number;
  playerRead: number;
  staffRead: number;
  roleId: string | null;
}

export interface Change {
  what: string;
  from?: unknown;
  to?: unknown;
  [more: string]: unknown;
}

export interface Entry {
  ticketId: Id;
  seq: number;
  number: number | null;
  id: Id;
  kind: "message" | "note" | "change";
  author: "player" | "staff" | "system";
  authorId: Id | null;
  body: string;
  attachments: FileInfo[];
  change: Change | null;
  clientKey: string | null;
  createdAt: Iso;
}

export interface Clock {
  kind: ClockKind;
  state: "running" | "paused" | "met" | "breached";
  targetSeconds: number;
  dueAt: Iso | null;
  warnAt: Iso | null;
  endedAt: Iso | null;
  calendar: Text;
}

export interface TicketPage {
  rows: TicketRow[];
  next: string | null;
  cursor: string;
}

export interface OpenTicket {
  ticket: TicketDetail;
  entries: Entry[];
  clocks: Clock[];
  viewers: Id[];
  cursor: string;
}

export interface EntriesSince {
  ticket: TicketRow;
  entries: Entry[];
  clocks: Clock[];
}

export interface PlayerCard {
  id: Id;
  name: string;
  language: string;
  tier: Tier;
  tierSince: Iso;
  tierReason: { windowDays?: number; spentMinor?: number; currency?: string; rule?: string };
  vipManagerId: Id | null;
  spent30dMinor: number;
  spent90dMinor: number;
  spentTotalMinor: number;
  currency: string;
  lastPurchaseAt: Iso | null;
  lastSeenAt: Iso | null;
  registeredAt: Iso | null;
  styleNote: string;
  identities: { kind: string; issuer: string; value: string; verified: boolean }[];
  characters: {
    brandId: Id;
    serverKey: string;
    serverName: string;
    roleId: string;
    name: string;
    level: number;
    lastSeenAt: Iso | null;
  }[];
  purchases: Purchase[];
  sessions: PlaySession[];
  tierHistory: { fromTier: Tier; toTier: Tier; reason: unknown; at: Iso }[];
  pastTickets: TicketRow[];
  openTickets: number;
  satisfaction: { average: number | null; ratings: number };
}

export interface Purchase {
  recordId: string;
  product: string;
  amountMinor: number;
  currency: string;
  state: "paid" | "failed" | "pending";
  refundedMinor: number;
  at: Iso;
}

export interface PlaySession {
  startedAt: Iso;
  endedAt: Iso | null;
  endReason: string | null;
  serverKey: string | null;
}

export interface Me {
  id: Id;
  login: string;
  name: string;
  roles: Role[];
  permissions: string[];
  locale: Locale;
  brandIds: Id[];
  queueIds: Id[];
  presence: { state: PresenceState; since: Iso };
  chatCapacity: number;
  ticketCapacity: number;
}

export interface Person {
  id: Id;
  name: string;
  roles: Role[];
  presence: { state: PresenceState; since: Iso } | null;
}

export interface Category {
  id: Id;
  brandId: Id | null;
  parentId: Id | null;
  key: string;
  name: Text;
  icon: string;
  priority: Priority;
  fields?: Field[];
}

/** One question of the short form a category asks. */
export interface Field {
  key: string;
  kind: "text" | "longtext" | "number" | "money" | "choice" | "datetime";
  label: Text;
  required: boolean;
  options?: { key: string; name: Text }[];
  help?: Text;
}

export interface Queue {
  id: Id;
  key: string;
  name: Text;
  brandId: Id | null;
  push: boolean;
  isVipPool: boolean;
}

export interface Directory {
  brands: { id: Id; key: string; name: Text; timeZone: string }[];
  queues: Queue[];
  people: Person[];
  categories: Category[];
  servers: { brandId: Id; key: string; name: string }[];
  serverTime: Iso;
}

export type TierCounts = Record<Tier, number>;

export interface Counters {
  mine: number;
  pending: number;
  escalated: number;
  unassigned: number;
  open?: number;
  queues: Record<string, { waiting: number; tiers: TierCounts }>;
}

export interface DemoAccount {
  login: string;
  password: string;
  name: string;
  role: Text;
}

export interface Figures {
  opened: number;
  firstResponses: number;
  firstResponseAverage: number | null;
  firstResponseP90: number | null;
  within: number;
  withinPercent: number | null;
  resolved: number;
  rated: number;
  satisfaction: number | null;
  reopened: number;
  breached: number;
}

export interface BoardQueue {
  queueId: Id;
  waiting: number;
  tiers: TierCounts;
  longestWaitSeconds: number;
  oldestTicketId: Id | null;
}

export interface BoardAgent {
  personId: Id;
  name: string;
  state: PresenceState;
  since: Iso;
  chats: number;
  tickets: number;
  chatCapacity: number;
  ticketCapacity: number;
}

export interface Board {
  at: Iso;
  day: string;
  queues: BoardQueue[];
  agents: BoardAgent[];
  total: Figures;
  hours: { hour: Iso; channel: string; figures: Figures }[];
  channels: { channel: string; figures: Figures }[];
  escalated: TicketRow[];
}

/** What the server says over the live socket. */
export type Frame =
  | { op: "ready"; cursor: string; serverTime: Iso }
  | { op: "refused"; topic: string; code: string }
  | { op: "rows"; rows: TicketRow[]; cursor?: string }
  | { op: "event"; kind: string; topic: string; ticketId: Id; seq?: number; data: unknown; position?: unknown; cursor?: string }
  | ({ op: "counters" } & Counters)
  | { op: "board"; topic?: string; board: Board }
  | { op: "reset" }
  | { op: "beat"; serverTime?: Iso };
