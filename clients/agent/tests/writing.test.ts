import { expect, test, vi } from "vitest";

vi.mock("@/kit/words", () => ({ say: (text: { zh: string }) => text.zh, i18n: { global: { t: (key: string) => key } }, locale: { value: "zh-CN" } }));
vi.mock("@/staff/session", () => ({ me: { value: { id: 1, name: "陈晓雨" } } }));
const people = [{ id: 1, name: "陈晓雨" }, { id: 2, name: "王思远" }, { id: 3, name: "王思远" }, { id: 4, name: "王思" }];
vi.mock("@/staff/directory", () => ({
  useDirectory: () => ({ directory: { value: { people, queues: [{ id: 9, name: { zh: "充值与账单", en: "Payments" } }] } }, categoryName: () => "充值", brandName: () => "云境传说" }),
}));

const { triggerAt } = await import("@/writing/completions");
const { callable, withMentions } = await import("@/writing/mentions");
const { marked, nextPoint, quoted, wrapped } = await import("@/writing/editing");
const { filled, unfilled } = await import("@/writing/variables");
const { emojiFor } = await import("@/writing/emoji");

test("a sign asks for something at the start of a word only", () => {
  expect(triggerAt("/bf", 3, "reply")).toEqual({ sign: "/", query: "bf", at: 0 });
  expect(triggerAt("您好，/", 4, "reply")).toMatchObject({ sign: "/", at: 3 });
  expect(triggerAt("1/2", 3, "reply")).toBeNull();
  expect(triggerAt("https://a", 9, "reply")).toBeNull();
  expect(triggerAt("请 @王", 4, "note")).toMatchObject({ sign: "@", query: "王", at: 2 });
  expect(triggerAt("请 @王", 4, "reply")).toBeNull();
  expect(triggerAt("时间: 12", 6, "reply")).toBeNull();
  expect(triggerAt("好的 :抱", 5, "reply")).toMatchObject({ sign: ":", query: "抱" });
  expect(triggerAt("a@b.com", 7, "note")).toBeNull();
});

test("names become what the desk understands, two of the same name by their number", () => {
  const known = callable();
  expect(known.map((one) => one.label)).toEqual(["王思远#2", "王思远#3", "王思", "充值与账单"]);
  expect(withMentions("@王思远#3 请看，@王思 和 @充值与账单。mail@王思", known)).toBe(
    "[@王思远](person:3) 请看，[@王思](person:4) 和 [@充值与账单](queue:9)。mail@王思",
  );
  const once = withMentions("@王思 看", known);
  expect(withMentions(once, known)).toBe(once);
});

test("marks go around what is selected and away again", () => {
  expect(wrapped("您好", 0, 2, "**")).toEqual({ from: 0, to: 2, text: "**您好**", select: [2, 4] });
  expect(wrapped("**您好**", 2, 4, "**")).toEqual({ from: 0, to: 6, text: "您好", select: [0, 2] });
  expect(wrapped("**您好**", 0, 6, "**")).toEqual({ from: 0, to: 6, text: "您好", select: [0, 2] });
  expect(marked(["a", "b"], "1. ")).toEqual(["1. a", "2. b"]);
  expect(marked(["- a", "- b"], "- ")).toEqual(["a", "b"]);
  expect(marked(["1. a"], "- ")).toEqual(["- a"]);
});

test("Enter goes on with a list and ends it on an empty point", () => {
  expect(nextPoint("- 一")).toEqual({ drop: 0, text: "\n- " });
  expect(nextPoint("前言\n9. 九")).toEqual({ drop: 0, text: "\n10. " });
  expect(nextPoint("- 一\n- ")).toEqual({ drop: 2, text: "" });
  expect(nextPoint("没有列表")).toBeNull();
});

test("variables are filled in, with words for what is unknown; the rest is known to be missing", () => {
  const values = { "player.name": "剑舞红尘", server: "" };
  expect(filled("{{player.name}} 在 {{server|您的服务器}}，{{ due }}", values)).toBe("剑舞红尘 在 您的服务器，{{ due }}");
  expect(unfilled("{{ due }} {{due}} {{x}}")).toEqual(["due", "x"]);
  expect(filled("{{player.name}}", { "player.name": "{{server}}" })).toBe("{{server}}");
});

test("a quote and an emoji", () => {
  expect(quoted("一\n二")).toBe("> 一\n> 二\n\n");
  expect(emojiFor("抱歉")[0]?.glyph).toBe("🙇");
  expect(emojiFor("thanks")[0]?.glyph).toBe("🙏");
});
