import { expect, test } from "vitest";
import type { Change, Entry } from "@/api/types";
import { changeWords } from "@/tickets/changes";
import zh from "@/words/zh-CN";

type Tree = { [key: string]: string | Tree };

function t(key: string, values: Record<string, unknown> = {}): string {
  const found = key.split(".").reduce<string | Tree | undefined>((tree, part) => (tree as Tree | undefined)?.[part], zh as unknown as Tree);
  if (typeof found !== "string") throw new Error(`no words for ${key}`);
  return found.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}
const people: Record<number, string> = { 5: "何佳宁", 6: "赵敏" };
const names = {
  t,
  personName: (id: number | null) => (id ? (people[id] ?? "") : ""),
  queueName: (id: number | null) => (id === 2 ? "充值" : id === 4 ? "技术" : ""),
  categoryName: (id: number | null) => (id === 1 ? "充值未到账" : ""),
  when: (iso: string) => iso,
};
const entry = (change: Change, more: Partial<Entry> = {}): Entry => ({
  ticketId: 1, seq: 1, number: null, id: 1, kind: "change", author: "staff", authorId: 5, body: "", attachments: [], change, clientKey: null,
  createdAt: "2026-11-22T04:00:00.000000Z", ...more,
});
const words = (change: Change, more?: Partial<Entry>) => changeWords(entry(change, more), "小鱼干", names);

test("changes are told in words", () => {
  expect(words({ what: "assigned", from: null, to: 5 })).toBe("何佳宁 领取了工单");
  expect(words({ what: "assigned", from: null, to: 6 })).toBe("何佳宁 把工单分配给 赵敏");
  expect(words({ what: "assigned", from: null, to: 6 }, { author: "system", authorId: null })).toBe("系统把工单分配给 赵敏");
  const routed = { author: "system", authorId: null } as const;
  expect(words({ what: "assigned", from: null, to: 6, reason: "deputy" }, routed)).toBe("系统把工单分配给 赵敏：专属 VIP 客服不在，由代理人接手");
  expect(words({ what: "assigned", from: null, to: 6, reason: "queue" }, routed)).toBe("系统把工单分配给 赵敏：排队轮到，手上有空");
  expect(words({ what: "queue", from: 2, to: 4, reason: "vip_pool" }, routed)).toBe("系统 转到队列「技术」（原：充值）：大R 由 VIP 席照看");
  expect(words({ what: "queue", from: 2, to: 4 })).toBe("何佳宁 转到队列「技术」（原：充值）");
  expect(words({ what: "queue", from: 2, to: 2 })).toBe("何佳宁 把工单放回队列「充值」");
  expect(words({ what: "priority", from: 2, to: 0 })).toBe("何佳宁 把优先级改为「紧急」");
  expect(words({ what: "reopened", by: "player" }, { author: "system", authorId: null })).toBe("玩家重新打开了工单");
  expect(words({ what: "chat_accepted", by: 6 }, { author: "system", authorId: null })).toBe("赵敏 接入会话");
  expect(words({ what: "nudged", times: 2 })).toBe("玩家催单（第 2 次）");
});

test("every change the server makes has words, and an unknown one does not break the timeline", () => {
  const all = ["assigned", "queue", "status", "category", "priority", "resolved", "reopened", "chat_started", "chat_accepted", "chat_ended", "nobody_on_duty", "rated", "taken_back", "nudged", "closed",
    "merged", "merged_in", "unmerged", "unmerged_out", "split_off", "split_from", "linked", "unlinked", "snoozed", "woken", "side_opened", "side_closed", "side_reopened"];
  const values: Record<string, unknown> = { status: "pending", priority: 1 };
  for (const what of all) expect(words({ what, to: values[what] ?? 2, score: 5, until: "2026-11-23T01:00:00Z" }), what).not.toContain("undefined");
  expect(words({ what: "breached", clock: "first" })).toBe("首次响应超时");
  expect(words({ what: "something_new" })).toBe("何佳宁 更新了工单");
});
