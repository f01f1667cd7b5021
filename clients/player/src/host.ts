/** The bridge to whoever shows us: the loader on a game's page, or a native web-view. */

export type HostMessage = { pd: 1; type: string; [key: string]: unknown };
type NativeBridge = { postMessage?: (text: string) => void };
type NativeWindow = Window & {
  PlayerDeskBridge?: NativeBridge;
  webkit?: { messageHandlers?: { playerdesk?: NativeBridge } };
  Unity?: { call: (text: string) => void };
};

const listeners = new Set<(message: HostMessage) => void>();
const tokenWaiters = new Set<(token: string) => void>();
export const embedded = window.parent !== window;
const parameters = new URLSearchParams(location.hash.slice(1));
/** The page that framed us says who it is once, in the fragment; afterwards only that origin is heard. */
const hostOrigin = parameters.get("host") ?? "";

export function parameter(name: string): string | null {
  return parameters.get(name);
}

/** Takes the token out of the address, where it could be copied or photographed; a reload still finds it. */
export function takeToken(): string {
  let jwt = parameters.get("token") ?? "";
  try {
    if (jwt) sessionStorage.setItem("pd:token", jwt);
    else if (!embedded) jwt = sessionStorage.getItem("pd:token") ?? "";
  } catch {
    return jwt; // no storage: the fragment stays, so that a reload works
  }
  if (parameters.get("token")) {
    parameters.delete("token");
    history.replaceState(null, "", "#" + parameters.toString());
  }
  return jwt;
}

/** False when nobody is there to hear it: a page opened by its address alone. */
export function tell(type: string, data: Record<string, unknown> = {}): boolean {
  const message = { pd: 1, type, ...data };
  if (embedded) {
    // Pages opened from a file have no origin to name.
    window.parent.postMessage(message, hostOrigin && hostOrigin !== "null" ? hostOrigin : "*");
    return true;
  }
  const native = window as NativeWindow;
  const text = JSON.stringify(message);
  const bridge = native.PlayerDeskBridge ?? native.webkit?.messageHandlers?.playerdesk;
  bridge?.postMessage?.(text);
  native.Unity?.call(text);
  return !!(bridge || native.Unity);
}

export function onHost(fn: (message: HostMessage) => void): void {
  listeners.add(fn);
}

/** Asks the game for a token; an empty answer means it has none (or nobody answered in time). */
export function askHostForToken(): Promise<string> {
  return new Promise((done) => {
    const answer = (jwt: string): void => {
      tokenWaiters.delete(answer);
      clearTimeout(late);
      done(jwt);
    };
    const late = setTimeout(() => answer(""), 10_000);
    tokenWaiters.add(answer);
    if (!tell("need-token")) answer("");
  });
}

function receive(message: HostMessage): void {
  if (message.type === "token") for (const waiter of [...tokenWaiters]) waiter(String(message["token"] ?? ""));
  for (const fn of listeners) fn(message);
}

window.addEventListener("message", (event) => {
  if (!embedded || event.source !== window.parent) return;
  if (hostOrigin && event.origin !== hostOrigin) return;
  const message = event.data as HostMessage | null;
  if (message && message.pd === 1) receive(message);
});

// A native web-view has no parent to post from: it calls this instead.
(window as unknown as Record<string, unknown>)["PlayerDeskWidget"] = (message: HostMessage) => receive({ ...message, pd: 1 });
