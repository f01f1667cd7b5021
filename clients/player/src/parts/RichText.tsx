/** Text as it was typed, with links that warn before they lead away. Never HTML. */
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { Dialog } from "./Dialog";

const LINK = /(https?:\/\/[^\s<>"'，。！？；、（）【】《》]+)/g;

function host(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

export function RichText({ text }: { text: string }) {
  const [leaving, setLeaving] = useState("");
  const parts = text.split(LINK);
  return (
    <>
      {parts.map((part, i) =>
        i % 2 ? (
          <a
            href={part}
            target="_blank"
            rel="noopener noreferrer nofollow"
            onClick={(event) => {
              if (host(part) === location.host) return;
              event.preventDefault();
              setLeaving(part);
            }}
          >
            {part}
          </a>
        ) : (
          part
        ),
      )}
      {leaving && (
        <Dialog title={t("leaveTitle")} onClose={() => setLeaving("")}>
          <p>{t("leaveHelp")}</p>
          <p class="code address">{host(leaving)}</p>
          <div class="row">
            <a class="button quiet" href={leaving} target="_blank" rel="noopener noreferrer nofollow" onClick={() => setLeaving("")}>
              {t("leaveGo")}
            </a>
            <button class="button" onClick={() => setLeaving("")}>
              {t("leaveStay")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
