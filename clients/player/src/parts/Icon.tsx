/** Line icons drawn on a 24 grid; the desk names them, unknown names become a question mark. */
const PATHS: Record<string, string> = {
  help: "M9 9a3 3 0 1 1 4 3q-1 .5-1 2M12 17h0M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  wallet: "M4 7h16v13H4V5a1 1 0 0 1 1-1h12v3M16 13h0",
  shield: "M12 3l7 3v5q0 7-7 10-7-3-7-10V6zM9 12l2 2 4-4",
  lock: "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3M12 15v2",
  wifi: "M3 10a13 13 0 0 1 18 0M6 13a8 8 0 0 1 12 0M9 16a4 4 0 0 1 6 0M12 19h0",
  bug: "M8 10a4 4 0 0 1 8 0v5a4 4 0 0 1-8 0zM9 6L8 4M15 6l1-2M8 11H4M20 11h-4M8 15H4M20 15h-4",
  gift: "M4 11h16v9H4zM3 7h18v4H3zM12 7v13M12 7q-5 0-4-3t4 3q3-6 4-3t-4 3z",
  gavel: "M13 4l7 7M10 7l7 7M15 7l-4 4M12 12l-8 8M4 20h8",
  bulb: "M9 17q0-3-2-4a6 6 0 1 1 10 0q-2 1-2 4zM10 21h4",
  heart: "M12 20Q4 15 4 9a4 4 0 0 1 8-2 4 4 0 0 1 8 2q0 6-8 11z",
  flag: "M6 21V4M6 5q3-2 6 0t6 0v9q-3 2-6 0t-6 0",
  calendar: "M5 6h14v14H5zM5 10h14M9 3v4M15 3v4",
  users: "M9 11a3 3 0 1 0 0-7 3 3 0 0 0 0 7zM3 20q0-6 6-6t6 6M16 5a3 3 0 0 1 0 6M18 15q3 1 3 5",
  sword: "M4 20l4-4M6 13l5 5M9 15L20 4h-4L7 13",
  chat: "M4 5h16v11H10l-5 4v-4H4zM8 10h0M12 10h0M16 10h0",
  back: "M15 5l-7 7 7 7",
  next: "M9 6l6 6-6 6",
  close: "M6 6l12 12M18 6L6 18",
  image: "M4 5h16v14H4zM4 16l4-4 4 4 3-3 5 4M15 9h0",
  send: "M4 12L20 4l-5 16-4-6zM11 14l9-10",
  bell: "M6 17v-6a6 6 0 0 1 12 0v6M4 17h16M10 20h4",
  star: "M12 3l3 6 6 1-4 4 1 6-6-3-6 3 1-6-4-4 6-1z",
};

/** The words desks use for their categories' icons, and the drawing each gets. */
const ALSO: [RegExp, string][] = [
  [/wallet|undo|recharge|pay|coin|money|purchase|refund|card|yuan|banknote/, "wallet"],
  [/shield|stolen|hack|safe|secur|theft/, "shield"],
  [/lock|login|account|key|password|user-x/, "lock"],
  [/wifi|lag|network|signal|connect|gauge|disconnect/, "wifi"],
  [/bug|crash|error/, "bug"],
  [/gift|item|reward|lost|box|package|missing/, "gift"],
  [/gavel|appeal|ban|penalty|scale|punish/, "gavel"],
  [/bulb|light|suggest|idea/, "bulb"],
  [/heart|praise|thank|smile/, "heart"],
  [/flag|report|cheat|complain/, "flag"],
  [/calendar|event|activity/, "calendar"],
  [/user|parent|minor|guild|family|child/, "users"],
  [/sword|match|play|game|battle|trophy/, "sword"],
  [/chat|message/, "chat"],
];

export function categoryIcon(icon: string, key: string): string {
  if (icon !== "help" && icon in PATHS) return icon;
  const found = ALSO.find(([words]) => words.test(icon)) ?? ALSO.find(([words]) => words.test(key));
  return found ? found[1] : "help";
}

export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name] ?? PATHS["help"]} />
    </svg>
  );
}
