/** A form as a player sees it, for the one who designs it: the real form component, with the draft and no desk behind it. */
import { render } from "preact";
import { answerInstead, ApiError } from "./api";
import { App } from "./App";
import { onHost, tell } from "./host";
import { preferLanguage, setLanguage } from "./i18n";
import { change } from "./store";
import { applyTheme } from "./theme";
import type { Category, Session, Text } from "./types";

type Shown = { category: Category; language: string; theme?: Session["brand"]["theme"]; brand?: Text; sent: string };

const PICKS: Record<string, unknown[]> = {
  server: [{ key: "s1", name: "云海之巅" }, { key: "s2", name: "苍穹圣殿" }],
  character: [{ key: "s1/1", name: "剑无名", level: 88, server: "云海之巅" }],
  purchase: [{ key: "o1", name: "648 礼包", amountMinor: 64800, currency: "CNY", at: new Date(Date.now() - 3600_000).toISOString() }],
};

export function preview(): void {
  let sent = "";
  answerInstead((method, path) => {
    if (path.startsWith("/picks/")) return { picks: PICKS[path.slice(7)] ?? [] };
    if (path === "/lookups") return { state: "found", fields: [{ key: "n", label: "✓", value: "…", type: "text" }] };
    if (method === "POST" && path === "/tickets") throw new ApiError(409, "preview", sent);
    return {};
  });
  onHost((message) => {
    if (message.type !== "preview") return;
    const shown = message as unknown as Shown;
    sent = shown.sent;
    preferLanguage(shown.language);
    applyTheme(shown.theme ?? {});
    const session = {
      player: { name: "" }, brand: { key: "preview", name: shown.brand ?? { zh: "", en: "" }, theme: shown.theme ?? {} }, server: null,
      character: null, language: shown.language, officialMark: { text: "", signature: "" }, categories: [shown.category],
      chat: { offered: false, available: false, waiting: 0, expectedWaitSeconds: null }, unread: 0,
      limits: { textLength: 2000, fileBytes: 0, filesPerMessage: 6 }, reasons: {},
    } as unknown as Session;
    void setLanguage(shown.language).then(() =>
      change({ session, phase: "ready", connection: "live", open: true, stack: [{ name: "form", category: shown.category.key }] } as never),
    );
  });
  render(<App />, document.getElementById("app") as HTMLElement);
  tell("preview-ready");
}
