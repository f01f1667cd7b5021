/** Line icons on a 24 grid, by the names desks give their categories (those of Lucide); unknown ones become "help". */
const PATHS: Record<string, string> = {
  help: "M9 9a3 3 0 1 1 4 3q-1 .5-1 2M12 17h0M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  wallet: "M4 7h16v13H4V5a1 1 0 0 1 1-1h12v3M16 13h0",
  shield: "M12 3l7 3v5q0 7-7 10-7-3-7-10V6zM9 12l2 2 4-4",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 20q0-6 7-6t7 6",
  lock: "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3M12 15v2",
  signal: "M3 10a13 13 0 0 1 18 0M6 13a8 8 0 0 1 12 0M9 16a4 4 0 0 1 6 0M12 19h0",
  bug: "M8 10a4 4 0 0 1 8 0v5a4 4 0 0 1-8 0zM9 6L8 4M15 6l1-2M8 11H4M20 11h-4M8 15H4M20 15h-4",
  package: "M12 3l8 4v10l-8 4-8-4V7zM4 7l8 4 8-4M12 11v10",
  undo: "M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4",
  gift: "M4 11h16v9H4zM3 7h18v4H3zM12 7v13M12 7q-5 0-4-3t4 3q3-6 4-3t-4 3z",
  gavel: "M13 4l7 7M10 7l7 7M15 7l-4 4M12 12l-8 8M4 20h8",
  lightbulb: "M9 17q0-3-2-4a6 6 0 1 1 10 0q-2 1-2 4zM10 21h4",
  heart: "M12 20Q4 15 4 9a4 4 0 0 1 8-2 4 4 0 0 1 8 2q0 6-8 11z",
  flag: "M6 21V4M6 5q3-2 6 0t6 0v9q-3 2-6 0t-6 0",
  calendar: "M5 6h14v14H5zM5 10h14M9 3v4M15 3v4",
  swords: "M4 20l4-4M6 13l5 5M9 15L20 4h-4L7 13",
  alert: "M12 4l9 16H3zM12 10v4M12 17h0",
  chat: "M4 5h16v11H10l-5 4v-4H4zM8 10h0M12 10h0M16 10h0",
  back: "M15 5l-7 7 7 7",
  next: "M9 6l6 6-6 6",
  close: "M6 6l12 12M18 6L6 18",
  image: "M4 5h16v14H4zM4 16l4-4 4 4 3-3 5 4M15 9h0",
  send: "M4 12L20 4l-5 16-4-6zM11 14l9-10",
  bell: "M6 17v-6a6 6 0 0 1 12 0v6M4 17h16M10 20h4",
  star: "M12 3l3 6 6 1-4 4 1 6-6-3-6 3 1-6-4-4 6-1z",
};

export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name] ?? PATHS["help"]} />
    </svg>
  );
}
