/** All tickets of the player. */
import { useEffect } from "preact/hooks";
import { loadTickets } from "../actions";
import { t } from "../i18n";
import { Header } from "../parts/Header";
import { SafetyLine } from "../parts/Official";
import { HeldRows } from "../parts/HeldRows";
import { TicketRow } from "../parts/TicketRow";
import { sortedTickets, useStore } from "../store";

export function Tickets() {
  useStore();
  useEffect(() => void loadTickets().catch(() => undefined), []);
  const tickets = sortedTickets();
  return (
    <>
      <Header title={t("myTickets")} />
      <div class="page">
        <HeldRows />
        {tickets.length ? (
          <ul class="tickets card">
            {tickets.map((ticket) => (
              <TicketRow key={ticket.id} ticket={ticket} />
            ))}
          </ul>
        ) : (
          <p class="card empty">{t("noTickets")}</p>
        )}
        <SafetyLine />
      </div>
    </>
  );
}
