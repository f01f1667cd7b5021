/** Links to attachments end after minutes: while a conversation is on screen it has fresh ones. */
import { loadTicket } from "./actions";
import { change, thread } from "./store";

/** The desk makes links that are good for a quarter of an hour at least. */
const FRESH_FOR = 10 * 60_000;
const LOOK_EVERY = 60_000;

/** Asks for the conversation again before its links end; the returned function stops. */
export function keepLinks(id: number): () => void {
  let renewed = Date.now();
  let asking = false;
  const look = async (): Promise<void> => {
    if (document.hidden || asking || Date.now() - renewed < FRESH_FOR || !thread(id).messages.some((each) => each.attachments.length)) return;
    asking = true;
    // Without a network there is nothing to open either; the next look tries again.
    await loadTicket(id).then(() => ((renewed = Date.now()), change()), () => undefined);
    asking = false;
  };
  const timer = setInterval(() => void look(), LOOK_EVERY);
  const back = () => void look();
  document.addEventListener("visibilitychange", back);
  return () => (clearInterval(timer), document.removeEventListener("visibilitychange", back));
}
