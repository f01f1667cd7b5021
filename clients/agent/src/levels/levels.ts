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

export interface Branch {
  key: string;
  name: string;
  /** Its own key and those of all it stands below, the nearest first. */
  way: string[];
  leaf: boolean;
}
/** What a document of this brand may name: its own categories and everybody's, branches before what stands below them. */
export function useBranches(brandKey: () => string) {
  const { directory } = useDirectory();
  return computed(() => {
    const brand = directory.value?.brands.find((one) => one.key === brandKey())?.id ?? null;
    const all = (directory.value?.categories ?? []).filter((one) => one.brandId === null || one.brandId === brand);
    const below = (parent: number | null, name: string, way: string[]): Branch[] =>
      all.filter((one) => (one.parentId ?? null) === parent && !way.includes(one.key)).flatMap((one) => {
        const [own, keys] = [name ? `${name} › ${say(one.name)}` : say(one.name), [one.key, ...way]];
        const under = below(one.id, own, keys);
        return [{ key: one.key, name: own, way: keys, leaf: !under.length }, ...under];
      });
    return below(null, "", []);
  });
}
