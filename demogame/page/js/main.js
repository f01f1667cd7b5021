/** Starts the demo game's screen: who can be played, who is played, and the buttons. */
import * as backend from "./backend.js";
import { openHelp, signIn } from "./desk.js";
import { byId, make, say } from "./dom.js";
import { become, paint, state } from "./state.js";
import { language, setLanguage, t, TICKER } from "./texts.js";
import { openMail, openShop, shut } from "./windows.js";

const wanted = new URLSearchParams(location.search);
let cast = [];
let brands = [];
let deskUrl = "";

function card(player) {
  const { character } = player;
  const spent = Math.round(player.spent90dMinor / 100).toLocaleString("en-US");
  return make("li", {},
    make("button", {
      "data-testid": `player-${player.account}`,
      "aria-pressed": String(player === state.player),
      onclick: () => void play(player, player.language),
    },
    make("b", {}, player.name),
    make("i", { class: `tier ${player.tier}` }, t(`tier_${player.tier}`)),
    make("small", {}, [character.server.name, character.level, t("spent", { n: spent })].join(" · "))));
}

function paintSide() {
  const groups = brands.map((brand) => [
    make("h3", {}, brand.name[language()]),
    make("ul", { class: "cast" }, ...cast.filter((one) => one.brand === brand.key).map(card)),
  ]);
  byId("cast").replaceChildren(...groups.flat());
  byId("desk-link").href = deskUrl;
}

/** The player's own language unless the address or the switch says otherwise. */
async function play(player, tag) {
  become(player);
  setLanguage(tag);
  paint();
  tick();
  paintSide();
  shut();
  byId("side").classList.remove("open");
  const address = new URLSearchParams({ account: player.account, lang: language() });
  history.replaceState(null, "", `?${address}`);
  try {
    await signIn(deskUrl, player, () => (byId("mail-dot").hidden = false));
  } catch {
    say(t("deskAway"));
    setTimeout(() => state.player === player && void play(player, language()), 5000);
  }
}

async function begin() {
  setLanguage(wanted.get("lang") ?? "zh");
  try {
    const answer = await backend.players();
    ({ players: cast, brands } = answer);
    deskUrl = answer.deskUrl.replace(/\/$/, "");
  } catch {
    say(t("noPlayers"));
    setTimeout(begin, 3000);
    return;
  }
  const player = cast.find((one) => one.account === wanted.get("account")) ?? cast[0];
  await play(player, wanted.get("lang") ?? player.language);
}

byId("help").addEventListener("click", () => openHelp());
byId("me").addEventListener("click", () => byId("side").classList.toggle("open"));
byId("side-close").addEventListener("click", () => byId("side").classList.remove("open"));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-window]");
  if (button) (button.dataset.window === "shop" ? openShop : openMail)();
  if (event.target.closest("[data-say]")) say(t("festivalSoon"));
  const chosen = event.target.closest("[data-language]");
  if (chosen && state.player) void play(state.player, chosen.dataset.language);
});
document.addEventListener("keydown", (event) => event.key === "Escape" && shut());

let line = 0;
function tick() {
  const lines = TICKER[state.player?.brand ?? "skyreach"][language()];
  byId("ticker").textContent = lines[line++ % lines.length];
  byId("clock").textContent = new Date().toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit" });
}
tick();
setInterval(tick, 5000);
void begin();
