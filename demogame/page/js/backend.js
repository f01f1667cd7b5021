/** The demo game's own back end: who can be played, their tokens, and their mail. */
async function get(path) {
  const response = await fetch(path, { cache: "no-store" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** Everybody who can be played, and where the desk is. */
export const players = () => get("/demo/players");

/** A fresh signed token; the widget asks for one whenever it needs it. */
export const token = async (account) => (await get(`/demo/token?account=${encodeURIComponent(account)}`)).token;

/** The answers the desk pushed to this player's mailbox, newest first, each answer once. */
export async function mail(account) {
  const { mail: letters } = await get(`/demo/mail?account=${encodeURIComponent(account)}`);
  return letters
    .filter((letter) => letter.kind === "message" && letter.message?.body)
    .map((letter) => ({
      id: String(letter.id),
      ticketId: letter.ticketId,
      from: letter.message.authorName ?? "",
      text: letter.message.body,
      at: letter.receivedAt,
    }));
}
