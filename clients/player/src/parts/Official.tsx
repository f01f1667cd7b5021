/** The signed mark that this is the game's own support, and the line against those who only say so. */
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { session } from "../store";
import { Dialog } from "./Dialog";
import { Icon } from "./Icon";

export function OfficialMark({ small = false }: { small?: boolean }) {
  const [open, setOpen] = useState(false);
  const mark = session().officialMark;
  // Short enough to read out or compare with the one shown in the game's settings.
  const code = (mark.signature.replace(/[^\da-z]/gi, "").slice(-8).toUpperCase().match(/.{1,4}/g) ?? []).join("-");
  return (
    <>
      <button class={small ? "mark small" : "mark"} onClick={() => setOpen(true)} aria-label={t("official")} data-testid="official">
        <Icon name="shield" />
        <span>{t("official")}</span>
      </button>
      {open && (
        <Dialog title={t("official")} onClose={() => setOpen(false)}>
          <p>{mark.text}</p>
          <p class="code" aria-label={t("markCode")}>
            {code}
          </p>
          <p>{t("markHelp")}</p>
          <ul>
            <li>{t("never1")}</li>
            <li>{t("never2")}</li>
            <li>{t("never3")}</li>
          </ul>
          <button class="button" onClick={() => setOpen(false)}>
            {t("gotIt")}
          </button>
        </Dialog>
      )}
    </>
  );
}

export function SafetyLine() {
  return (
    <p class="safety">
      <Icon name="shield" />
      <span>{t("safety")}</span>
    </p>
  );
}
