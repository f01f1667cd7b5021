/** One field of a category's form, drawn from what the desk says about it. */
import { pick, t } from "../i18n";
import type { Field } from "../types";

type Props = { field: Field; value: string; problem?: string; onChange: (value: string) => void };

export function FieldInput({ field, value, problem, onChange }: Props) {
  const id = "field-" + field.key;
  const shared = {
    id,
    value,
    "data-testid": "form-field-" + field.key,
    "aria-invalid": problem ? true : undefined,
    "aria-describedby": problem ? id + "-problem" : field.help ? id + "-help" : undefined,
    "aria-required": field.required,
    onInput: (event: Event) => onChange((event.currentTarget as HTMLInputElement).value),
  };
  return (
    <div class={problem ? "field bad" : "field"}>
      <label htmlFor={id}>
        {pick(field.label)}
        {!field.required && <small>{t("optional")}</small>}
      </label>
      {control(field, shared)}
      {field.help && !problem && <small id={id + "-help"}>{pick(field.help)}</small>}
      {problem && (
        <small id={id + "-problem"} class="problem" role="alert">
          {problem}
        </small>
      )}
    </div>
  );
}

type Shared = { id: string; value: string };

function control(field: Field, shared: Shared) {
  switch (field.kind) {
    case "choice":
      return (
        <select {...shared}>
          <option value="">{t("choose")}</option>
          {field.options?.map((option) => (
            <option value={option.key} key={option.key}>
              {pick(option.name)}
            </option>
          ))}
        </select>
      );
    case "longtext":
      return <textarea {...shared} rows={3} maxLength={2000} />;
    case "money":
      return (
        <span class="money">
          <i aria-hidden="true">¥</i>
          <input {...shared} inputMode="decimal" autoComplete="off" placeholder="0.00" maxLength={12} />
        </span>
      );
    case "number":
      return <input {...shared} inputMode="decimal" autoComplete="off" maxLength={20} />;
    case "datetime":
      return <input {...shared} type="datetime-local" />;
    default:
      return <input {...shared} autoComplete="off" maxLength={255} />;
  }
}

/** What is wrong with a value, in words for the one who typed it; empty when nothing is. */
export function fieldProblem(field: Field, value: string): string {
  const label = pick(field.label);
  if (!value.trim()) return field.required ? t(field.kind === "choice" ? "errChoose" : "errFill", { label }) : "";
  if (field.kind === "number" && !Number.isFinite(Number(value))) return t("errNumber", { label });
  if (field.kind === "money" && !/^\d{1,9}(\.\d{1,2})?$/.test(money(value))) return t("errMoney", { label });
  if (field.kind === "datetime" && Number.isNaN(Date.parse(value))) return t("errTime", { label });
  return "";
}

/** People type ￥648 or 1,288.00 元. */
function money(value: string): string {
  return value.replace(/[\s,，¥￥元$]/g, "");
}

/** The value as the desk wants it: numbers as numbers, money in minor units, times in UTC. */
export function fieldValue(field: Field, value: string): unknown {
  if (field.kind === "number") return Number(value);
  if (field.kind === "money") return Math.round(Number(money(value)) * 100);
  if (field.kind === "datetime") return new Date(value).toISOString();
  return value.trim();
}

/** The way back, for values the game knows: a time input wants the player's own clock, without a zone. */
export function fieldText(field: Field, known: string): string {
  if (field.kind !== "datetime") return known;
  const at = new Date(known);
  return Number.isNaN(+at) ? "" : new Date(+at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
