// What happens to pasted text: marks of a rich text survive as Markdown, too much of it is asked about first.
import { date } from "@/kit/formats";
import { i18n } from "@/kit/words";

/** More than fits into a message. */
export interface Flood {
  text: string;
  name: string;
}

export async function pasted(event: ClipboardEvent, room: number, put: (text: string) => void, flooded: (flood: Flood) => void): Promise<void> {
  const html = event.clipboardData?.getData("text/html") ?? "";
  const plain = event.clipboardData?.getData("text/plain") ?? "";
  const rich = /<(b|strong|i|em|a|ul|ol|li|blockquote|pre|code|s|del)[\s>]/i.test(html);
  if (!rich && plain.length <= room) return;
  event.preventDefault();
  let text = plain;
  if (rich) {
    const { fromHtml } = await import("./paste");
    text = fromHtml(html) || plain;
  }
  if (text.length <= room) put(text);
  else flooded({ text, name: `${i18n.global.t("writing.pasted")} ${date(new Date().toISOString(), "date")}` });
}
