/** The server and character the game has told us, so that nobody types them. */
import { t } from "../i18n";
import { state } from "../store";

export function Who() {
  const session = state.session;
  const parts = [session?.server?.name, session?.character?.name ?? session?.player.name].filter(Boolean);
  return (
    <p class="who" data-testid="who">
      <small>{t("who")}</small>
      <b>{parts.join(" · ")}</b>
    </p>
  );
}
