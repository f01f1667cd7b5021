/** One to five stars, why, and a word if the player likes. */
import { useState } from "preact/hooks";
import { explain, rate } from "../actions";
import { pick, t, type Key } from "../i18n";
import { toast } from "../navigate";
import { session } from "../store";
import type { Ticket } from "../types";
import { Icon } from "./Icon";

const SCORES = [1, 2, 3, 4, 5];

export function Rating({ ticket }: { ticket: Ticket }) {
  const given = ticket.rating;
  const [score, setScore] = useState(0);
  const [reasons, setReasons] = useState<string[]>([]);
  const [comment, setComment] = useState("");
  const [sending, setSending] = useState(false);
  const choices = session().reasons[score] ?? [];

  if (given) {
    return (
      <p class="rated" data-testid="rated">
        <span class="stars" role="img" aria-label={t("stars", { n: given.score })}>
          {SCORES.map((n) => (
            <i key={n} class={n <= given.score ? "on" : ""}>
              <Icon name="star" />
            </i>
          ))}
        </span>
        {t("rateThanks")}
      </p>
    );
  }

  async function submit(): Promise<void> {
    if (sending) return;
    setSending(true);
    try {
      await rate(ticket.id, score, reasons, comment.trim());
    } catch (error) {
      toast(explain(error));
      setSending(false);
    }
  }

  return (
    <div class="rating">
      <h2 id="rate-title">{t("rateTitle")}</h2>
      <div class="stars" role="radiogroup" aria-labelledby="rate-title">
        {SCORES.map((n) => (
          <button
            key={n}
            role="radio"
            aria-checked={n === score}
            aria-label={t("stars", { n })}
            class={n <= score ? "on" : ""}
            data-testid={"rate-" + n}
            onClick={() => {
              setScore(n);
              // Reasons belong to a score: what was chosen for another does not fit this one.
              setReasons([]);
            }}
          >
            <Icon name="star" />
          </button>
        ))}
      </div>
      {score > 0 && (
        <>
          <p class="center">{t(("score" + score) as Key)}</p>
          <div class="chips">
            {choices.map((choice) => (
              <button
                key={choice.key}
                aria-pressed={reasons.includes(choice.key)}
                data-testid={"rate-reason-" + choice.key}
                onClick={() =>
                  setReasons(reasons.includes(choice.key) ? reasons.filter((one) => one !== choice.key) : [...reasons, choice.key])
                }
              >
                {pick(choice.name)}
              </button>
            ))}
          </div>
          <textarea
            rows={2}
            maxLength={500}
            value={comment}
            placeholder={t("rateComment")}
            aria-label={t("rateComment")}
            data-testid="rate-comment"
            onInput={(event) => setComment(event.currentTarget.value)}
          />
          <button class="button" disabled={sending} onClick={() => void submit()} data-testid="rate-submit">
            {t("rateSubmit")}
          </button>
        </>
      )}
    </div>
  );
}
