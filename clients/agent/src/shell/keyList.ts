// All keys with the name of what they do: the sheet prints them, the palette runs them, the person may change them.
// A key stands here as it is without a choice of hers; components name it so in `useKeys`, whatever she presses for it.
export const keyGroups = [
  { name: "lists", keys: [["j", "down"], ["k", "up"], ["Enter", "open"], ["q", "pull"], ["f", "filter"], ["⇧F", "narrow"], ["x", "select"], ["⇧X", "selectTo"], ["⇧P", "play"], ["⇧J", "skip"]] },
  {
    name: "ticket",
    keys: [
      ["r", "reply"], ["n", "note"], ["⌘/Ctrl Enter", "send"], ["y", "take"], ["a", "assign"], ["h", "handOff"], ["t", "category"],
      ["p", "priority"], ["s", "status"], ["e", "resolve"], ["⇧E", "resolveNext"], ["i", "card"], ["m", "macros"], ["u", "undoSend"],
      ["z", "snooze"], ["w", "follow"], ["⇧L", "links"], ["⇧M", "merge"], ["c", "work"], ["b", "aside"],
      [".", "copyNumber"], ["..", "copyTitle"], ["...", "copyLink"], ["Esc", "back"],
    ],
  },
  { name: "chats", keys: [["[", "previousChat"], ["]", "nextChat"], ["1…9", "numberedChat"], ["l", "late"]] },
  {
    name: "everywhere",
    keys: [
      ["/", "search"], ["g m", "goMine"], ["g u", "goUnassigned"], ["g o", "goOpen"], ["g p", "goPending"], ["g e", "goEscalated"], ["g r", "goResolved"],
      ["g c", "goChats"], ["g b", "goBoard"], ["g s", "goSettings"], ["⌘/Ctrl K", "palette"], ["?", "help"],
    ],
  },
] as const;
