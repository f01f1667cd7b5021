// How the screen is divided; remembered on this device.
import { ref, watch, type Ref } from "vue";

function remembered(name: string, first: boolean): Ref<boolean> {
  const key = `playerdesk.${name}`;
  const stored = localStorage.getItem(key);
  const value = ref(stored === null ? first : stored === "1");
  watch(value, (on) => localStorage.setItem(key, on ? "1" : "0"));
  return value;
}

/** Names beside the icons of the navigation. */
export const wideNav = remembered("wideNav", window.innerWidth >= 1400);
/** The list beside an open ticket. */
export const listShown = remembered("listShown", true);
/** The player card beside an open ticket. */
export const cardShown = remembered("cardShown", true);

/** On a phone the navigation is a drawer. */
export const drawer = ref(false);

const phone = window.matchMedia("(width < 60rem)");
export const narrow = ref(phone.matches);
phone.addEventListener("change", (event) => (narrow.value = event.matches));
