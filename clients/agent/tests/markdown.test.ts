import { expect, test } from "vitest";
import type { VNode } from "vue";
import { render } from "@/writing/markdown";
import { marked } from "@/writing/looks";
import samples from "./markdown.json";

/** Elements as text, without a browser. */
function show(nodes: unknown): string {
  if (Array.isArray(nodes)) return nodes.map(show).join("");
  if (typeof nodes === "string") return nodes;
  const node = nodes as VNode;
  const props = (node.props ?? {}) as Record<string, string>;
  const extra = props.href ? ` href=${props.href}` : props["data-mention"] ? ` ${props["data-mention"]}` : props.start ? ` start=${props.start}` : "";
  return node.type === "br" ? "<br>" : `<${String(node.type)}${extra}>${show(node.children ?? "")}</${String(node.type)}>`;
}

test.each(samples)("$markdown", ({ markdown, shape }) => {
  expect(marked(markdown) ? show(render(markdown)) : markdown).toBe(shape.startsWith("<") || !marked(markdown) ? shape : `<p>${shape}</p>`);
});

const attacks = [
  "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))", "[x](vbscript:x)", "[x](data:text/html;base64,PHNjcmlwdD4=)",
  "<javascript:alert(1)>", "[x](java\nscript:alert(1))", "[x](file:///etc/passwd)", "[x]( javascript:alert(1))", "[x](\\javascript:alert(1))",
  "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", '[a](https://x" onmouseover="alert(1))', "![x](https://evil.example/p.png)",
  "<a href='javascript:alert(1)'>x</a>", "```\n<script>alert(1)</script>\n```", "[x](//evil.example)", "[x](blob:https://x)",
];
test.each(attacks)("no element that acts comes out of %s", (attack) => {
  const seen: string[] = [];
  const walk = (nodes: unknown): void => {
    if (Array.isArray(nodes)) return nodes.forEach(walk);
    if (typeof nodes !== "object" || nodes === null) return;
    const node = nodes as VNode;
    seen.push(String(node.type));
    const props = (node.props ?? {}) as Record<string, unknown>;
    for (const [name, value] of Object.entries(props)) {
      expect(["href", "target", "rel", "data-mention", "start"]).toContain(name);
      if (name === "href") expect(String(value)).toMatch(/^(https?:|mailto:)/);
    }
    walk(node.children);
  };
  walk(render(attack));
  expect(seen.filter((tag) => !["p", "a", "span", "strong", "em", "s", "ul", "ol", "li", "blockquote", "code", "pre", "br", "mark"].includes(tag))).toEqual([]);
});

test("a long hostile text takes no time", () => {
  const started = performance.now();
  for (const part of ["*".repeat(5000), "[".repeat(5000), "> ".repeat(2500), "`".repeat(5000), "**a ".repeat(1250), "- ".repeat(2500)]) render(part);
  expect(performance.now() - started).toBeLessThan(1500);
});
