/** Starts the widget: who is the player, how did we get here, then draw. */
import { render } from "preact";
import { ApiError, onExpired } from "./api";
import { App } from "./App";
import { emit, explain, loadSession, loadTickets, markRead } from "./actions";
import { setContext, addBreadcrumb } from "./context";
import { applyFrame, receive, refresh } from "./frames";
import { askHostForToken, embedded, onHost, parameter, takeToken, tell } from "./host";
import { preferLanguage, setLanguage, t } from "./i18n";
import { startLive, stopLive } from "./live";
import { jump } from "./navigate";
import { startOutbox } from "./outbox";
import { change, currentScreen, forgetAll, state } from "./store";
import { target } from "./targets";
import { applyTheme } from "./theme";
import { currentToken, setToken } from "./token";

function expired(): void {
  stopLive();
  change({ phase: "expired" });
  emit("login_failed", { reason: "expired" });
}

export async function login(jwt: string): Promise<void> {
  stopLive();
  if (state.session) forgetAll();
  setToken(jwt);
  await start();
}

export async function start(): Promise<void> {
  change({ phase: "boot" });
  try {
    await loadSession();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return;
    change({ phase: "failed", failure: explain(error) });
    emit("error", { code: error instanceof ApiError ? error.code : "error" });
    return;
  }
  emit("ready", {});
  startOutbox(change, receive);
  startLive({
    frame: applyFrame,
    connection: (connection) => change({ connection }),
    back: refresh,
    expired,
  });
  loadTickets().catch(() => undefined);
}

/** From the screen that says the login ran out. */
export async function askAgain(): Promise<void> {
  const jwt = await askHostForToken();
  if (jwt) await login(jwt);
}

function seen(): void {
  const screen = currentScreen();
  if (screen.name === "ticket") markRead(screen.id);
}

onHost((message) => {
  switch (message.type) {
    case "init":
      change({ open: Boolean(message["open"]) });
      return void login(String(message["token"] ?? ""));
    case "login":
      preferLanguage(message["language"]);
      return void login(String(message["token"] ?? ""));
    case "logout":
      stopLive();
      setToken("");
      return forgetAll();
    case "visible":
      change({ open: Boolean(message["visible"]) });
      if (state.open && state.session) refresh();
      return seen();
    case "open":
      setContext(message["context"], true);
      return jump(target(message["target"]));
    case "context":
      return setContext(message["context"]);
    case "breadcrumb":
      return addBreadcrumb(String(message["text"]));
  }
});

document.addEventListener("visibilitychange", () => document.hidden || seen());
// Opened without a connection: as soon as there is one, what was wanted.
addEventListener("online", () => state.phase === "failed" && currentToken() && void start());
onExpired(expired);
applyTheme({});

/** Words and login come at the same time: on a slow line each trip counts. */
async function begin(): Promise<void> {
  preferLanguage(parameter("lang"));
  const words = setLanguage(navigator.language);
  if (parameter("preview")) {
    await words;
    return (await import("./preview")).preview();
  }
  const jwt = takeToken();
  if (embedded) {
    change({ open: false });
    tell("hello");
  } else if (jwt) void login(jwt);
  if (parameter("open")) jump(target(parameter("open")));
  await words;
  if (!embedded && !jwt) change({ phase: "failed", failure: t("errNoLogin") });
  render(<App />, document.getElementById("app") as HTMLElement);
}

void begin();
