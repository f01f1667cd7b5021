import { describe, expect, it } from "vitest";
import { addStep, begin, connect, earlier, moveStep, ownFields, removeStep, stepAt, type Design } from "@/processes/drawing";
import { placed } from "@/processes/layout";

const words = (zh: string) => ({ zh, en: zh });
const fresh = (): Design => begin(words("流程"), words("一"), words("完"));
const arrows = (design: Design) => design.steps.flatMap((one) => (one.next ?? []).map((way) => `${one.key}>${way.to}`));

describe("drawing a process", () => {
  it("puts a new step into the way on of the one before it", () => {
    const { design, key } = addStep(fresh(), "task", words("二"), "step1");
    expect(key).toBe("step2");
    expect(arrows(design)).toEqual(["step1>step2", "step2>end"]);
    expect(design.steps.map((one) => one.key)).toEqual(["step1", "step2", "end"]);
  });
  it("adds an end or a branch beside what is there", () => {
    const one = addStep(fresh(), "end", words("另一个"), "step1");
    expect(arrows(one.design)).toEqual(["step1>end", "step1>end1"]);
  });
  it("closes the gap when a step is taken out, and forgets who could be handed back to it", () => {
    let design = addStep(fresh(), "task", words("二"), "step1").design;
    design = { ...design, steps: design.steps.map((one) => (one.key === "step2" ? { ...one, back: ["step1"] } : one)) };
    const without = removeStep(design, "step1");
    expect(without.start).toBe("step2");
    expect(without.steps[0]?.back).toBeUndefined();
    expect(arrows(removeStep(design, "step2"))).toEqual(["step1>end"]);
  });
  it("draws an arrow once, as a button where people choose", () => {
    let design = addStep(fresh(), "end", words("不"), "step1").design;
    design = { ...design, steps: design.steps.map((one) => (one.key === "step1" ? { ...one, next: [{ to: "end", key: "ok", name: words("好") }] } : one)) };
    const drawn = connect(design, "step1", "end1", words("按钮"));
    expect(drawn.steps[0]?.next).toEqual([{ to: "end", key: "ok", name: words("好") }, { to: "end1", key: "way1", name: words("按钮") }]);
    expect(connect(drawn, "step1", "end1", words("x"))).toEqual(drawn);
    expect(connect(drawn, "end", "step1", words("x"))).toEqual(drawn);
  });
  it("leaves the old drawing alone, so that it can be undone", () => {
    const before = fresh();
    const kept = JSON.stringify(before);
    removeStep(addStep(before, "task", words("二"), "step1").design, "step1");
    moveStep(before, "end", -1);
    expect(JSON.stringify(before)).toBe(kept);
  });
  it("knows the steps of people before one, what conditions can ask, and where a problem is", () => {
    let design = addStep(fresh(), "task", words("二"), "step1").design;
    design = { ...design, steps: design.steps.map((one) => (one.key === "step1" ? { ...one, fields: [{ key: "amount", kind: "money", label: words("金额"), required: true }] as never } : one)) };
    expect(earlier(design, "step2").map((one) => one.key)).toEqual(["step1"]);
    expect(ownFields(design, (one, field) => words(`${one.key} ${field?.label.zh}`)).map((one) => [one.name, one.kind])).toEqual([["answer.step1.amount", "money"]]);
    expect(stepAt(design, "steps.1.next.0.to")).toBe("step2");
    expect(stepAt(design, "name")).toBeNull();
  });
  it("places every step, each below the one before it", () => {
    const design = addStep(fresh(), "task", words("二"), "step1").design;
    const places = placed(design);
    expect([...places.values()].map((one) => one.y)).toEqual([...places.values()].map((one) => one.y).sort((a, b) => a - b));
    expect(places.size).toBe(3);
  });
});
