/** What the widget knows, in one object; screens redraw when it changes. */
import { useLayoutEffect, useReducer } from "preact/hooks";
import type { Connection } from "./live";
import type { Message, Place, Session, Ticket } from "./types";

export type Screen =
  | { name: "home" }
  | { name: "form"; category: string }
  | { name: "chat" }
  | { name: "tickets" }
  | { name: "ticket"; id: number };

export type Thread = { messages: Message[]; place: Place | null; loaded: boolean };

export type State = {
  phase: "boot" | "ready" | "expired" | "failed";
  failure: string;
  session: Session | null;
  tickets: Record<number, Ticket>;
  listed: boolean;
  threads: Record<number, Thread>;
  typing: Record<number, number>;
  stack: Screen[];
  connection: Connection;
  unread: number;
  toast: { text: string; ticketId?: number } | null;
  /** Whether the player can see us: the loader hides and shows the frame. */
  open: boolean;
};

export const state: State = {
  phase: "boot",
  failure: "",
  session: null,
  tickets: {},
  listed: false,
  threads: {},
  typing: {},
  stack: [{ name: "home" }],
  connection: "connecting",
  unread: 0,
  toast: null,
  open: true,
};

const watchers = new Set<() => void>();
let planned = false;

export function change(patch: Partial<State> = {}): void {
  Object.assign(state, patch);
  if (planned) return;
  planned = true;
  // Many frames of one tick are one redraw: a cheap phone's processor is the bottleneck here.
  void Promise.resolve().then(() => {
    planned = false;
    watchers.forEach((fn) => fn());
  });
}

export function useStore(): State {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  // Before the first paint: what changes right after drawing must not be missed.
  useLayoutEffect(() => {
    const fn = (): void => redraw(undefined);
    watchers.add(fn);
    return () => void watchers.delete(fn);
  }, []);
  return state;
}

/** For everything below the app's frame, which is drawn only when there is one. */
export function session(): Session {
  return state.session as Session;
}

export function currentScreen(): Screen {
  return state.stack[state.stack.length - 1] ?? { name: "home" };
}

export function thread(id: number): Thread {
  return (state.threads[id] ??= { messages: [], place: null, loaded: false });
}

/** Live chats on top, then what has news, then the newest. */
export function sortedTickets(): Ticket[] {
  return Object.values(state.tickets).sort(
    (a, b) => +b.live - +a.live || +!!b.unread - +!!a.unread || (a.updatedAt < b.updatedAt ? 1 : -1),
  );
}

/** Adds messages, each number once, in order; those with attachments are taken as told last, for their links end. */
export function addMessages(id: number, messages: Message[]): void {
  const into = thread(id);
  const known = new Map(into.messages.map((message) => [message.number, message]));
  const fresh = messages.filter((message) => !known.has(message.number) || message.attachments.length);
  fresh.forEach((message) => known.set(message.number, message));
  if (fresh.length) into.messages = [...known.values()].sort((a, b) => a.number - b.number);
}

export function lastNumber(id: number): number {
  const messages = thread(id).messages;
  return messages[messages.length - 1]?.number ?? 0;
}

/** Back to nothing, for the next player on this phone. */
export function forgetAll(): void {
  change({
    phase: "boot",
    session: null,
    tickets: {},
    listed: false,
    threads: {},
    typing: {},
    stack: [{ name: "home" }],
    unread: 0,
    toast: null,
  });
}
