// One attempt at a time: while it runs `busy` is true, afterwards `problem` has what was said against it.
import { ref } from "vue";
import { wordsFor } from "./notices";

/** `against` finds the words for a refusal, and does what else follows from it. */
export function useAttempt(against: (error: unknown) => string = wordsFor) {
  const busy = ref(false);
  const problem = ref("");
  async function attempt(work: () => Promise<unknown>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    problem.value = "";
    try {
      await work();
    } catch (error) {
      problem.value = against(error);
    } finally {
      busy.value = false;
    }
  }
  return { busy, problem, attempt };
}
