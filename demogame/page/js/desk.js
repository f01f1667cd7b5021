/** The real widget in the game: one script from the desk, then four calls. */
import * as backend from "./backend.js";
import { byId, make, say } from "./dom.js";
import { language, t } from "./texts.js";

const NAMES = ["ready", "login_failed", "token_expiring", "opened", "closed", "queue", "chat_started", "chat_ended",
  "message", "unread", "ticket_changed", "csat_done", "notice", "context_rejected", "error"];
let account = "";
let started = false;
let loading = null;

function load(deskUrl) {
  loading ??= new Promise((done, fail) => {
    const script = make("script", { src: deskUrl + "/widget/v1.js" });
    script.onload = done;
    script.onerror = () => {
      loading = null;
      script.remove();
      fail(new Error("desk unreachable"));
    };
    document.head.append(script);
  });
  return loading;
}

function note(name, data) {
  const time = new Date().toTimeString().slice(0, 8);
  const line = make("li", {}, make("time", {}, time), ` ${name} `, JSON.stringify(data ?? {}));
  byId("events").prepend(line);
  while (byId("events").children.length > 40) byId("events").lastChild.remove();
}

/** Signs the player in; the first time it also brings the widget. */
export async function signIn(deskUrl, player, onMessage) {
  account = player.account;
  await load(deskUrl);
  if (started) {
    PlayerDesk.logout();
    PlayerDesk.login(await backend.token(account), language());
    return;
  }
  started = true;
  PlayerDesk.init({
    getToken: () => backend.token(account),
    language: language(),
    container: byId("help-place"),
  });
  for (const name of NAMES) PlayerDesk.on(name, (data) => note(name, data));
  PlayerDesk.on("message", onMessage);
}

export function openHelp(target, context) {
  if (!started) return say(t("deskAway"));
  PlayerDesk.open(target, context);
}
