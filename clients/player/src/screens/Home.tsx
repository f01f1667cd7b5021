/** The first screen: who we are, what may have happened, what is already on its way. */
import { useEffect } from "preact/hooks";
import { loadSession } from "../actions";
import { pick, t } from "../i18n";
import { go } from "../navigate";
import { CloseButton } from "../parts/Header";
import { Icon } from "../parts/Icon";
import { OfficialMark, SafetyLine } from "../parts/Official";
import { HeldRows } from "../parts/HeldRows";
import { TicketRow } from "../parts/TicketRow";
import { session, sortedTickets, state, useStore } from "../store";
import { shutText, wait } from "../when";

const SHOWN = 2;

export function Home() {
  useStore();
  // The queue moves while somebody hesitates.
  useEffect(() => {
    const timer = setInterval(() => state.open && !document.hidden && loadSession().catch(() => undefined), 30_000);
    return () => clearInterval(timer);
  }, []);
  const tickets = sortedTickets();
  return (
    <div class="page home" data-testid="home">
      <Hero />
      {!session().selfServiceFirst && <ChatCard />}
      <HeldRows />
      {tickets.length > 0 && (
        <section>
          <div class="row between">
            <h2>{t("myTickets")}</h2>
            <button class="plain text" onClick={() => go({ name: "tickets" })} data-testid="all-tickets">
              {t("all", { n: tickets.length })}
              <Icon name="next" />
            </button>
          </div>
          <ul class="tickets card">
            {tickets.slice(0, SHOWN).map((ticket) => (
              <TicketRow key={ticket.id} ticket={ticket} />
            ))}
          </ul>
        </section>
      )}
      {session().closed ? (
        <p class="card note" data-testid="closed">
          {shutText(session().closed!)}
        </p>
      ) : (
      <section>
        <h2>{t("whatHappened")}</h2>
        <div class="grid">
          {session().categories.map((category) => (
            <button key={category.key} onClick={() => go({ name: "form", category: category.key })} data-testid={"problem-" + category.key}>
              <span class="disc">
                <Icon name={category.icon} />
              </span>
              {pick(category.name)}
            </button>
          ))}
        </div>
      </section>
      )}
      {session().selfServiceFirst && <ChatCard />}
      <SafetyLine />
    </div>
  );
}

function Hero() {
  const { brand, character, player } = session();
  const theme = brand.theme ?? {};
  const name = character?.name ?? player.name;
  return (
    <header class="hero">
      <div class="row between">
        <div class="row brand">
          {theme.logo ? <img src={theme.logo} alt="" /> : <span class="logo">{pick(brand.name).slice(0, 1)}</span>}
          <b>{pick(brand.name)}</b>
        </div>
        <div class="row">
          <OfficialMark />
          <CloseButton />
        </div>
      </div>
      <h1>{t("hello", { name })}</h1>
      <p>{pick(theme.greeting) || t("greeting")}</p>
    </header>
  );
}

function ChatCard() {
  const { offered, available, waiting, expectedWaitSeconds, closed } = session().chat;
  const running = sortedTickets().find((ticket) => ticket.live);
  if (!offered && !running) return null;
  const status = running
    ? t("chatRunning")
    : closed
      ? shutText(closed)
      : !available
      ? t("chatClosed")
      : waiting
        ? t("chatWaiting", { n: waiting, wait: wait(expectedWaitSeconds) })
        : t("chatFree");
  return (
    <button
      class="card chat"
      onClick={() => go(running ? { name: "ticket", id: running.id } : { name: "chat" })}
      data-testid="start-chat"
    >
      <span class={available || running ? "disc on" : "disc"}>
        <Icon name="chat" />
      </span>
      <span class="ticket-text">
        <b>{running ? t("chatContinue") : available ? t("chat") : t("chatLeave")}</b>
        <small>{status}</small>
      </span>
      <Icon name="next" />
    </button>
  );
}
