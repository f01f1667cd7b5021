/** The live line: WebSocket first, long-poll where a game's network or web-view has none. */
import { ApiError, call } from "./api";
import { currentToken, renew } from "./token";
import type { Frame } from "./types";

export type Connection = "connecting" | "ready" | "polling" | "offline";

type Handlers = {
  frame: (frame: Frame) => void;
  connection: (state: Connection) => void;
  /** Connected again: whoever shows something fetches what it may have missed. */
  back: () => void;
  expired: () => void;
};

let handlers: Handlers;
let socket: WebSocket | null = null;
let cursor: string | number | undefined;
let running = false;
let everReady = false;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let polling: AbortController | null = null;
let heard = false;

export function startLive(given: Handlers): void {
  handlers = given;
  running = true;
  connect();
}

export function stopLive(): void {
  running = false;
  clearTimeout(timer);
  polling?.abort();
  polling = null;
  cursor = undefined;
  const old = socket;
  socket = null;
  old?.close();
}

/** False when there is no open socket; the caller then uses HTTP. */
export function sendLive(frame: Record<string, unknown>): boolean {
  if (!heard || socket?.readyState !== 1) return false;
  socket.send(JSON.stringify(frame));
  return true;
}

/** A socket that swallows what we send is dead, whatever it says of itself. */
export function distrust(): void {
  socket?.close();
}

function connect(): void {
  clearTimeout(timer);
  if (!running || socket || polling) return;
  handlers.connection("connecting");
  let opened: WebSocket;
  try {
    opened = new WebSocket(location.origin.replace(/^http/, "ws") + "/player/v1/live");
  } catch {
    return void poll();
  }
  socket = opened;
  heard = false;
  const beat = setInterval(() => sendLive({ op: "beat" }), 20_000);
  // Some carriers' proxies accept a socket and then say nothing for ever.
  const silent = setTimeout(() => heard || opened.close(), 8_000);
  opened.onopen = () => opened.send(JSON.stringify({ op: "hello", token: currentToken(), cursor }));
  opened.onmessage = (event) => take(JSON.parse(String(event.data)) as Frame);
  opened.onclose = (event) => {
    clearInterval(beat);
    clearTimeout(silent);
    if (socket === opened) closed(event.code);
  };
}

function take(frame: Frame): void {
  heard = true;
  if (frame.cursor !== undefined) cursor = frame.cursor;
  if (frame.op === "ready") {
    failures = 0;
    everReady = true;
    handlers.frame(frame);
    handlers.connection("ready");
    handlers.back();
  } else handlers.frame(frame);
}

function closed(code: number): void {
  socket = null;
  if (!running) return;
  if (code === 4401) {
    void renew().then((fresh) => (fresh ? connect() : handlers.expired()));
    return;
  }
  failures += 1;
  handlers.connection(navigator.onLine === false ? "offline" : "connecting");
  if (!everReady && failures >= 2) return void poll();
  retry(connect);
}

function retry(fn: () => void): void {
  // 0.5 s → 8 s, with jitter: a whole server's players must not come back in the same instant.
  const wait = Math.min(8000, 500 * 2 ** Math.min(failures, 4)) * (0.5 + Math.random());
  clearTimeout(timer);
  timer = setTimeout(fn, wait);
}

async function poll(): Promise<void> {
  if (!running || polling) return;
  const mine = new AbortController();
  polling = mine;
  let first = true;
  while (running && polling === mine) {
    try {
      const asked = cursor === undefined ? "" : encodeURIComponent(cursor);
      // The first question answers at once, so that we know where we stand.
      const answer = await call<{ events: Frame[]; cursor: string | number }>(
        "GET",
        `/updates?cursor=${asked}&timeout=${first ? 0 : 25}`,
        { timeout: 40_000, signal: mine.signal },
      );
      failures = 0;
      cursor = answer.cursor;
      handlers.connection("polling");
      if (first) handlers.back();
      first = false;
      answer.events.forEach(handlers.frame);
    } catch (error) {
      if (!running || polling !== mine) return;
      first = true;
      failures += 1;
      handlers.connection("offline");
      if (error instanceof ApiError && error.status === 401) {
        polling = null;
        return handlers.expired();
      }
      await new Promise((done) => setTimeout(done, Math.min(8000, 500 * 2 ** Math.min(failures, 4))));
    }
  }
}

window.addEventListener("online", () => {
  failures = Math.min(failures, 1);
  if (running) connect();
});
window.addEventListener("offline", () => {
  if (!running) return;
  handlers.connection("offline");
  distrust();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && running && !socket) connect();
});
