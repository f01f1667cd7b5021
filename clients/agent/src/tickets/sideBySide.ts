// Which of several chats is next, and which stand side by side. Pure.

/** The chat beside the open one, round and round; null when there is none. */
export function beside(chats: { id: number }[], open: number | null, by: number): number | null {
  if (!chats.length) return null;
  const at = chats.findIndex((one) => one.id === open);
  if (at < 0) return chats[by > 0 ? 0 : chats.length - 1]?.id ?? null;
  return chats[(at + by + chats.length) % chats.length]?.id ?? null;
}

/** Which chats stand side by side: the open one comes in, the one that was looked at longest ago goes. */
export function arrange(shown: number[], chats: number[], open: number, columns: number, used: number[]): number[] {
  let next = shown;
  if (!shown.includes(open)) {
    if (shown.length < columns) next = [...shown, open];
    else {
      const [oldest] = [...shown].sort((a, b) => used.lastIndexOf(a) - used.lastIndexOf(b));
      next = shown.map((id) => (id === oldest ? open : id));
    }
  }
  // Free columns are filled with chats that nobody looks at.
  for (const id of chats) if (next.length < columns && !next.includes(id)) next = [...next, id];
  while (next.length > columns) next = next.filter((id, at) => id === open || at !== next.findIndex((one) => one !== open));
  return next;
}
