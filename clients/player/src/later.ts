/** Asking and rating are a part of their own: the first screen does not wait for them. */
import { change } from "./store";

type Later = typeof import("./screens/Form");

let parts: Partial<Later> = {};
let asked = false;

/** Form and Rating, once they are there. */
export const later = (): Partial<Later> => parts;

export function loadLater(): void {
  if (asked) return;
  asked = true;
  import("./screens/Form").then(
    (loaded) => {
      parts = loaded;
      change();
    },
    // The network may be back in a moment.
    () => setTimeout(() => ((asked = false), loadLater()), 3000),
  );
}
