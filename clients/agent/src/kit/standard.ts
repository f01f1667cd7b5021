// What holds where nobody chose anything: the same as staff/preferences.py says.
import type { Preferences } from "@/api/types";

export const standard: Preferences = {
  keys: {},
  sounds: ["chat", "ticket", "message", "mention", "late"],
  notices: [],
  volume: 60,
  quietWhenFocused: false,
  quietFrom: null,
  quietUntil: null,
  density: "comfortable",
  theme: "system",
  timeZone: null,
  hours: "24",
  undoSeconds: 5,
  panes: {},
  collapsed: [],
  revision: 0,
};
