// Unsent words belong to the person who wrote them: they survive a reload and an expired session,
// but are forgotten when somebody else signs in on the same screen.
import { watch } from "vue";
import { me } from "@/staff/session";
import { forgetDrafts } from "./drafts";
import { forgetOutbox } from "./outbox";

const storeKey = "playerdesk.person";

watch(
  me,
  (person) => {
    if (!person) return;
    const before = sessionStorage.getItem(storeKey);
    if (before !== null && before !== String(person.id)) {
      forgetDrafts();
      forgetOutbox();
    }
    sessionStorage.setItem(storeKey, String(person.id));
  },
  { immediate: true },
);
