// The title of the tab: what is open, and in front of it how many wait too long.
import { computed, watchEffect } from "vue";
import { useRoute } from "vue-router";
import { i18n } from "@/kit/words";
import { useLate } from "@/tickets/late";
import { knownRow } from "@/tickets/lists";
import { viewName } from "@/tickets/naming";
import { viewOf } from "@/tickets/views";

export function useTitles(): void {
  const route = useRoute();
  const { t } = i18n.global;
  const late = useLate();
  const page = computed(() => {
    if (route.name === "board") return t("board.title");
    if (route.meta.title) return t(String(route.meta.title));
    const id = Number(route.params.id ?? 0);
    if (id) return `#${id} ${knownRow(id)?.subject ?? ""}`.trim();
    return route.params.view ? viewName(viewOf(String(route.params.view))) : "";
  });
  watchEffect(() => {
    const warning = late.value.length ? `(${late.value.length}!) ` : "";
    document.title = `${warning}${page.value ? `${page.value} · ` : ""}${t("app.name")}`;
  });
}
