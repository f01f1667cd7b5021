// Rules as the editor has them: the body, what it is made of, and what it says in one sentence.
import { useQuery } from "@tanstack/vue-query";
import { cache } from "@/api/cache";
import { api } from "@/api/client";
import type { FieldEntry } from "@/api/types";
import type { Body } from "@/blueprints/types";
import { i18n, say, te } from "@/kit/words";
import type { Tree } from "@/tickets/conditions";
import { treeName } from "@/tickets/conditionWords";
import { keyedName } from "@/tickets/keyed";
import type { components } from "../../../api/schema";

type Shape = components["schemas"];
export type Fired = Omit<Shape["Fired"], "acts" | "why" | "ruleName"> & { ruleName: { zh: string; en: string }; acts: (Act & { outcome: string; why?: { zh: string; en: string } })[]; why: Record<string, unknown> };
export type Tried = Shape["Tried"];
export type RuleState = Shape["RuleState"];

export interface When { events?: string[]; since?: string; hours?: number }
export interface Act {
  do: string;
  to?: string | number | null;
  text?: string;
  add?: string[];
  remove?: string[];
  people?: string[];
  leads?: boolean;
  field?: string;
  value?: unknown;
}
export interface RuleBody {
  name: { zh: string; en: string };
  when: When;
  if?: Tree;
  then: Act[];
  on?: boolean;
  stop?: boolean;
  position?: number;
}

export const events = ["opened", "player_message", "staff_message", "changed", "assigned", "queued", "resolved", "reopened", "rated", "warned", "breached"];
export const sinces = ["last_message", "waiting_since", "created", "resolved", "due_in", "due"];
export const doings = ["priority", "assign", "queue", "category", "status", "tag", "reply", "note", "notify", "field", "process", "webhook"];
export const icons: Record<string, string> = {
  assign: "i-lucide-user-round-check", queue: "i-lucide-layers", category: "i-lucide-folder-tree", priority: "i-lucide-chevrons-up", status: "i-lucide-circle-dot-dashed",
  tag: "i-lucide-tag", reply: "i-lucide-message-circle", note: "i-lucide-lock", notify: "i-lucide-bell-ring", field: "i-lucide-text-cursor-input", process: "i-lucide-workflow", webhook: "i-lucide-webhook",
};

export const fresh = (name = { zh: "", en: "" }, position = 0): Body =>
  ({ name, when: { events: ["opened"] }, if: { all: [] }, then: [{ do: "priority", to: 1 }], position }) as unknown as Body;

export const newAct = (kind: string): Act =>
  kind === "priority" ? { do: kind, to: 1 } : kind === "status" ? { do: kind, to: "pending" } : kind === "notify" ? { do: kind, leads: true, text: "" } : kind === "tag" ? { do: kind, add: [] } : { do: kind };

export interface Book { fields: FieldEntry[]; events: string[]; variables: string[] }
export const useBook = () => useQuery({ queryKey: ["rule-book"], queryFn: () => api.get<Book>("/rules/fields"), staleTime: 60_000 });
export const useStates = () => useQuery({ queryKey: ["rule-states"], queryFn: () => api.get<{ rules: RuleState[] }>("/rules/states").then((answer) => answer.rules), staleTime: 5000, refetchInterval: 30_000 });
export const forgetStates = () => cache.invalidateQueries({ queryKey: ["rule-states"] });

const t = i18n.global.t;
const comma = () => t("views.comma");

function whenName(when: When): string {
  if (when.since === "due_in") return t("rules.dueIn", { n: when.hours ?? "?" });
  if (when.since) return t("rules.afterHours", { n: when.hours ?? "?", since: t(`rules.since.${when.since}`) });
  return (when.events ?? []).map((one) => t(`rules.event.${one}`)).join(t("rules.or"));
}

export function actName(act: Act, fields: FieldEntry[] = []): string {
  const key = String(act.to ?? "?");
  const to: Record<string, () => string> = {
    assign: () => keyedName("person", key), queue: () => keyedName("queue", key), category: () => keyedName("category", key),
    priority: () => t(`tickets.priority.p${key}`), status: () => t(`tickets.status.${key}`),
    tag: () => [...(act.add ?? []).map((one) => `+${one}`), ...(act.remove ?? []).map((one) => `−${one}`)].join(comma()),
    reply: () => short(act.text), note: () => short(act.text), notify: () => [...(act.people ?? []).map((one) => keyedName("person", one)), ...(act.leads ? [t("rules.leads")] : [])].join(comma()),
    field: () => `${say(fields.find((one) => one.name === `field.${act.field ?? ""}`)?.label) || (act.field ?? "?")} = ${String(act.value ?? "?")}`,
    process: () => key, webhook: () => key,
  };
  return t(`rules.told.${act.do}`, { to: to[act.do]?.() ?? "" });
}
/** An act of the log: with what it did it to, if the log has that. */
export const firedName = (act: Act, fields: FieldEntry[]): string =>
  (act.to ?? act.add ?? act.remove ?? act.people ?? act.leads ?? act.field) != null ? actName(act, fields) : te(`rules.do.${act.do}`) ? t(`rules.do.${act.do}`) : t("rules.all");
const short = (text = "") => (text.length > 24 ? `${text.slice(0, 24)}…` : text);

/** "当 新工单，如果 优先级 属于 紧急，就 转到「VIP」、通知 组长。" */
export function sentence(body: Body, fields: FieldEntry[]): string {
  const rule = body as unknown as RuleBody;
  const condition = rule.if ? treeName(rule.if, fields) : "";
  const values = { when: whenName(rule.when ?? {}), if: condition, then: (rule.then ?? []).map((one) => actName(one, fields)).join(comma()) || t("rules.doNothing") };
  return t(condition ? "rules.sentence" : "rules.sentenceAlways", values) + (rule.stop ? t("rules.thenStop") : "") + (rule.on === false ? t("rules.isOff") : "");
}

const step = 10;
/** The position for a rule that is to stand at `at` among the others of its list. */
export function positionAt(others: number[], at: number): number {
  const [before, after] = [others[at - 1], others[at]];
  if (before === undefined) return after === undefined ? step : after - step;
  return after === undefined ? before + step : (before + after) / 2;
}
