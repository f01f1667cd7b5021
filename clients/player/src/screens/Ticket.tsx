/** One ticket: how far it is, what was said, and what the player can do now. */
import { useEffect } from "preact/hooks";
import { explain, leaveChat, listen, loadTicket, markRead, nudge, reopen } from "../actions";
import { pick, t } from "../i18n";
import { later } from "../later";
import { go, toast } from "../navigate";
import { Composer } from "../parts/Composer";
import { Conversation } from "../parts/Conversation";
import { Header } from "../parts/Header";
import { Icon } from "../parts/Icon";
import { Progress } from "../parts/Progress";
import { change, session, state, thread, useStore } from "../store";
import type { Place, Ticket } from "../types";
import { future, wait } from "../when";

function quietly(work: Promise<unknown>): void {
  work.catch((error: unknown) => toast(explain(error)));
}

export function TicketScreen({ id }: { id: number }) {
  useStore();
  useEffect(() => {
    loadTicket(id).catch((error: unknown) => {
      toast(explain(error));
      thread(id).loaded = true;
      change();
    });
    listen(id);
    markRead(id);
  }, []);
  const ticket = state.tickets[id];
  const { place, loaded } = thread(id);
  if (!ticket) {
    return (
      <>
        <Header title={t("ticket", { n: id })} />
        <p class="page empty">{loaded ? t("noTicket") : t("loading")}</p>
      </>
    );
  }
  const category = session().categories.find((one) => one.key === ticket.categoryKey);
  const over = ticket.status === "resolved" || ticket.status === "closed";
  return (
    <>
      <Header
        title={category ? pick(category.name) : ticket.channel === "chat" ? t("chat") : ticket.subject}
        under={`${t("ticket", { n: id })}${ticket.agentName ? " · " + ticket.agentName : ""}`}
      />
      <div class="above">
        {ticket.live && place && place.state !== "ended" ? <Chat id={id} place={place} agent={ticket.agentName} /> : <Progress ticket={ticket} />}
        {!ticket.live && !over && <Expected ticket={ticket} />}
      </div>
      <Conversation ticket={ticket} />
      {over ? <Over ticket={ticket} /> : <Composer id={id} />}
    </>
  );
}

/** The chat: the place in line while it waits, then who is there; and the way out of it. */
function Chat({ id, place, agent }: { id: number; place: Place; agent: string | null }) {
  const waiting = place.state === "waiting";
  return (
    <div class="place" data-testid="place" data-state={place.state} role="status">
      <i class={waiting ? "pulse" : "dot"} />
      {waiting ? (
        <span>
          <b>{place.place ? t("placeNumber", { n: place.place }) : t("placeSoon")}</b>
          <small>{t("placeWait", { wait: wait(place.expectedWaitSeconds) })}</small>
        </span>
      ) : (
        <span>{t("talking", { name: agent ?? t("agent") })}</span>
      )}
      <button class="button quiet slim" onClick={() => quietly(leaveChat(id))} data-testid="leave">
        {t(waiting ? "leaveQueue" : "endChat")}
      </button>
    </div>
  );
}

/** When an answer can be expected, and a way to say "this is urgent". */
function Expected({ ticket }: { ticket: Ticket }) {
  const at = ticket.expectedAnswerAt;
  if (!at && ticket.stage === "replied") return <p class="expected">{t("yourTurn")}</p>;
  return (
    <p class="expected">
      <span>{at ? (Date.parse(at) > Date.now() ? t("answerBy", { time: future(at) }) : t("answerLate")) : t("answerSoon")}</span>
      <button class="button quiet slim" onClick={() => quietly(nudge(ticket.id))} data-testid="nudge">
        <Icon name="bell" />
        {t("nudge")}
      </button>
    </p>
  );
}

function Over({ ticket }: { ticket: Ticket }) {
  const { Rating } = later();
  return (
    <footer class="over">
      {Rating && (ticket.canRate || ticket.rating) && <Rating key={ticket.id} ticket={ticket} />}
      {ticket.continuedIn ? (
        <button class="button" onClick={() => go({ name: "ticket", id: ticket.continuedIn! })} data-testid="go-on">
          {t("goOn", { n: ticket.continuedIn })}
        </button>
      ) : ticket.canReopen ? (
        <p class="row between">
          <small>{ticket.reopenUntil ? t("reopenUntil", { time: future(ticket.reopenUntil) }) : t("notSolved")}</small>
          <button class="button quiet slim" onClick={() => quietly(reopen(ticket.id))} data-testid="reopen">
            {t("reopen")}
          </button>
        </p>
      ) : (
        <p class="center">
          <small>{t("closedHelp")}</small>
        </p>
      )}
    </footer>
  );
}
