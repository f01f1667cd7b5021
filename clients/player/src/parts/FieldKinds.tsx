/** The richer kinds of fields: several choices, a tree, what is hers to pick, a number to look up, files, a consent. */
import { useEffect, useState } from "preact/hooks";
import { call } from "../api";
import { pick, t } from "../i18n";
import type { Field, FileInfo, Option } from "../types";
import { moment } from "../when";
import type { Shared } from "./FieldInput";
import { PictureButton, PictureStrip, usePictures } from "./pictures";
import type { Raw } from "./values";

type Change = (value: Raw) => void;

export function Choices({ field, shared, value, onChange }: { field: Field; shared: Shared; value: string[]; onChange: Change }) {
  const toggle = (key: string): void => {
    const next = value.includes(key) ? value.filter((one) => one !== key) : [...value, key];
    onChange((field.options ?? []).map((one) => one.key).filter((one) => next.includes(one)));
  };
  return (
    <div class="ticks" data-testid={shared["data-testid"]}>
      {field.options?.map((option) => (
        <label key={option.key} class="tick">
          <input type="checkbox" checked={value.includes(option.key)} aria-invalid={shared["aria-invalid"]} onChange={() => toggle(option.key)} />
          <span>{pick(option.name)}</span>
        </label>
      ))}
    </div>
  );
}

export function Consent({ field, shared, value, onChange }: { field: Field; shared: Shared; value: boolean; onChange: Change }) {
  return (
    <label class="tick">
      <input
        type="checkbox"
        id={shared.id}
        checked={value}
        data-testid={shared["data-testid"]}
        aria-invalid={shared["aria-invalid"]}
        aria-required={shared["aria-required"]}
        aria-describedby={shared["aria-describedby"]}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{pick(field.label)}</span>
    </label>
  );
}

function wayTo(options: Option[], key: string): Option[] {
  for (const option of options) {
    if (option.key === key) return [option];
    const below = wayTo(option.options ?? [], key);
    if (below.length) return [option, ...below];
  }
  return [];
}

/** One list after another; the answer is the last one, so what stands above it is remembered here until then. */
export function TreeField({ field, shared, onChange }: { field: Field; shared: Shared; onChange: Change }) {
  const [way, setWay] = useState(() => wayTo(field.options ?? [], shared.value).map((one) => one.key));
  const levels: Option[][] = [field.options ?? []];
  for (const key of way) {
    const below = levels[levels.length - 1]?.find((one) => one.key === key)?.options;
    if (below?.length) levels.push(below);
  }
  const choose = (level: number, key: string): void => {
    setWay([...way.slice(0, level), ...(key ? [key] : [])]);
    onChange(key && !levels[level]?.find((one) => one.key === key)?.options?.length ? key : "");
  };
  return (
    <>
      {levels.map((options, level) => (
        <select
          key={level}
          class="level"
          value={way[level] ?? ""}
          aria-label={pick(field.label)}
          aria-invalid={shared["aria-invalid"]}
          data-testid={shared["data-testid"] + (level ? "-" + level : "")}
          onInput={(event) => choose(level, event.currentTarget.value)}
        >
          <option value="">{t("choose")}</option>
          {options.map((option) => (
            <option value={option.key} key={option.key}>
              {pick(option.name)}
            </option>
          ))}
        </select>
      ))}
    </>
  );
}

type Pick = { key: string; name: string; server?: string; level?: number; at?: string; amountMinor?: number; currency?: string };

function said(one: Pick): string {
  const price = one.amountMinor === undefined ? "" : (one.currency === "CNY" ? "¥" : one.currency + " ") + one.amountMinor / 100;
  const level = one.level === undefined ? "" : "Lv." + one.level;
  return [one.name, price, one.at && moment(one.at), level, one.server].filter(Boolean).join(" · ");
}

/** A list from the game; where there is none, or hers is not in it, she writes it herself. */
export function PickField({ kind, shared, onChange }: { kind: string; shared: Shared; onChange: Change }) {
  const [picks, setPicks] = useState<Pick[] | null>(null);
  const [typing, setTyping] = useState(false);
  useEffect(() => {
    call<{ picks: Pick[] }>("GET", "/picks/" + kind).then(
      (answer) => setPicks(answer.picks),
      () => setPicks([]),
    );
  }, [kind]);
  if (!picks) return <select {...shared} disabled />;
  const strange = shared.value && !picks.some((one) => one.key === shared.value);
  if (typing || strange || !picks.length) return <input {...shared} autoComplete="off" maxLength={200} />;
  return (
    <>
      <select {...shared}>
        <option value="">{t("choose")}</option>
        {picks.map((one) => (
          <option value={one.key} key={one.key}>
            {said(one)}
          </option>
        ))}
      </select>
      <button type="button" class="plain text small" onClick={() => (setTyping(true), onChange(""))}>
        {t("pickOther")}
      </button>
    </>
  );
}

type Answer = { state: "found" | "unknown" | "failed" | "off"; fields?: { key: string; label: string; value: unknown; type: string }[] };

function plain(value: unknown): string {
  const amount = value as { minor?: number; currency?: string } | null;
  if (amount && typeof amount === "object" && amount.minor !== undefined) return `${amount.currency} ${amount.minor / 100}`;
  return Array.isArray(value) ? value.join("、") : String(value ?? "—");
}

export function LookupField({ field, category, shared }: { field: Field; category: string; shared: Shared }) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [busy, setBusy] = useState(false);
  async function look(): Promise<void> {
    const number = shared.value.trim();
    if (!number || busy) return;
    setBusy(true);
    setAnswer(await call<Answer>("POST", "/lookups", { body: { category, field: field.key, number } }).catch((): Answer => ({ state: "failed" })));
    setBusy(false);
  }
  const words = answer && { found: "", unknown: t("lookUnknown"), failed: t("lookFailed"), off: t("lookFailed") }[answer.state];
  return (
    <>
      <span class="row look">
        <input {...shared} autoComplete="off" maxLength={200} onInput={(event) => (setAnswer(null), shared.onInput(event))} onBlur={() => answer || void look()} />
        <button type="button" class="plain text" onClick={() => void look()} disabled={busy} data-testid={shared["data-testid"] + "-look"}>
          {t("lookUp")}
        </button>
      </span>
      <span role="status">
        {words && <small>{words}</small>}
        {answer?.state === "found" && (
          <dl class="found" data-testid={shared["data-testid"] + "-found"}>
            {answer.fields?.map((one) => (
              <div key={one.key}>
                <dt>{one.label}</dt>
                <dd>{plain(one.value)}</dd>
              </div>
            ))}
          </dl>
        )}
      </span>
    </>
  );
}

export function FileField({ shared, files, onChange }: { shared: Shared; files: FileInfo[]; onChange: Change }) {
  const pictures = usePictures(files, onChange);
  return (
    <div data-testid={shared["data-testid"]}>
      <PictureStrip pictures={pictures} />
      <PictureButton pictures={pictures} label={t("attach")} />
    </div>
  );
}
