// All keys with the name of what they do: the sheet prints them, the palette runs them.
export const keyGroups = [
  { name: "lists", keys: [["j", "down"], ["k", "up"], ["Enter", "open"], ["q", "pull"], ["/", "filter"]] },
  {
    name: "ticket",
    keys: [
      ["r", "reply"], ["n", "note"], ["⌘/Ctrl Enter", "send"], ["y", "take"], ["a", "assign"], ["h", "handOff"], ["t", "category"],
      ["p", "priority"], ["s", "status"], ["e", "resolve"], ["⇧E", "resolveNext"], ["i", "card"],
      [".", "copyNumber"], ["..", "copyTitle"], ["...", "copyLink"], ["Esc", "back"],
    ],
  },
  {
    name: "everywhere",
    keys: [
      ["g m", "goMine"], ["g u", "goUnassigned"], ["g o", "goOpen"], ["g p", "goPending"], ["g e", "goEscalated"], ["g r", "goResolved"],
      ["g b", "goBoard"], ["⌘/Ctrl K", "palette"], ["?", "help"],
    ],
  },
] as const;
