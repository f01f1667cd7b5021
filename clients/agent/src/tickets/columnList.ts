// The columns a list can have, in the order they stand, and how wide each is.
export const columnNames = ["number", "player", "subject", "category", "due", "wait", "status", "priority", "assignee", "queue", "channel", "server", "brand", "rating", "created", "updated"];
export const usualColumns = ["player", "subject", "due", "wait", "status", "assignee"];
const widths: Record<string, string> = {
  number: "72px", player: "minmax(140px, 1.1fr)", subject: "minmax(200px, 3fr)", category: "minmax(100px, 1fr)", due: "96px", wait: "72px", status: "112px",
  priority: "64px", assignee: "88px", queue: "104px", channel: "72px", server: "96px", brand: "96px", rating: "48px", created: "96px", updated: "96px",
};
/** `grid-template-columns` of a wide row: the tier's mark first. */
export const gridOf = (columns: readonly string[]): string => ["20px", ...columns.map((one) => widths[one] ?? "96px")].join(" ");
