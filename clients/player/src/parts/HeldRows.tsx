/** Questions that wait on this phone for a connection. */
import { pick, t } from "../i18n";
import { go } from "../navigate";
import { unsentTickets } from "../outbox";
import { session } from "../store";
import { Icon } from "./Icon";

export function HeldRows() {
  const held = unsentTickets();
  if (!held.length) return null;
  return (
    <ul class="tickets card">
      {held.map(({ clientKey, ticket, body, problem }) => {
        const category = session().categories.find((one) => one.key === ticket!.category);
        return (
          <li key={clientKey}>
            <button class="ticket" onClick={() => go(ticket!.live ? { name: "chat" } : { name: "form", category: ticket!.category! })} data-testid="held-row">
              <span class="disc">
                <Icon name="signal" />
              </span>
              <span class="ticket-text">
                <b>{category ? pick(category.name) : t("chat")}</b>
                <small>{body}</small>
                <small class={problem ? "problem" : ""}>{t(problem ? "heldRefused" : "heldRow")}</small>
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
