/** How far the ticket is, in five steps. */
import { pick, t, type Key } from "../i18n";
import type { Stage, Ticket } from "../types";

const STEPS: Stage[] = ["submitted", "assigned", "processing", "replied", "resolved"];

export function stageName(stage: Stage): string {
  return t(("stage_" + stage) as Key);
}

export function Progress({ ticket }: { ticket: Ticket }) {
  const closed = ticket.stage === "closed";
  const at = closed ? STEPS.length : STEPS.indexOf(ticket.stage);
  return (
    <>
    <ol class="steps" data-testid="stage" data-stage={ticket.stage} aria-label={t("progress")}>
      {STEPS.map((step, i) => (
        <li key={step} class={i < at || ticket.stage === "resolved" ? "done" : i === at ? "now" : ""} aria-current={i === at ? "step" : undefined}>
          {closed && i === STEPS.length - 1 ? stageName("closed") : stageName(step)}
        </li>
      ))}
    </ol>
    {ticket.stageText && (
      <p class="expected" data-testid="stage-text" role="status">
        {pick(ticket.stageText)}
      </p>
    )}
    </>
  );
}
