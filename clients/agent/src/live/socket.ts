// One socket to the server: topics with reference counts, reconnects with back-off and jitter, resumes at the cursor.
import { ref } from "vue";
import { beginAt, cursorNow, hearCursor, older } from "@/api/cursor";
import type { Frame } from "@/api/types";
import { leaveTopic, since } from "./missed";

export type Connection = "idle" | "connecting" | "open" | "lost";

const firstDelayMs = 500;
const longestDelayMs = 8000;
const beatMs = 10_000;
const silenceMs = 2000;
const answerMs = 2000;
const probeMs = 500;

/** What the banner shows; "lost" only after the connection had been tried and failed. */
export const connection = ref<Connection>("idle");

let socket: WebSocket | null = null;
let cursor: string | null = null;
let attempts = 0;
let wanted = false;
let retry: ReturnType<typeof setTimeout> | undefined;
let beat: ReturnType<typeof setInterval> | undefined;
let watchdog: ReturnType<typeof setInterval> | undefined;
let viewing: number | null = null;
const topics = new Map<string, number>();
const listeners = new Set<(frame: Frame, resumed: boolean) => void>();

/** Hears every frame; `resumed` is true for the `ready` of a reconnect. */
export function onFrame(listener: (frame: Frame, resumed: boolean) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function say(message: Record<string, unknown>): boolean {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(message));
  return true;
}

// Said together a moment later, when what the screen shows of them is being asked for, too.
const wished = new Map<string, string>();
function ask(): void {
  const fresh = [...wished].filter(([topic]) => topics.has(topic));
  wished.clear();
  if (!fresh.length || connection.value !== "open") return;
  const from = since(fresh.map(([topic]) => topic));
  say({ op: "subscribe", topics: fresh.map(([topic]) => topic), since: fresh.map(([, known]) => known).filter(Boolean).reduce(older, from) });
}

/**
 * Asks for a topic until the returned function is called; several askers share one subscription. It begins where the
 * answers end that the cache has of it (missed.ts); `known` is for who keeps what it was told elsewhere.
 */
export function subscribe(topic: string, known = ""): () => void {
  const count = topics.get(topic) ?? 0;
  topics.set(topic, count + 1);
  if (count === 0) {
    if (!wished.size) queueMicrotask(ask);
    wished.set(topic, known);
  }
  let done = false;
  return () => {
    if (done) return;
    done = true;
    const left = (topics.get(topic) ?? 1) - 1;
    if (left > 0) return void topics.set(topic, left);
    topics.delete(topic);
    leaveTopic(topic);
    say({ op: "unsubscribe", topics: [topic] });
  };
}

/** Tells colleagues which ticket is on this screen. */
export function view(ticketId: number | null): void {
  viewing = ticketId;
  say({ op: "viewing", ticketId });
}

let resuming = false;
let heardAt = 0;
let probing = false;

/** A socket that says nothing may be dead: ask the server by another way, and give up within seconds. */
async function probe(): Promise<void> {
  if (socket?.readyState !== WebSocket.OPEN || document.hidden || probing || Date.now() - heardAt < silenceMs) return;
  probing = true;
  const asked = socket;
  try {
    await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(answerMs) });
    heardAt = Date.now();
  } catch {
    if (asked === socket) drop();
  } finally {
    probing = false;
  }
}

/** What belongs together comes as one list of frames. */
function receive(text: string): void {
  heardAt = Date.now();
  const said = JSON.parse(text) as Frame | Frame[];
  if (Array.isArray(said)) said.forEach(take);
  else take(said);
}

function take(frame: Frame): void {
  if ("cursor" in frame && frame.cursor) {
    cursor = frame.cursor;
    if (frame.op === "reset") beginAt(cursor);
    else hearCursor(cursor);
  }
  if (frame.op === "ready") {
    attempts = 0;
    connection.value = "open";
    if (topics.size) say({ op: "subscribe", topics: [...topics.keys()] });
    if (viewing !== null) say({ op: "viewing", ticketId: viewing });
    listeners.forEach((hear) => hear(frame, resuming));
    resuming = true;
    return;
  }
  listeners.forEach((hear) => hear(frame, false));
}

function lose(): void {
  clearInterval(beat);
  clearInterval(watchdog);
  socket = null;
  if (!wanted) return;
  connection.value = "lost";
  const delay = Math.min(longestDelayMs, firstDelayMs * 2 ** attempts);
  attempts += 1;
  clearTimeout(retry);
  retry = setTimeout(open, delay * (0.5 + Math.random() / 2));
}

function open(): void {
  if (!wanted || socket) return;
  if (connection.value === "idle") connection.value = "connecting";
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  // The first time, too: what this page has been told so far is never newer than its first answer.
  cursor ??= cursorNow() || null;
  const from = cursor ? `?since=${encodeURIComponent(cursor)}` : "";
  const mine = new WebSocket(`${scheme}//${location.host}/agent/v1/live${from}`);
  socket = mine;
  mine.onmessage = (event) => mine === socket && receive(String(event.data));
  mine.onclose = () => mine === socket && lose();
  beat = setInterval(() => say({ op: "beat" }), beatMs);
  watchdog = setInterval(() => void probe(), probeMs);
}

function drop(): void {
  const dying = socket;
  lose();
  dying?.close();
}

/** Connects and stays connected until `stop`. */
export function start(): void {
  if (wanted) return;
  wanted = true;
  open();
}

export function stop(): void {
  wanted = false;
  clearTimeout(retry);
  clearInterval(beat);
  clearInterval(watchdog);
  const dying = socket;
  socket = null;
  dying?.close();
  cursor = null;
  attempts = 0;
  resuming = false;
  connection.value = "idle";
}

// The browser knows at once that the network went away; a silent socket would take minutes to notice.
window.addEventListener("offline", () => wanted && socket && drop());
window.addEventListener("online", () => {
  if (!wanted || socket) return;
  clearTimeout(retry);
  open();
});
