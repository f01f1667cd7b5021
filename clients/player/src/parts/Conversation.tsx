/** What was said, and what is still on its way. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { maybe, t } from "../i18n";
import { keepLinks } from "../links";
import { forgetUnsent, retryUnsent, unsentOf, type Unsent } from "../outbox";
import { state, thread } from "../store";
import type { FileInfo, Message, Ticket } from "../types";
import { clock, day } from "../when";
import { Lightbox } from "./Lightbox";
import { SafetyLine } from "./Official";
import { RichText } from "./RichText";

const TYPING_LASTS = 5_000;

export function Conversation({ ticket }: { ticket: Ticket }) {
  const { messages, loaded } = thread(ticket.id);
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const last = useRef(0);
  const [shown, setShown] = useState<string | null>(null);
  const picture = shown && messages.flatMap((message) => message.attachments).find((file) => file.id === shown);
  const delivered = new Set(messages.map((message) => message.clientKey));
  const unsent = unsentOf(ticket.id).filter((item) => !delivered.has(item.clientKey));
  const typing = Date.now() - (state.typing[ticket.id] ?? 0) < TYPING_LASTS;
  const lastOwn = [...messages].reverse().find((message) => message.author === "player")?.number;

  const down = (): void => {
    if (follows.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  useEffect(() => keepLinks(ticket.id), [ticket.id]);
  useLayoutEffect(down, [messages.length, unsent.length, typing]);
  // Pictures and the keyboard change the height after the text is there.
  useEffect(() => {
    if (!window.ResizeObserver || !box.current) return;
    const watch = new ResizeObserver(down);
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  // Only a finger moving up means "let me read"; a box that shrinks under us does not.
  const scrolled = (): void => {
    const at = box.current;
    if (!at) return;
    const atEnd = at.scrollHeight - at.scrollTop - at.clientHeight < 80;
    follows.current = atEnd || (follows.current && at.scrollTop >= last.current);
    last.current = at.scrollTop;
  };

  return (
    <div class="talk" ref={box} onScroll={scrolled} role="log" aria-live="polite" aria-label={t("conversation")} tabIndex={0}>
      <SafetyLine />
      {!loaded && !messages.length && <p class="empty">{t("loading")}</p>}
      {messages.map((message, i) => (
        <Line
          key={message.number}
          message={message}
          before={messages[i - 1]}
          seen={message.number === lastOwn ? ticket.staffRead >= message.number : undefined}
          onPicture={(file) => setShown(file.id)}
          onLoad={down}
        />
      ))}
      {unsent.map((item) => (
        <Pending key={item.clientKey} item={item} />
      ))}
      {typing && (
        <div class="line staff" data-testid="typing">
          <div class="bubble typing" aria-label={t("typing")}>
            <i />
            <i />
            <i />
          </div>
        </div>
      )}
      {picture && <Lightbox file={picture} onClose={() => setShown(null)} />}
    </div>
  );
}

type LineProps = {
  message: Message;
  before: Message | undefined;
  seen: boolean | undefined;
  onPicture: (file: FileInfo) => void;
  onLoad: () => void;
};

function Line({ message, before, seen, onPicture, onLoad }: LineProps) {
  const newDay = !before || day(before.createdAt) !== day(message.createdAt);
  const name = message.authorName ?? t("agent");
  const notice =
    message.author === "system" &&
    ((message.notice && maybe("notice_" + message.notice, { name: message.noticeData?.agentName ?? t("agent"), n: message.noticeData?.ticketId ?? "" })) || message.body);
  return (
    <>
      {newDay && <p class="day">{day(message.createdAt)}</p>}
      {message.author === "system" ? (
        notice && (
          <p class="notice" data-testid={"message-" + message.number} data-notice={message.notice}>
            {notice} <time>{clock(message.createdAt)}</time>
          </p>
        )
      ) : (
        <div class={"line " + message.author} data-testid={"message-" + message.number}>
          {message.author === "staff" && before?.author !== "staff" && <small class="name">{name}</small>}
          <Body body={message.body} files={message.attachments} onPicture={onPicture} onLoad={onLoad} />
          <small class="meta">
            <time>{clock(message.createdAt)}</time>
            {seen !== undefined && <span data-testid="seen">{seen ? t("seen") : t("delivered")}</span>}
          </small>
        </div>
      )}
    </>
  );
}

type BodyProps = { body: string; files: FileInfo[]; onPicture: (file: FileInfo) => void; onLoad: () => void };

function Body({ body, files, onPicture, onLoad }: BodyProps) {
  return (
    <>
      {body && (
        <div class="bubble">
          <RichText text={body} />
        </div>
      )}
      {files.map((file) =>
        file.mediaType.startsWith("image/") ? (
          <button class="picture" key={file.id} onClick={() => onPicture(file)} aria-label={t("openPicture", { name: file.name })}>
            <img
              src={file.thumbnailUrl ?? file.url}
              alt={file.name}
              loading="lazy"
              width={file.width ?? undefined}
              height={file.height ?? undefined}
              onLoad={onLoad}
            />
          </button>
        ) : (
          <a class="bubble" key={file.id} href={file.url} target="_blank" rel="noopener">
            {file.name}
          </a>
        ),
      )}
    </>
  );
}

function Pending({ item }: { item: Unsent }) {
  return (
    <div class={item.problem ? "line player failed" : "line player pending"} data-testid="message-pending">
      <Body body={item.body} files={item.attachments} onPicture={() => undefined} onLoad={() => undefined} />
      {item.problem ? (
        <small class="meta" role="alert">
          {item.problem}
          <button class="plain text" onClick={() => retryUnsent(item.clientKey)}>
            {t("tryAgain")}
          </button>
          <button class="plain text" onClick={() => forgetUnsent(item.clientKey)}>
            {t("discard")}
          </button>
        </small>
      ) : (
        <small class="meta">{t("pending")}</small>
      )}
    </div>
  );
}
