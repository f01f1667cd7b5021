// Categories, queues, brands and people by their keys, as documents and text files name them.
import { inject, provide, type InjectionKey } from "vue";
import type { Choice } from "@/kit/PickMenu.vue";
import { say } from "@/kit/words";
import { useDirectory } from "@/staff/directory";

const { directory, categoryName } = useDirectory();

/** Whether values are written by key below here, and whose: an empty brand means every brand's. */
const wanted: InjectionKey<() => { brandKey: string }> = Symbol("keyed");
export const writeKeys = (whose: () => { brandKey: string }): void => provide(wanted, whose);
export const keysWanted = (): (() => { brandKey: string }) | null => inject(wanted, null);

/** {"key": "payment"} → "payment"; null for anything else. */
export function keyIn(value: unknown): string | null {
  const key = value !== null && typeof value === "object" ? (value as { key?: unknown }).key : undefined;
  return typeof key === "string" ? key : null;
}

const brandIdOf = (brandKey: string) => directory.value?.brands.find((one) => one.key === brandKey)?.id ?? null;

/** What there is to name, each key once; of one brand only what is its own or everybody's. */
export function keyedChoices(kind: string, brandKey: string): Choice<string>[] {
  const known = directory.value;
  if (!known) return [];
  const brand = brandKey ? brandIdOf(brandKey) : null;
  const fits = (one: { brandId: number | null }) => !brandKey || one.brandId === null || one.brandId === brand;
  const listed: { key: string; label: string; hint?: string }[] =
    kind === "person" ? known.people.map((one) => ({ key: one.login, label: one.name, hint: one.login }))
    : kind === "queue" ? known.queues.filter(fits).map((one) => ({ key: one.key, label: say(one.name) }))
    : kind === "category" ? known.categories.filter(fits).map((one) => ({ key: one.key, label: categoryName(one.id) }))
    : kind === "brand" ? known.brands.map((one) => ({ key: one.key, label: say(one.name) }))
    : [];
  const found = new Map<string, Choice<string>>();
  for (const { key, label, hint } of listed) if (!found.has(key)) found.set(key, { value: key, label, ...(hint ? { hint } : {}) });
  return [...found.values()];
}

/** What the thing with this key is called; the key itself when there is none any more. */
export function keyedName(kind: string, key: string): string {
  return keyedChoices(kind, "").find((one) => one.value === key)?.label ?? key;
}
