// Snippets and macros: read once, offered by what fits the ticket, used in one go.
import { useQuery } from "@tanstack/vue-query";
import { cache } from "@/api/cache";
import { api, Refused } from "@/api/client";
import type { Entry, Held, Macro, MacroAction, TicketRow } from "@/api/types";
import { newKey } from "@/kit/ids";
import { i18n, say } from "@/kit/words";
import { useDirectory } from "@/staff/directory";
import { me } from "@/staff/session";
import { applyRows } from "@/tickets/lists";
import { addEntries, assume, catchUp } from "@/tickets/open";
import { stop, takeHeld } from "@/tickets/outbox";

export const useMacros = () =>
  useQuery({ queryKey: ["macros"], queryFn: () => api.get<{ macros: Macro[] }>("/macros").then((list) => list.macros), staleTime: 60_000 });

export const forgetMacros = () => cache.invalidateQueries({ queryKey: ["macros"] });

/** Those that fit the ticket's brand and the player's language; the other language's last. */
export function fitting(macros: Macro[], row: TicketRow): Macro[] {
  const language = row.language.startsWith("en") ? "en" : "zh";
  const foreign = (one: Macro) => Number(one.language !== null && one.language !== language);
  return macros.filter((one) => one.brandId === null || one.brandId === row.brandId).sort((a, b) => foreign(a) - foreign(b));
}

/** By what was typed: the shortcut before the name before the text, and of those the most used. */
export function found(macros: Macro[], wanted: string): Macro[] {
  const text = wanted.trim().toLowerCase();
  if (!text) return macros;
  const rank = (one: Macro) =>
    one.shortcut.startsWith(text) ? 0 : one.title.toLowerCase().includes(text) ? 1 : one.shortcut.includes(text) ? 2 : one.body.toLowerCase().includes(text) ? 3 : 9;
  return macros.map((one) => [rank(one), one] as const).filter(([n]) => n < 9).sort((a, b) => a[0] - b[0]).map(([, one]) => one);
}

export const actionIcons: Record<MacroAction["do"], string> = {
  assign: "i-lucide-user-round-check", queue: "i-lucide-layers", status: "i-lucide-circle-dot-dashed", priority: "i-lucide-chevrons-up",
  category: "i-lucide-tag", note: "i-lucide-lock", resolve: "i-lucide-circle-check",
};

/** "状态改为「等待玩家」" */
export function actionWords(action: MacroAction): string {
  const { t } = i18n.global;
  const { personName, queueName, categoryName } = useDirectory();
  const to = {
    assign: () => (action.to ? personName(Number(action.to)) : t("writing.action.me", { name: me.value?.name ?? "" })),
    queue: () => queueName(Number(action.to)),
    status: () => t(`tickets.status.${String(action.to)}`),
    priority: () => t(`tickets.priority.p${String(action.to)}`),
    category: () => categoryName(Number(action.to)),
    note: () => action.text ?? "",
    resolve: () => action.text ?? "",
  }[action.do]();
  return t(`writing.action.${action.do}`, { to });
}

/** Counts the use of a text that was put into a reply; nobody waits for it. */
export function inserted(macro: Macro, row: TicketRow): void {
  api.post(`/tickets/${row.id}/macros/${macro.id}/inserted`, { clientKey: newKey() }).catch(() => undefined);
}

export interface Use {
  macro: Macro;
  row: TicketRow;
  body: string;
  baseSeq: number;
  seconds: number;
  /** The same key is sent again after a lost connection: done once. */
  key: string;
}

/** Says and does it. A reply that is stale is stopped as any reply: false, and its text is in the composer. */
export async function use({ macro, row, body, baseSeq, seconds, key }: Use, giveText: (body: string) => void): Promise<boolean> {
  try {
    const done = await api.post<{ ticket: TicketRow; held: Held | null }>(`/tickets/${row.id}/macros/${macro.id}`, {
      clientKey: key, body, baseSeq, seconds,
    });
    if (done.held) takeHeld([done.held], 0);
    applyRows([done.ticket]);
    assume(row.id, done.ticket);
    await catchUp(row.id);
    return true;
  } catch (problem) {
    if (problem instanceof Refused && problem.code === "stale_reply") {
      const missed = (problem.extra.missed as Entry[] | undefined) ?? [];
      addEntries(row.id, missed);
      giveText(body);
      stop(row.id, missed);
      return false;
    }
    throw problem;
  }
}

export const shareName = (macro: Macro): string => {
  const { t } = i18n.global;
  const { queues } = useDirectory();
  return macro.share === "team" ? say(queues.value.get(macro.queueId ?? 0)?.name) : t(`writing.share.${macro.share}`);
};
