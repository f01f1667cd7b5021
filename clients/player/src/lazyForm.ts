/** The form and its kinds of fields are a part of their own: the first screen does not wait for them. */
import type { Form } from "./screens/Form";
import { change } from "./store";

let form: typeof Form | undefined;
let asked = false;

export const loadedForm = (): typeof Form | undefined => form;

export function loadForm(): void {
  if (asked) return;
  asked = true;
  import("./screens/Form").then(
    (loaded) => {
      form = loaded.Form;
      change();
    },
    // The network may be back in a moment.
    () => setTimeout(() => ((asked = false), loadForm()), 3000),
  );
}
