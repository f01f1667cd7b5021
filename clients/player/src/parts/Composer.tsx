/** Where the player answers. What is typed is kept until it is sent. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { sendLive } from "../live";
import { post } from "../outbox";
import { session, state } from "../store";
import { drop, load, save } from "../storage";
import { playerKey } from "../token";
import { Icon } from "./Icon";
import { PictureButton, PictureStrip, usePictures } from "./pictures";

const TYPING_EVERY = 3_000;
/** Where Enter is a key beside a mouse it sends; on a phone it makes a new line. */
const ENTER_SENDS = matchMedia("(pointer: fine)").matches;

export function Composer({ id }: { id: number }) {
  const place = playerKey("answer:" + id);
  const [body, setBody] = useState(() => load<string>(place) ?? "");
  const area = useRef<HTMLTextAreaElement>(null);
  const toldTyping = useRef(0);
  const pictures = usePictures();
  const limits = session().limits;
  // What was pasted is never cut in silence: it is said, and she decides what goes.
  const over = body.length - limits.textLength;
  const ready = (body.trim() !== "" || pictures.ids.length > 0) && !pictures.busy && over <= 0;

  useLayoutEffect(() => {
    const at = area.current;
    if (!at) return;
    at.style.height = "auto";
    at.style.height = Math.min(at.scrollHeight, 120) + "px";
  }, [body]);
  useEffect(() => {
    if (ENTER_SENDS && state.open) area.current?.focus();
  }, []);

  function typed(text: string): void {
    setBody(text);
    if (text) save(place, text);
    else drop(place);
    if (text && Date.now() - toldTyping.current > TYPING_EVERY) {
      toldTyping.current = Date.now();
      sendLive({ op: "typing", ticketId: id });
    }
  }

  function send(): void {
    if (!ready) return;
    post(id, body.trim(), pictures.files);
    setBody("");
    drop(place);
    pictures.clear();
    toldTyping.current = 0;
    area.current?.focus();
  }

  return (
    <footer class="composer">
      <PictureStrip pictures={pictures} />
      {over > 0 && <small class="problem" role="alert" data-testid="too-long">{t("tooLong", { n: over })}</small>}
      <div class="row">
        {pictures.items.length < limits.filesPerMessage && <PictureButton pictures={pictures} />}
        <textarea
          ref={area}
          rows={1}
          value={body}
          aria-invalid={over > 0 || undefined}
          placeholder={t("answerPlaceholder")}
          aria-label={t("answerPlaceholder")}
          enterkeyhint={ENTER_SENDS ? "send" : "enter"}
          data-testid="composer"
          onInput={(event) => typed(event.currentTarget.value)}
          onPaste={(event) => {
            const files = event.clipboardData?.files;
            if (files?.length) pictures.add(files);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || !ENTER_SENDS) return;
            event.preventDefault();
            send();
          }}
        />
        <button class="send" onClick={send} disabled={!ready} aria-label={t("send")} data-testid="send">
          <Icon name="send" />
        </button>
      </div>
    </footer>
  );
}
