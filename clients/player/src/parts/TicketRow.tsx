/** One of the player's tickets in a list. */
import { pick, t } from "../i18n";
import { go } from "../navigate";
import { session } from "../store";
import type { Ticket } from "../types";
import { moment } from "../when";
import { Icon } from "./Icon";
import { stageName } from "./Progress";

export function TicketRow({ ticket }: { ticket: Ticket }) {
  const category = session().categories.find((one) => one.key === ticket.categoryKey);
  const stage = ticket.live ? t("liveNow") : stageName(ticket.stage);
  return (
    <li>
      <button class="ticket" onClick={() => go({ name: "ticket", id: ticket.id })} data-testid={"ticket-" + ticket.id}>
        <span class="disc">
          <Icon name={ticket.channel === "chat" ? "chat" : category?.icon ?? "help"} />
        </span>
        <span class="ticket-text">
          <b>{category ? pick(category.name) : ticket.subject}</b>
          <small>{ticket.preview || ticket.subject}</small>
        </span>
        <span class="ticket-end">
          <i class={"chip " + (ticket.live ? "live" : ticket.stage)}>{stage}</i>
          {ticket.unread > 0 ? (
            <em class="badge" aria-label={t("unreadCount", { n: ticket.unread })}>
              {ticket.unread > 99 ? "99+" : ticket.unread}
            </em>
          ) : (
            <small>{moment(ticket.updatedAt)}</small>
          )}
        </span>
      </button>
    </li>
  );
}
