// How the screen is divided; remembered with the person, until she chooses what the window asks for.
import { computed, reactive, ref, type WritableComputedRef } from "vue";
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

/** How wide a pane is: as somebody has dragged it, within what leaves room for the others on this window. */
export interface PaneWidth {
  readonly px: number;
  readonly least: number;
  readonly most: number;
  set: (px: number) => void;
  reset: () => void;
}
const room = ref(window.innerWidth);
window.addEventListener("resize", () => (room.value = window.innerWidth));
const widestShare = 0.35;

function width(name: string, usual: number, least: number, widest: number): PaneWidth {
  const most = computed(() => Math.max(least, Math.min(widest, Math.round(room.value * widestShare))));
  const within = (px: number) => Math.round(Math.min(most.value, Math.max(least, px)));
  const px = computed(() => within(pane(name, usual)));
  return reactive({ px, least, most, set: (wanted: number) => within(wanted) !== px.value && setPane(name, within(wanted)), reset: () => setPane(name, usual) });
}
export const listWidth = width("listWidth", 300, 240, 560);
export const cardWidth = width("cardWidth", 312, 264, 560);
