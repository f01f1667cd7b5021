// What a screen shows is told from where it ends: cursors in order, and answers that are older than the news asked again.
import { describe, expect, it } from "vitest";
import { cache } from "@/api/cache";
import { beginAt, cursorNow, hearCursor, isOlder, older } from "@/api/cursor";
import { leaveTopic, since } from "@/live/missed";

describe("cursors", () => {
  it("are ordered as snapshots are taken", () => {
    const taken = ["100:100:", "100:105:100,102", "100:105:100", "101:105:", "105:200:105,150", "105:200:105"];
    taken.forEach((one, at) => taken.forEach((other, place) => expect(isOlder(one, other)).toBe(at < place)));
    expect(older("101:105:", "100:105:100")).toBe("100:105:100");
  });
  it("only move on, until the line begins anew", () => {
    beginAt("");
    hearCursor("10:10:");
    hearCursor("9:9:");
    hearCursor(null);
    expect(cursorNow()).toBe("10:10:");
    beginAt("3:3:");
    expect(cursorNow()).toBe("3:3:");
  });
});

const later = () => {
  let answer: (value: string) => void = () => undefined;
  return { asked: new Promise<string>((done) => (answer = done)), answer: (value: string) => answer(value) };
};

describe("a topic begins", () => {
  it("where the answer was asked for, not where it came", async () => {
    beginAt("10:10:");
    const one = later();
    const asking = cache.fetchQuery({ queryKey: ["ticket", 7], queryFn: () => one.asked });
    hearCursor("20:20:");
    expect(since(["ticket:7"])).toBe("10:10:");
    one.answer("x");
    await asking;
    hearCursor("30:30:");
    expect(since(["ticket:7"])).toBe("10:10:");
    expect(since(["ticket:8"])).toBe("30:30:");
  });
  it("where it was left, when it was listened to meanwhile", () => {
    leaveTopic("ticket:7");
    hearCursor("40:40:");
    expect(since(["ticket:7"])).toBe("30:30:");
    expect(since(["ticket:7", "queue:1"])).toBe("30:30:");
  });
});

describe("an answer on its way", () => {
  it("is asked for again when news came before it", async () => {
    const [first, second] = [later(), later()];
    const answers = [first, second];
    const queryKey = ["player", 9, "card"];
    const asking = cache.fetchQuery({ queryKey, queryFn: () => (answers.shift() as typeof first).asked, gcTime: Infinity });
    void cache.invalidateQueries({ queryKey: ["player", 9] });
    await Promise.resolve();
    first.answer("old");
    await asking;
    await Promise.resolve();
    await new Promise((done) => setTimeout(done));
    expect(cache.getQueryState(queryKey)?.isInvalidated).toBe(true);
  });
});
