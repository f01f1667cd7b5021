// "规则「急事升级」" for what a rule did, said or noted.
import type { Entry } from "@/api/types";
import { i18n, say } from "@/kit/words";

export function ruleName(entry: Entry): string | null {
  const rule = entry.change?.rule as { name: { zh: string; en: string } } | undefined;
  return rule ? i18n.global.t("change.byRule", { name: say(rule.name) }) : null;
}
