// The names the workspace has for what the server sends. The shapes come from the OpenAPI document
// (`make types`); only what travels over the live socket is written here.
import type { components } from "../../../api/schema";

type Shape = components["schemas"];

export type Id = number;
export type Iso = string;
export type Text = Shape["Text"];
export type FileInfo = Shape["FileInfo"];

export type TicketRow = Shape["TicketRow"];
export type Tier = TicketRow["tier"];
export type Status = TicketRow["status"];
export type Priority = TicketRow["priority"];
export type TicketDetail = Shape["Detail"];
export type TicketPage = Shape["ListPage"];
export type Clock = Shape["ClockView"];
export type ClockKind = Clock["kind"];

/** What changed; the document leaves it open, for each kind of change says something else. */
export interface Change {
  what: string;
  from?: unknown;
  to?: unknown;
  [more: string]: unknown;
}

export type Entry = Omit<Shape["Entry"], "attachments" | "change"> & { attachments: FileInfo[]; change: Change | null };
type WithEntries<T> = Omit<T, "ticket" | "entries"> & { entries: Entry[] };
export type OpenTicket = WithEntries<Shape["OpenedTicket"]> & { ticket: TicketDetail };
export type EntriesSince = WithEntries<Shape["Since"]> & { ticket: TicketRow };

export type PlayerPreferences = Required<Shape["PlayerPreferences"]>;
export type PlayerCard = Omit<Required<Shape["FullCard"]>, "preferences"> & { preferences: PlayerPreferences };
type WithFiles<T> = Omit<T, "attachments"> & { attachments: FileInfo[] };
export type ServerDraft = WithFiles<Shape["Draft"]>;
export type Held = WithFiles<Shape["Held"]>;
export type Writing = Omit<Shape["Writing"], "drafts" | "held"> & { drafts: ServerDraft[]; held: Held[] };
export type Mention = Shape["Mention"];
export type Macro = Shape["Macro"];
export type MacroAction = Macro["actions"][number];
export type LiveFields = Shape["LiveFields"] & { fields: ShownField[] };
export type BlockFrames = Shape["BlockFrames"];
export type ShownField = Shape["ShownField"];
export type UnmaskPlace = Shape["FieldPlace"];
export type Unmasked = { value: unknown; seconds: number };
export type PlayerNote = Shape["PlayerNote"];
export type NoteEdit = Shape["NoteEdit"];
export type ContactPage = Shape["ContactPage"];
export type VerdictPage = Shape["VerdictPage"];
export type FoundPlayer = Shape["PlayerLine"];
export type PlayerPair = Shape["PlayerPair"];
export type MergePreview = Shape["MergePreview"];
export type BlockSetting = Shape["BlockSetting"];
export type Purchase = Shape["PurchaseEntry"];

export type Me = Shape["Me"];
export type Role = Me["roles"][number];
export type Locale = Me["locale"];
export type PresenceState = Shape["Presence"]["state"];
export type Preferences = Required<Shape["Chosen"]>;
export type DemoAccount = Shape["DemoAccount"];

export type Directory = Shape["Directory"];
export type Person = Shape["PersonEntry"];
export type Category = Shape["CategoryEntry"];
export type Field = Shape["Field"];
export type Queue = Shape["Queue"];

export type Counters = Omit<Shape["ScreenCounters"], "op">;
export type TierCounts = Shape["TierCounts"];

export type Board = Shape["Board"];
export type Figures = Shape["Figures"];
export type BoardAgent = Shape["AgentNow"];

export type SearchAnswer = Shape["SearchAnswer"];
export type FoundTicket = Shape["FoundTicket"];
export type FoundEntry = Shape["FoundEntry"];
export type PlayerHit = Shape["PlayerHit"];
export type FoundPerson = Shape["FoundPerson"];
export type Part = Shape["Part"];
export type ExportState = Shape["Export"];

export type TraceRow = Shape["TraceRow"];
export type TracePage = Shape["TracePage"];
export type ChainVerification = Omit<Shape["Verification"], "reports"> & { reports: ChainReport[] | null };
export type ChainState = Omit<Shape["ChainState"], "verified" | "underWay"> & { verified: ChainVerification | null; underWay: ChainVerification | null };
/** One book of the audit log as it was found. */
export interface ChainReport {
  book: "changes" | "views";
  first: number;
  last: number;
  anchors: number;
  outside: number;
  finding: { code: string; number: number; until: number; text: Text } | null;
}

/** What the server says over the live socket, which the document does not describe. */
export type Frame =
  | { op: "ready"; cursor: string; serverTime: Iso }
  | { op: "refused"; topic: string; code: string }
  | { op: "rows"; rows: TicketRow[]; gone?: Id[]; cursor?: string }
  | { op: "event"; kind: string; topic: string; ticketId: Id; seq?: number; data: unknown; position?: unknown; cursor?: string }
  | ({ op: "counters" } & Counters)
  | { op: "board"; topic?: string; board: Board }
  | { op: "reset"; cursor?: string }
  | { op: "beat"; serverTime?: Iso };

export type SavedView = Shape["SavedView"];
export type ViewWish = Omit<Shape["NewView"], "clientKey">;
export type Fieldbook = Shape["Fieldbook"];
/** `names`: what its values are called, where they have names of their own. */
export type FieldEntry = Shape["FieldEntry"] & { names?: Record<string, Text | string> };
export type Bulk = Shape["Bulk"];
export type BulkPreview = Shape["Preview"];
export type BulkChanges = Shape["Changes"];
