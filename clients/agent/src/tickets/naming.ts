// Names and icons for what a row carries.
import type { TicketRow } from "@/api/types";
import { i18n } from "@/kit/words";
import { useDirectory } from "@/staff/directory";
import { savedList } from "./saved";
import type { View } from "./views";

const t = i18n.global.t;

const { queueName } = useDirectory();

export function viewName(view: View): string {
  if (view.savedId !== null) return savedList.value.find((one) => one.id === view.savedId)?.name ?? "";
  return view.queueId === null ? t(`view.${view.kind}`) : queueName(view.queueId);
}

export function channelName(channel: string): string {
  const known = ["game", "chat", "mail"].includes(channel) ? channel : "other";
  return t(`tickets.channel.${known}`);
}

export function channelIcon(row: { channel: string }): string {
  if (row.channel === "chat") return "i-lucide-messages-square";
  return row.channel === "mail" ? "i-lucide-mail" : "i-lucide-gamepad-2";
}

export const priorityIcons = ["i-lucide-chevrons-up", "i-lucide-chevron-up", "i-lucide-minus", "i-lucide-chevron-down"];

export const statusIcons: Record<TicketRow["status"], string> = {
  new: "i-lucide-circle-dot",
  open: "i-lucide-circle-dot-dashed",
  pending: "i-lucide-hourglass",
  hold: "i-lucide-circle-pause",
  resolved: "i-lucide-circle-check",
  closed: "i-lucide-archive",
};

/** "烈焰服 · 剑无名": where the player plays and as whom. */
export const whereabouts = (row: TicketRow): string => [row.serverName, row.characterName].filter(Boolean).join(" · ");
