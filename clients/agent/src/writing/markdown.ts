// Markdown as elements: parsed by a kept library, rendered without a single piece of HTML text, so nothing written
// can become a script. What is understood is what playerdesk/tickets/plain.py understands; a test compares both.
import MarkdownIt from "markdown-it";
import { h, type VNode } from "vue";

const blocks = ["blockquote", "fence", "list", "paragraph"];
const marks = ["text", "newline", "escape", "backticks", "strikethrough", "emphasis", "link", "autolink"];
const pairs = ["balance_pairs", "strikethrough", "emphasis", "fragments_join"];
const parser = new MarkdownIt("zero", { maxNesting: 12, linkify: true }).enable([...blocks, ...marks, ...pairs, "linkify"]);
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });

type Token = ReturnType<typeof parser.parse>[number];
const isWord = (letter: string) => /^[0-9A-Za-z]$/.test(letter);

// Chinese puts no spaces around words: the library's rule leaves the marks of "**充值：**请" standing, and a lone
// star between numbers multiplies.
const inline = parser.inline.State.prototype;
inline.scanDelims = function scan(this: typeof inline, start: number) {
  const mark = this.src[start];
  let end = start;
  while (end < this.posMax && this.src[end] === mark) end += 1;
  const before = this.src[start - 1] ?? " ";
  const after = end < this.src.length ? (this.src[end] as string) : " ";
  let opens = /\S/.test(after);
  let closes = /\S/.test(before);
  if (mark === "_") {
    opens &&= !isWord(before);
    closes &&= !isWord(after);
  } else if (end - start === 1 && isWord(before) && isWord(after)) opens = closes = false;
  return { can_open: opens, can_close: closes, length: end - start };
};

const tags: Record<string, string> = {
  paragraph_open: "p", strong_open: "strong", em_open: "em", s_open: "s", bullet_list_open: "ul", ordered_list_open: "ol",
  list_item_open: "li", blockquote_open: "blockquote",
};
const mention = /^(person|queue):\d+$/;

/** What a link may lead to; everything else stays text. The parser has refused scripts already. */
function linkProps(address: string): Record<string, string> | null {
  if (!/^(https?:|mailto:)/i.test(address)) return null;
  return { href: address, target: "_blank", rel: "noopener noreferrer nofollow" };
}

function open(token: Token, children: (VNode | string)[]): VNode {
  if (token.type === "link_open") {
    const address = String(token.attrGet("href") ?? "");
    if (mention.test(address)) return h("mark", { "data-mention": address }, children);
    const props = linkProps(address);
    return props ? h("a", props, children) : h("span", children);
  }
  const start = token.attrGet("start");
  return h(tags[token.type] ?? "span", start ? { start } : null, children);
}

/** Children up to the token that closes; inline tokens are opened up in place. */
function build(tokens: Token[], from: number): [(VNode | string)[], number] {
  const nodes: (VNode | string)[] = [];
  let at = from;
  for (; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    if (token.nesting < 0) break;
    if (token.type === "inline") nodes.push(...build(token.children ?? [], 0)[0]);
    else if (token.nesting > 0) {
      const [children, end] = build(tokens, at + 1);
      // A tight list's paragraphs are there in the tokens, hidden.
      if (token.hidden) nodes.push(...children);
      else nodes.push(open(token, children));
      at = end;
    } else if (token.type === "softbreak" || token.type === "hardbreak") nodes.push(h("br"));
    else if (token.type === "code_inline") nodes.push(h("code", token.content));
    else if (token.type === "fence") nodes.push(h("pre", token.content));
    else nodes.push(token.content);
  }
  return [nodes, at];
}

export const render = (text: string): (VNode | string)[] => build(parser.parse(text, {}), 0)[0];
