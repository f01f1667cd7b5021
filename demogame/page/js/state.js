/** Who is played and what is in the purse; the screen follows. */
import { byId } from "./dom.js";
import { t } from "./texts.js";

export const state = { player: null, diamonds: 0, claimed: false };

const number = (n) => n.toLocaleString("en-US");

/** A payer's purse is fuller; the numbers only have to look right. */
export function become(player) {
  state.player = player;
  state.diamonds = 120 + (Math.round(player.spent90dMinor / 100) % 9000) * 3;
  state.claimed = false;
  paint();
}

export function gain(diamonds) {
  state.diamonds += diamonds;
  paint();
}

export function paint() {
  const { player } = state;
  if (!player) return;
  const { character } = player;
  document.body.dataset.brand = player.brand;
  byId("name").textContent = character.name;
  byId("actor-name").textContent = character.name;
  byId("actor-guild").textContent = t("guild");
  byId("level").textContent = character.level;
  byId("power").textContent = number(character.level * character.level * 97 + 3180);
  byId("server").textContent = character.server.name;
  byId("diamonds").textContent = number(state.diamonds);
  byId("gold").textContent = number(character.level * 8_640 + 1_205);
}
