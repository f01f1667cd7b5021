/** One field of a category's form, drawn from what the desk says about it. */
import { pick, t } from "../i18n";
import type { Field } from "../types";
import { Choices, Consent, FileField, LookupField, PickField, TreeField } from "./FieldKinds";
import type { Raw } from "./values";
import type { FileInfo } from "../types";

type Props = {
  field: Field;
  category: string;
  needed: boolean;
  value: Raw | undefined;
  problem?: string;
  onChange: (value: Raw) => void;
};

/** What every kind of input gets. */
export type Shared = {
  id: string;
  value: string;
  "data-testid": string;
  "aria-invalid"?: boolean;
  "aria-describedby"?: string;
  "aria-required": boolean;
  onInput: (event: Event) => void;
};

const GROUPS = ["choices", "tree", "file", "consent"];

export function FieldInput({ field, category, needed, value, problem, onChange }: Props) {
  const id = "field-" + field.key;
  const shared: Shared = {
    id,
    value: typeof value === "string" ? value : "",
    "data-testid": "form-field-" + field.key,
    "aria-invalid": problem ? true : undefined,
    "aria-describedby": problem ? id + "-problem" : field.help ? id + "-help" : undefined,
    "aria-required": needed,
    onInput: (event) => onChange((event.currentTarget as HTMLInputElement).value),
  };
  const name = (
    <>
      {pick(field.label)}
      {!needed && field.kind !== "consent" && <small>{t("optional")}</small>}
    </>
  );
  const grouped = GROUPS.includes(field.kind);
  return (
    <div
      class={problem ? "field bad" : "field"}
      role={grouped ? "group" : undefined}
      aria-labelledby={grouped && field.kind !== "consent" ? id + "-name" : undefined}
    >
      {field.kind !== "consent" && (grouped ? <b class="name" id={id + "-name"}>{name}</b> : <label htmlFor={id}>{name}</label>)}
      {control(field, category, shared, value, onChange)}
      {field.help && !problem && <small id={id + "-help"}>{pick(field.help)}</small>}
      {problem && (
        <small id={id + "-problem"} class="problem" role="alert">
          {problem}
        </small>
      )}
    </div>
  );
}

function control(field: Field, category: string, shared: Shared, value: Raw | undefined, onChange: (value: Raw) => void) {
  const most = typeof field.max === "number" ? field.max : undefined;
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
    case "choices":
      return <Choices field={field} shared={shared} value={Array.isArray(value) ? (value as string[]) : []} onChange={onChange} />;
    case "tree":
      return <TreeField field={field} shared={shared} onChange={onChange} />;
    case "server":
    case "character":
    case "purchase":
      return <PickField kind={field.kind} shared={shared} onChange={onChange} />;
    case "lookup":
      return <LookupField field={field} category={category} shared={shared} />;
    case "file":
      return <FileField shared={shared} files={Array.isArray(value) ? (value as FileInfo[]) : []} onChange={onChange} />;
    case "consent":
      return <Consent field={field} shared={shared} value={value === true} onChange={onChange} />;
    case "longtext":
      return <textarea {...shared} rows={3} maxLength={most ?? 2000} />;
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
    case "date":
      return <input {...shared} type="date" />;
    default:
      return <input {...shared} autoComplete="off" maxLength={most ?? 200} />;
  }
}
