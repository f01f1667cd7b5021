// How the screen is divided; remembered with the person, until she chooses what the window asks for.
import { computed, ref, type WritableComputedRef } from "vue";
import { pane, setPane } from "@/kit/preferences";

const remembered = (name: string, first: boolean): WritableComputedRef<boolean> =>
  computed({ get: () => pane(name, first ? 1 : 0) === 1, set: (on) => setPane(name, on ? 1 : 0) });

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
