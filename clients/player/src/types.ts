/** The shapes of the player interface `/player/v1`. */
import type { Field } from "../../forms/rules";

export type Text = { zh: string; en: string };
export type Language = keyof Text;

export type FileInfo = {
  id: string;
  name: string;
  mediaType: string;
  size: number;
  width: number | null;
  height: number | null;
  url: string;
  thumbnailUrl: string | null;
};

export type { Field, Option } from "../../forms/rules";

export type Category = {
  key: string;
  name: Text;
  icon: string;
  fields: Field[];
  group?: Text | null;
  articles?: { title: Text; url: string }[];
};

export type Theme = {
  accent?: string;
  logo?: string;
  greeting?: Text;
  /** Which colours to use; "auto" follows the phone. */
  mode?: "light" | "dark" | "auto";
};

export type Session = {
  player: { name: string };
  brand: { key: string; name: Text; theme: Theme };
  server: { key: string; name: string } | null;
  character: { name: string; roleId: string | null } | null;
  language: string;
  officialMark: { text: string; signature: string };
  categories: Category[];
  chat: { offered: boolean; available: boolean; waiting: number; expectedWaitSeconds: number | null; closed?: Shut | null };
  /** New questions are not taken now, and why. */
  closed?: Shut | null;
  /** Problems come first, live chat below. */
  selfServiceFirst?: boolean;
  unread: number;
  limits: { textLength: number; fileBytes: number; filesPerMessage: number };
  reasons: Record<string, { key: string; name: Text }[]>;
};

export type Stage = "submitted" | "assigned" | "processing" | "replied" | "resolved" | "closed";

export type Ticket = {
  id: number;
  categoryKey: string | null;
  subject: string;
  channel: string;
  live: boolean;
  status: "new" | "open" | "pending" | "hold" | "resolved" | "closed";
  stage: Stage;
  stageText?: { zh: string; en: string } | null;
  createdAt: string;
  updatedAt: string;
  preview: string;
  unread: number;
  lastNumber: number;
  staffRead: number;
  canRate: boolean;
  canReopen: boolean;
  continuedIn: number | null;
  reopenUntil: string | null;
  rating: { score: number } | null;
  agentName: string | null;
  expectedAnswerAt: string | null;
};

export type Message = {
  ticketId: number;
  number: number;
  author: "player" | "staff" | "system";
  authorName: string | null;
  body: string;
  attachments: FileInfo[];
  clientKey: string | null;
  createdAt: string;
  notice: string | null;
  noticeData: { agentName?: string; ticketId?: number } | null;
};

export type Place = { state: "waiting" | "live" | "ended"; place: number | null; expectedWaitSeconds: number | null };

export type Frame = {
  op: string;
  kind?: string;
  ticketId?: number;
  data?: unknown;
  cursor?: string | number;
  unread?: number;
  clientKey?: string;
  message?: Message;
  error?: { code: string; message: string };
  serverTime?: string;
};

/** A closed door: what to do instead, and when it opens again if that is known. */
export interface Shut {
  reason: "closed" | "hours" | "full";
  text: { zh: string; en: string };
  opensAt: string | null;
}
