// A change of a ticket in human words.
import type { Entry, Id, Text } from "@/api/types";

interface Names {
  t: (key: string, values?: Record<string, unknown>) => string;
  personName: (id: Id | null) => string;
  queueName: (id: Id | null) => string;
  categoryName: (id: Id | null) => string;
  when: (iso: string) => string;
  /** "规则「急事升级」" where a rule did it. */
  ruleName?: (entry: Entry) => string | null;
  /** A text of the server in the reader's language. */
  say?: (text: Text) => string;
}

const asId = (value: unknown): Id | null => (typeof value === "number" ? value : null);

function assignedWords(entry: Entry, who: string, names: Names): string {
  const to = asId(entry.change?.to);
  const { t, personName } = names;
  if (to === null) return t("change.unassigned", { who });
  if (entry.authorId === to) return t("change.assignedSelf", { who });
  if ((entry.author !== "system" && entry.authorId !== null) || entry.change?.rule) return t("change.assigned", { who, to: personName(to) });
  return t("change.assignedAuto", { to: personName(to) }) + whyWords(entry.change, t);
}

const WHYS = ["vip_manager", "deputy", "vip_overflow", "queue", "vip_pool", "owner_away", "signed_out"];

/** Why routing did so: who asks "why me?" reads it beside what happened. */
function whyWords(change: Entry["change"], t: Names["t"]): string {
  const why = String(change?.reason ?? "");
  return WHYS.includes(why) ? t(`change.why.${why}`) : "";
}

/** What happened on the way through a process; a choice or a note follows what was done. */
function processWords(change: Record<string, unknown>, who: string, { t, personName, say }: Names): string {
  const text = (value: unknown): string => (value && typeof value === "object" ? (say?.(value as Text) ?? "") : "");
  const why = String(change.reason ?? "");
  const words = t(`change.process.${String(change.did)}`, {
    who, process: text(change.process), step: text(change.step), to: text(change.to), party: text(change.party), outcome: text(change.outcome),
    version: String(change.version ?? ""), ticket: String(change.ticket ?? ""), reason: why === "late" || why === "nobody" ? t(`change.process.${why}`) : why,
    people: Array.isArray(change.people) ? change.people.map((id) => personName(asId(id))).join(", ") : "",
  });
  return [words, text(change.way), String(change.note ?? "")].filter(Boolean).join(" · ");
}

export function changeWords(entry: Entry, player: string, names: Names): string {
  const { t, personName, queueName, categoryName } = names;
  const change = entry.change ?? { what: "other" };
  const who = entry.author === "player" ? player : entry.authorId ? personName(entry.authorId) : (names.ruleName?.(entry) ?? t("timeline.system"));
  const from = (words: string) => (words ? t("change.from", { from: words }) : "");
  switch (change.what) {
    case "assigned":
      return assignedWords(entry, who, names);
    case "queue":
      if (change.from === change.to) return t("change.putBack", { who, to: queueName(asId(change.to)) }) + whyWords(change, t);
      return t("change.queue", { who, to: queueName(asId(change.to)) }) + from(queueName(asId(change.from))) + whyWords(change, t);
    case "status":
      return t("change.status", { who, to: t(`tickets.status.${String(change.to)}`) });
    case "category":
      return t("change.category", { who, to: categoryName(asId(change.to)) || t("tickets.noCategory") }) + from(categoryName(asId(change.from)));
    case "priority":
      return t("change.priority", { who, to: t(`tickets.priority.p${String(change.to)}`) });
    case "tags":
      return t("change.tags", { who, to: (change.to as string[]).join(t("change.comma")) || t("change.none") });
    case "fields":
      return t("change.fields", { who });
    case "resolved":
      return change.solution ? t("change.resolvedWith", { who, solution: String(change.solution) }) : t("change.resolved", { who });
    case "reopened":
      return change.by === "player" || entry.author === "player" ? t("change.reopenedPlayer") : t("change.reopened", { who });
    case "rated":
      return t("change.rated", { score: String(change.score) });
    case "breached":
      return t("change.breached", { clock: t(`clock.${String(change.clock)}`) });
    case "escalated": {
      const told = Array.isArray(change.to) ? change.to.map((id) => personName(asId(id))).join("、") : "";
      return t("change.escalated", { to: told, clock: t(`clock.${String(change.clock)}`), at: t(`change.escalatedAt.${change.at === "warning" ? "warning" : "breach"}`) });
    }
    case "chat_accepted":
      return t("change.chat_accepted", { who: asId(change.by) === null ? who : personName(asId(change.by)) });
    case "chat_ended":
      return t(`change.chat_ended.${["left", "idle", "resolved"].includes(String(change.reason)) ? String(change.reason) : "other"}`);
    case "nudged":
      return t("change.nudged", { n: Number(change.times ?? 1) });
    case "merged":
    case "merged_in":
    case "unmerged":
    case "unmerged_out":
    case "split_off":
    case "split_from":
    case "side_opened":
    case "side_closed":
    case "side_reopened":
      return t(`change.${change.what}`, { who, to: String(change.to ?? ""), from: String(change.from ?? ""), subject: String(change.subject ?? "") });
    case "linked":
    case "unlinked":
      return t(`change.${change.what}`, { who, to: String(change.to ?? change.from), kind: t(`change.link.${["duplicate_of", "caused_by", "child_of"].includes(String(change.kind)) ? String(change.kind) : "related"}`) });
    case "snoozed":
      return t("change.snoozed", { who, time: names.when(String(change.until)) });
    case "woken":
      return t(`change.woken.${["time", "player"].includes(String(change.why)) ? String(change.why) : "hand"}`, { who });
    case "stage":
      return t("change.stage", { text: entry.body });
    case "process":
      return processWords(change, who, names);
    case "chat_started":
    case "nobody_on_duty":
    case "taken_back":
    case "closed":
      return t(`change.${change.what}`);
    default:
      return t("change.other", { who });
  }
}
