// Text pasted from a web page or document, as Markdown: bold, lists, links, quotes and code survive, nothing else does.

const skipped = new Set(["SCRIPT", "STYLE", "HEAD", "TITLE", "META", "LINK", "IMG", "SVG", "OBJECT", "IFRAME", "TEMPLATE", "NOSCRIPT"]);
const blocks = new Set(["P", "DIV", "SECTION", "ARTICLE", "H1", "H2", "H3", "H4", "H5", "H6", "TR", "TABLE", "HEADER", "FOOTER"]);

function around(mark: string, text: string): string {
  const inner = text.trim();
  return inner ? text.replace(inner, () => `${mark}${inner}${mark}`) : text;
}

function walk(node: Node, depth: number): string {
  if (node.nodeType === 3) return (node.textContent ?? "").replace(/\s+/g, " ");
  if (node.nodeType !== 1) return "";
  const element = node as HTMLElement;
  const tag = element.tagName.toUpperCase();
  if (skipped.has(tag) || depth > 40) return "";
  if (tag === "BR") return "\n";
  if (tag === "PRE") return `\n\`\`\`\n${(element.textContent ?? "").replace(/\n$/, "")}\n\`\`\`\n`;
  if (tag === "UL" || tag === "OL") return `\n${points(element, depth)}\n`;
  const inner = [...element.childNodes].map((child) => walk(child, depth + 1)).join("");
  const weight = element.style.fontWeight;
  if (tag === "CODE") return inner.trim() ? `\`${inner.trim()}\`` : "";
  // Some programs wrap everything into a <b> that is not bold.
  if ((tag === "B" || tag === "STRONG") && weight !== "normal") return around("**", inner);
  if (tag === "I" || tag === "EM") return around("*", inner);
  if (tag === "S" || tag === "DEL") return around("~~", inner);
  if (tag === "A") {
    const address = element.getAttribute("href") ?? "";
    return /^https?:\/\//i.test(address) && inner.trim() && inner.trim() !== address ? `[${inner.trim()}](${address})` : inner;
  }
  if (tag === "BLOCKQUOTE") return `\n${inner.trim().split("\n").map((line) => `> ${line}`).join("\n")}\n`;
  if (tag === "TD" || tag === "TH") return `${inner.trim()} `;
  return blocks.has(tag) ? `\n${inner.trim()}\n` : inner;
}

function points(list: HTMLElement, depth: number): string {
  const ordered = list.tagName.toUpperCase() === "OL";
  const items = [...list.children].filter((one) => one.tagName.toUpperCase() === "LI");
  return items
    .map((item, i) => {
      const mark = ordered ? `${i + 1}. ` : "- ";
      const text = [...item.childNodes].map((child) => walk(child, depth + 1)).join("").trim();
      return mark + text.split(/\n+/).join(`\n${" ".repeat(mark.length)}`);
    })
    .join("\n");
}

/** `html` is read by an inert parser: nothing of it is loaded or run. */
export function fromHtml(html: string): string {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  return [...body.childNodes]
    .map((node) => walk(node, 0))
    .join("")
    .replace(/[ \t]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

