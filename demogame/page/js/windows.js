/** The game's windows: the shop, what happens after paying, and the mail. */
import * as backend from "./backend.js";
import { openHelp } from "./desk.js";
import { byId, make, say } from "./dom.js";
import { gain, state } from "./state.js";
import { language, t } from "./texts.js";

const PACKS = [[6, 60, ""], [30, 300, "+30"], [98, 980, "+120"], [198, 1980, "+300"], [328, 3280, "+600"], [648, 6480, "+1600"]];
/** The biggest pack is the one that goes wrong: somebody has to need help here. */
const LOST = 648;

export function shut() {
  byId("windows").replaceChildren();
}

function show(title, ...inside) {
  const close = make("button", { class: "shut", "aria-label": t("close"), onclick: shut }, "×");
  const box = make("section", { class: "window", role: "dialog", "aria-label": title },
    make("header", {}, make("h2", {}, title), close),
    make("div", { class: "inside" }, ...inside));
  byId("windows").replaceChildren(box);
  close.focus({ preventScroll: true });
}

export function openShop() {
  const packs = PACKS.map(([price, diamonds, extra]) =>
    make("button", { class: "pack", "data-testid": `pack-${price}`, onclick: () => buy(price, diamonds) },
      make("i", { class: "shop" }), make("b", {}, String(diamonds)), make("small", {}, extra), make("span", {}, `¥${price}`)));
  show(t("shop"), make("div", { class: "packs" }, ...packs), make("p", { class: "hint" }, t("sandbox")));
}

function buy(price, diamonds) {
  const order = `SR${new Date().toISOString().replace(/\D/g, "").slice(0, 14)}${Math.floor(Math.random() * 9000) + 1000}`;
  const result = make("div", { class: "result" },
    make("p", { class: "amount" }, `¥${price}`), make("p", {}, t("paid")), make("i", { class: "spin" }), make("p", {}, t("waiting")));
  show(t("shop"), result);
  setTimeout(() => (price === LOST ? lost(price, order) : arrived(diamonds)), 1600);
}

function arrived(diamonds) {
  gain(diamonds);
  shut();
  say(`+${diamonds} 💎`);
}

function lost(price, order) {
  const contact = make("button", {
    class: "act warm",
    "data-testid": "contact-support",
    onclick: () => {
      shut();
      // The form comes filled with what the game knows about this order.
      openHelp("form:recharge", { amount: String(price), pay_way: "alipay", order, paid_at: new Date().toISOString() });
    },
  }, t("contact"));
  show(t("shop"), make("div", { class: "result" },
    make("p", { class: "amount" }, `¥${price}`),
    make("p", {}, t("missing")),
    make("p", { class: "hint" }, order),
    make("div", { class: "acts" }, make("button", { class: "act", onclick: shut }, t("later")), contact)));
}

export async function openMail() {
  byId("mail-dot").hidden = true;
  show(t("mail"), make("ul", { class: "letters", id: "letters" }, gift()));
  try {
    const letters = await backend.mail(state.player.account);
    byId("letters")?.prepend(...letters.slice(0, 20).map(letter));
  } catch {
    say(t("deskAway"));
  }
}

function letter({ ticketId, from, text, at }) {
  const time = new Date(at).toLocaleString(language() === "zh" ? "zh-CN" : "en-GB", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const open = () => {
    shut();
    openHelp(`ticket:${ticketId}`);
  };
  return make("li", { class: "letter desk", "data-testid": "letter" },
    make("header", {}, make("b", {}, from ? `${t("deskLetter")} · ${from}` : t("deskLetter")), make("small", {}, time)),
    make("p", {}, text),
    make("button", { class: "act", onclick: open }, t("openTicket")));
}

function gift() {
  const claim = make("button", { class: "act warm" }, state.claimed ? t("accepted") : t("accept"));
  claim.disabled = state.claimed;
  claim.addEventListener("click", () => {
    state.claimed = true;
    gain(100);
    claim.disabled = true;
    claim.textContent = t("accepted");
  });
  return make("li", { class: "letter" },
    make("header", {}, make("b", {}, t("letterTitle"))), make("p", {}, t("letterText")), claim);
}
