/**
 * The one script a game's page includes. It keeps the widget in a frame over the game, paints the
 * unread badge and the banner for an answer that comes while the panel is closed.
 *
 *   <script src="https://desk/widget/v1.js"></script>
 *   PlayerDesk.init({ getToken: async () => jwt, language: "zh" });
 */
type Options = {
  token?: string;
  getToken?: () => Promise<string> | string;
  language?: string;
  /** The element the panel covers; without it the panel covers the page (at its side on wide screens). */
  container?: HTMLElement;
  onEvent?: (name: string, data: unknown) => void;
};
type Listener = (data: unknown, name: string) => void;
type Notice = { id: string; ticketId: number; name: string; text: string };
type Rest = Record<string, unknown>;

const script = document.currentScript as HTMLScriptElement | null;
const base = new URL("./", script?.src || location.href);
const listeners: Record<string, Listener[]> = {};
const waiting: Record<string, unknown[]> = {};
const notices: Notice[] = [];
let options: Options = {};
let panel: HTMLDivElement | undefined;
let frame: HTMLIFrameElement | undefined;
let banner: HTMLButtonElement | undefined;
let hiding = 0;
let isOpen = false;
let alive = false;
let paused = false;
let count = 0;
let before: Element | null = null;
const queue: Rest[] = [];

function emit(name: string, data: unknown): void {
  options.onEvent?.(name, data);
  const known = [...(listeners[name] ?? []), ...(listeners["*"] ?? [])];
  if (known.length) return known.forEach((fn) => fn(data, name));
  // Kept for a listener that comes late, but not for ever.
  waiting[name] = [...(waiting[name] ?? []).slice(-19), data];
}

function say(type: string, data: Rest = {}): void {
  if (alive) frame?.contentWindow?.postMessage({ pd: 1, type, ...data }, base.origin);
  else if (type !== "visible") queue.push({ type, ...data });
}

async function freshToken(): Promise<string> {
  try {
    return (options.getToken ? await options.getToken() : options.token) || "";
  } catch {
    return "";
  }
}

function style(element: HTMLElement, css: string): void {
  element.style.cssText = css;
}

function place(): void {
  if (!panel) return;
  const view = window.visualViewport;
  const wide = !options.container && innerWidth > 720;
  const box = options.container
    ? "position:absolute;top:0;left:0;width:100%;height:100%"
    : wide
      ? "position:fixed;top:0;right:0;bottom:0;width:420px;box-shadow:0 0 40px rgba(0,0,0,.35)"
      : // The keyboard of a phone shrinks the visual viewport only; the panel must follow it.
        `position:fixed;left:0;width:100%;top:${view?.offsetTop ?? 0}px;height:${view ? view.height + "px" : "100%"}`;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  style(
    panel,
    `${box};z-index:2147483000;overflow:hidden;transition:${still ? "none" : "transform .18s ease-out,opacity .18s,visibility .18s"};` +
      // Never moved out of its place: focus inside would scroll the game's page to it.
      (isOpen ? "" : "visibility:hidden;opacity:0;transform:translateY(32px)"),
  );
}

function build(): void {
  if (panel) return;
  panel = document.createElement("div");
  frame = document.createElement("iframe");
  frame.title = "PlayerDesk";
  frame.allow = "clipboard-write";
  const host = encodeURIComponent(location.origin);
  frame.src = `${base.href}#host=${host}&lang=${encodeURIComponent(options.language ?? "")}`;
  style(frame, "width:100%;height:100%;border:0;display:block;background:transparent;color-scheme:normal");
  panel.appendChild(frame);
  place();
  (options.container ?? document.body).appendChild(panel);
  addEventListener("resize", place);
  window.visualViewport?.addEventListener("resize", place);
}

function show(open: boolean): void {
  if (open === isOpen) return;
  isOpen = open;
  place();
  say("visible", { visible: open });
  if (open) {
    before = document.activeElement;
    frame?.focus();
    hideBanner();
  } else (before as HTMLElement | null)?.focus?.();
  emit(open ? "opened" : "closed", {});
}

function setCount(unread: number): void {
  count = unread;
  document.querySelectorAll<HTMLElement>("[data-playerdesk-badge]").forEach((element) => {
    element.textContent = unread > 99 ? "99+" : String(unread);
    element.hidden = unread === 0;
  });
}

function hideBanner(): void {
  clearTimeout(hiding);
  banner?.remove();
  banner = undefined;
}

/** One banner a message, never over the open panel, never in a paused moment of the game. */
function showNotice(): void {
  if (paused || isOpen) return;
  const notice = notices.pop();
  if (!notice) return;
  notices.length = 0;
  hideBanner();
  banner = document.createElement("button");
  const inside = options.container ? "absolute" : "fixed";
  style(
    banner,
    `position:${inside};z-index:2147482999;top:calc(10px + env(safe-area-inset-top,0px));left:12px;right:12px;margin:0 auto;max-width:420px;` +
      "display:block;box-sizing:border-box;padding:10px 14px;min-height:52px;border:0;border-radius:14px;text-align:left;cursor:pointer;" +
      "background:rgba(20,23,34,.94);color:#fff;font:14px/1.4 system-ui,sans-serif;box-shadow:0 8px 28px rgba(0,0,0,.4)",
  );
  const name = document.createElement("b");
  const text = document.createElement("span");
  style(name, "display:block;font-size:12px;opacity:.8");
  style(text, "display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden");
  name.textContent = notice.name;
  text.textContent = notice.text;
  banner.append(name, text);
  banner.dataset["testid"] = "banner";
  banner.setAttribute("aria-live", "polite");
  banner.onclick = () => api.open("ticket:" + notice.ticketId);
  (options.container ?? document.body).appendChild(banner);
  hiding = window.setTimeout(hideBanner, 8000);
  emit("notice", { id: notice.id, ticketId: notice.ticketId });
}

addEventListener("message", async (event) => {
  if (event.origin !== base.origin || !frame || event.source !== frame.contentWindow) return;
  const message = event.data as Rest;
  if (message["pd"] !== 1) return;
  switch (message["type"]) {
    case "hello":
      alive = true;
      say("init", { token: await freshToken(), language: options.language, open: isOpen });
      queue.splice(0).forEach((one) => say(String(one["type"]), one));
      return;
    case "need-token":
      return say("token", { token: options.getToken ? await freshToken() : "" });
    case "close":
      return show(false);
    case "notice":
      notices.push(message as unknown as Notice);
      return showNotice();
    case "event": {
      const data = message["data"] as Rest;
      if (message["name"] === "unread") setCount(Number(data["unread"]));
      return emit(String(message["name"]), data);
    }
  }
});

document.addEventListener("click", (event) => {
  const opener = (event.target as Element | null)?.closest?.("[data-playerdesk-open]");
  if (opener) api.open(opener.getAttribute("data-playerdesk-open") || undefined);
});

const api = {
  /** Starts the widget, hidden; it tells about new answers from now on. */
  init(given: Options): void {
    options = given;
    build();
  },
  /** Opens the panel: "home", "tickets", "chat", "ticket:77", "form:recharge"; context fills the form. */
  open(target?: string, context?: Rest): void {
    build();
    if (target || context) say("open", { target, context });
    show(true);
  },
  close: () => show(false),
  /** Another player, or the same with a new token; the language may change with her. */
  login(token: string, language?: string): void {
    options = { ...options, token };
    say("login", { token, language });
  },
  logout(): void {
    show(false);
    setCount(0);
    say("logout");
  },
  setContext: (context: Rest) => say("context", { context }),
  breadcrumb: (text: string) => say("breadcrumb", { text }),
  /** The newest count known; "unread" events bring changes. */
  unread: () => count,
  /** While true (a cut-scene, a fight) answers wait; the newest is shown when it ends. */
  pauseNotices(value: boolean): void {
    paused = value;
    if (value) hideBanner();
    else showNotice();
  },
  /** Listens to an event by name, or to "*" for all; what came before is told now. */
  on(name: string, fn: Listener): void {
    (listeners[name] ??= []).push(fn);
    const names = name === "*" ? Object.keys(waiting) : [name];
    for (const one of names) {
      (waiting[one] ?? []).forEach((data) => fn(data, one));
      delete waiting[one];
    }
  },
};

(window as unknown as Rest)["PlayerDesk"] = api;
export {};
