/** The server and character the game has told us, so that nobody types them. */
import { t } from "../i18n";
import { session } from "../store";

export function Who() {
  const { server, character, player } = session();
  const parts = [server?.name, character?.name ?? player.name].filter(Boolean);
  return (
    <p class="who" data-testid="who">
      <small>{t("who")}</small>
      <b>{parts.join(" · ")}</b>
    </p>
  );
}
