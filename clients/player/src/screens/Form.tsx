/** Telling the desk what happened: a short form of a problem type, or the first words of a chat. */
import { useRef, useState } from "preact/hooks";
import { Showing } from "../../../forms/rules";
import { explain, openTicket } from "../actions";
import { ApiError } from "../api";
import { context, contextUsed } from "../context";
import { pick, t } from "../i18n";
import { goInstead } from "../navigate";
import { forgetUnsent, postTicket, retryUnsent, unsentTickets } from "../outbox";
import { FieldInput } from "../parts/FieldInput";
import { Header } from "../parts/Header";
import { SafetyLine } from "../parts/Official";
import { PictureButton, PictureStrip, usePictures } from "../parts/pictures";
import { defaultOf, fieldProblem, keptAll, shownText, type Raw, type Raws } from "../parts/values";
import { Who } from "../parts/Who";
import { session, useStore } from "../store";
import { drop, load, newKey, save } from "../storage";
import { playerKey } from "../token";
import { shutText } from "../when";
import type { Field, FileInfo } from "../types";

// Comes with the form: what is asked only when everything is over need not hurry either.
export { Rating } from "../parts/Rating";

type Draft = { key: string; category: string; body: string; values: Raws; files: FileInfo[] };
type Props = { category?: string; live?: boolean };

/** The game's context fills the fields it knows; the player may correct them. */
function prefilled(fields: Field[]): Raws {
  const known = context();
  const found: Raws = {};
  for (const field of fields) {
    const value = known[field.key] != null ? shownText(field, known[field.key]) : defaultOf(field);
    if (value !== undefined) found[field.key] = value;
  }
  return found;
}

/** Somebody in a hurry to talk is not asked what it is about; the last type is the general one. */
function usual(): string {
  const all = session().categories;
  return (all.find((one) => one.key === "other") ?? all[all.length - 1])?.key ?? "";
}

export function Form({ category: wanted, live = false }: Props) {
  useStore();
  const { categories, limits, chat } = session();
  const place = playerKey("draft:" + (wanted ?? "chat"));
  const [draft, setDraft] = useState<Draft>(
    () => load<Draft>(place) ?? { key: newKey(), category: wanted ?? usual(), body: "", values: {}, files: [] },
  );
  const category = categories.find((one) => one.key === draft.category);
  // A chat asks only for what the desk insists on.
  const all = (category?.fields ?? []).filter((field) => field.required || field.need || !live);
  const values = { ...prefilled(all), ...draft.values };
  const answers = keptAll(all, values);
  const showing = new Showing(all, answers);
  const fields = all.filter((field) => showing.shown(field));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [sending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const latest = useRef(draft);
  const put = (patch: Partial<Draft>): void => {
    latest.current = { ...latest.current, ...patch };
    setDraft(latest.current);
    save(place, latest.current);
  };
  const pictures = usePictures(draft.files, (files) => put({ files }));
  const waiting = unsentTickets().find((item) => item.clientKey === draft.key);
  const again = (): void => {
    forgetUnsent(draft.key);
    if (waiting?.problem) put({ key: newKey() });
  };
  if (!category) return <Missing />;

  function check(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const field of fields) {
      const wrong = fieldProblem(field, values[field.key], showing);
      if (wrong) found[field.key] = wrong;
    }
    if (draft.body.length > limits.textLength) found["body"] = t("tooLong", { n: draft.body.length - limits.textLength });
    if (!draft.body.trim()) found["body"] = t(live ? "errChatBody" : "errBody");
    return found;
  }

  function refuse(found: Record<string, string>): void {
    setProblems(found);
    setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (sending || pictures.busy) return;
    // Refused when it was sent later: what is sent now is another try.
    if (waiting) again();
    const found = check();
    if (Object.keys(found).length) return refuse(found);
    setSending(true);
    setProblems({});
    const filled = fields.filter((field) => answers[field.key] !== undefined);
    const own = Object.fromEntries(filled.map((field) => [field.key, answers[field.key]]));
    // What the game told about a field that is not asked now would only come back as refused.
    const told = Object.fromEntries(Object.entries(context()).filter(([key]) => !all.some((field) => field.key === key)));
    const wanted = { category: draft.category, body: draft.body.trim(), fields: { ...told, ...own }, attachments: pictures.ids, live };
    try {
      const ticket = await openTicket(wanted, draft.key);
      drop(place);
      contextUsed();
      goInstead({ name: "ticket", id: ticket.id });
    } catch (error) {
      setSending(false);
      // No answer: it goes by itself as soon as the desk can be reached, under the same key.
      if (error instanceof ApiError && error.passing && error.status !== 429) return postTicket(wanted, draft.key, place);
      const named = error instanceof ApiError ? error.fields : {};
      const byField = Object.entries(named).map(([name, text]) => [name.replace(/^fields\./, ""), text] as const);
      // A refusal of the words themselves is final for this key; after lost answers the key must stay the same.
      if (error instanceof ApiError && error.status === 422) put({ key: newKey() });
      // Opened by an earlier try whose answer was lost, with other words: it is among the tickets.
      if (error instanceof ApiError && error.code === "key_reused") {
        drop(place);
        return goInstead({ name: "tickets" });
      }
      refuse({ ...Object.fromEntries(byField), form: explain(error) });
    }
  }

  const title = live ? t(chat.available ? "chat" : "chatLeave") : pick(category.name);
  if (waiting && !waiting.problem) return <Waiting title={title} body={waiting.body} clientKey={waiting.clientKey} files={pictures.files} onEdit={again} />;
  const problem = problems["form"] ?? waiting?.problem;
  const left = limits.textLength - draft.body.length;
  return (
    <>
      <Header title={title} />
      <form class="page" onSubmit={(event) => void submit(event)} ref={form} noValidate>
        <Who />
        {!live && category.articles?.map((article) => (
          <a class="card article" key={article.url} href={article.url} target="_blank" rel="noreferrer">
            {pick(article.title)}
          </a>
        ))}
        {live && !chat.available && <p class="card note" data-testid="chat-closed">{chat.closed ? shutText(chat.closed) : t("chatClosedHelp")}</p>}
        <div class="card fields">
          {live && (
            <div class="field">
              <label htmlFor="type">{t("problemType")}</label>
              <select id="type" value={draft.category} onChange={(event) => put({ category: event.currentTarget.value })} data-testid="chat-category">
                {categories.map((one) => (
                  <option value={one.key} key={one.key}>
                    {pick(one.name)}
                  </option>
                ))}
              </select>
            </div>
          )}
          {fields.map((field) => (
            <FieldInput
              key={field.key}
              field={field}
              category={draft.category}
              needed={showing.needed(field)}
              value={values[field.key]}
              problem={problems[field.key]}
              onChange={(value: Raw) => {
                // What was wrong with it is being mended.
                if (problems[field.key]) setProblems({ ...problems, [field.key]: "" });
                put({ values: { ...latest.current.values, [field.key]: value } });
              }}
            />
          ))}
          <div class={problems["body"] ? "field bad" : "field"}>
            <label htmlFor="body">{t(live ? "chatBody" : "body")}</label>
            <textarea
              id="body"
              rows={live ? 4 : 5}
              value={draft.body}
              placeholder={t(live ? "chatPlaceholder" : "bodyPlaceholder")}
              aria-invalid={problems["body"] ? true : undefined}
              onInput={(event) => put({ body: event.currentTarget.value })}
              data-testid="form-body"
            />
            {left < 0 ? <small class="problem" role="alert">{t("tooLong", { n: -left })}</small> : left < 200 && <small>{t("left", { n: left })}</small>}
            {problems["body"] && left >= 0 && <small class="problem" role="alert">{problems["body"]}</small>}
          </div>
          <PictureStrip pictures={pictures} />
          {pictures.items.length < limits.filesPerMessage && <PictureButton pictures={pictures} label={t("addPictures")} />}
        </div>
        {problem && <p class="card problem" role="alert">{problem}</p>}
        <SafetyLine />
        <footer class="submit">
          <button class="button" disabled={sending || pictures.busy} data-testid="form-submit">
            {sending ? t("sending") : pictures.busy ? t("uploading") : t(!live ? "submit" : chat.available ? "chatStart" : "chatLeave")}
          </button>
        </footer>
      </form>
    </>
  );
}

type Waits = { title: string; body: string; clientKey: string; files: FileInfo[]; onEdit: () => void };

/** Sent without a connection: what is kept, and what happens next. */
function Waiting({ title, body, clientKey, files, onEdit }: Waits) {
  return (
    <>
      <Header title={title} />
      <div class="page">
        <div class="card note" role="status" data-testid="held">
          <b>{t("heldTitle")}</b>
          <p>{t("heldHelp")}</p>
        </div>
        <div class="card fields">
          <p class="held">{body}</p>
          {files.length > 0 && (
            <ul class="pictures">
              {files.map((file) => (
                <li key={file.id} data-testid="picture">
                  <img src={file.thumbnailUrl ?? file.url} alt={file.name} />
                </li>
              ))}
            </ul>
          )}
        </div>
        <SafetyLine />
        <footer class="submit">
          <button class="button" onClick={() => retryUnsent(clientKey)} data-testid="held-now">{t("heldNow")}</button>
          <button class="button quiet" onClick={onEdit} data-testid="held-edit">{t("heldEdit")}</button>
        </footer>
      </div>
    </>
  );
}

function Missing() {
  return (
    <>
      <Header title={t("official")} />
      <p class="card empty">{t("noCategory")}</p>
    </>
  );
}
