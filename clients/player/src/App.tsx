/** The frame around every screen: which one is shown, the toast, the state of the connection. */
import { useEffect } from "preact/hooks";
import { t } from "./i18n";
import { askAgain, start } from "./main";
import { back, close, jump } from "./navigate";
import { Icon } from "./parts/Icon";
import { later, loadLater } from "./later";
import { Home } from "./screens/Home";
import { TicketScreen } from "./screens/Ticket";
import { Tickets } from "./screens/Tickets";
import { change, currentScreen, useStore, type State } from "./store";
import { embedded } from "./host";

function Screen() {
  const screen = currentScreen();
  const asking = screen.name === "form" || screen.name === "chat";
  // Everybody who looks around may come to ask: the form is there before she does, and not before the first screen.
  useEffect(() => void (asking ? loadLater() : setTimeout(loadLater, 1500)), [asking]);
  const { Form } = later();
  if (asking && !Form) return <div class="boot" role="status" aria-label={t("loading")}><i /></div>;
  switch (screen.name) {
    case "form":
      return Form && <Form key={screen.category} category={screen.category} />;
    case "chat":
      return Form && <Form key="chat" live />;
    case "tickets":
      return <Tickets />;
    case "ticket":
      return <TicketScreen key={screen.id} id={screen.id} />;
    default:
      return <Home />;
  }
}

/** No dead end: each trouble says what to do. */
function Trouble({ state }: { state: State }) {
  const expired = state.phase === "expired";
  return (
    <div class="trouble" role="alert">
      {embedded && (
        <button class="plain corner" onClick={close} aria-label={t("close")}>
          <Icon name="close" />
        </button>
      )}
      <Icon name={expired ? "lock" : "signal"} />
      <h1>{expired ? t("expiredTitle") : t("failedTitle")}</h1>
      <p>{expired ? t("expiredHelp") : state.failure}</p>
      <button class="button" onClick={() => void (expired ? askAgain() : start())}>
        {t("tryAgain")}
      </button>
    </div>
  );
}

function Toast({ state }: { state: State }) {
  const toast = state.toast;
  const follow = (): void => {
    if (toast?.ticketId) jump({ name: "ticket", id: toast.ticketId });
    change({ toast: null });
  };
  return (
    <div class="toast-place" aria-live="polite">
      {toast && (
        <button class="toast" onClick={follow}>
          {toast.text}
        </button>
      )}
    </div>
  );
}

export function App() {
  const state = useStore();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.isComposing) back();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  // Keyboards of old web-views lie over the page: what is left of the window is the height we use.
  useEffect(() => {
    const view = window.visualViewport;
    const fit = (): void => {
      const covered = view && view.scale === 1 && innerHeight - view.height > 80;
      document.documentElement.style.setProperty("--height", covered ? `${view.height}px` : "");
    };
    view?.addEventListener("resize", fit);
    return () => view?.removeEventListener("resize", fit);
  }, []);
  const cut = state.phase === "ready" && (state.connection === "offline" || state.connection === "connecting");
  if (state.phase === "failed" || state.phase === "expired") return <Trouble state={state} />;
  if (!state.session) return <div class="boot" role="status" aria-label={t("loading")}><i /></div>;
  return (
    <main class="app">
      {cut && (
        <div class="cut" role="status">
          {t(state.connection === "offline" ? "offline" : "reconnecting")}
        </div>
      )}
      <Screen />
      <Toast state={state} />
    </main>
  );
}

