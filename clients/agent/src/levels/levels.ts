// Names and calendars for the editors of service levels.
import { computed } from "vue";
import { useBlueprints } from "@/blueprints/list";
import { say, t, te } from "@/kit/words";
import { useDirectory } from "@/staff/directory";
import type { CalendarBody } from "./grid";
import { workdayOf } from "./spans";

export const channelName = (key: string): string => (te(`levels.channel.${key}`) ? t(`levels.channel.${key}`) : key);
export const tierName = (key: string | null): string => (key === null ? t("levels.everyTier") : t(`tickets.tier.${key}`));

export function useCalendars() {
  const { data } = useBlueprints("calendar");
  const calendars = computed(() => (data.value ?? []).filter((one) => !one.standing.retired && one.standing.version > 0).map((one) => ({ key: one.standing.key, name: say(one.title), body: one.standing.body as unknown as CalendarBody })));
  const workday = (key: string) => workdayOf(calendars.value.find((one) => one.key === key)?.body.week);
  return { calendars, workday };
}

/** What a document of this brand may name: its own categories and everybody's; leaves only, for tickets have those. */
export function useLeaves(brandKey: () => string) {
  const { directory, categoryName } = useDirectory();
  return computed(() => {
    const all = directory.value?.categories ?? [];
    const parents = new Set(all.map((one) => one.parentId));
    const brand = directory.value?.brands.find((one) => one.key === brandKey())?.id ?? null;
    return all.filter((one) => !parents.has(one.id) && (one.brandId === null || one.brandId === brand)).map((one) => ({ key: one.key, name: categoryName(one.id) }));
  });
}
