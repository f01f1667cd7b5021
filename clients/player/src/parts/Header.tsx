/** The bar over every screen but the first: back, title, the official mark, close. */
import type { ComponentChildren } from "preact";
import { embedded } from "../host";
import { t } from "../i18n";
import { back, close } from "../navigate";
import { Icon } from "./Icon";
import { OfficialMark } from "./Official";

export function CloseButton() {
  if (!embedded) return null;
  return (
    <button class="plain" onClick={close} aria-label={t("close")} data-testid="close">
      <Icon name="close" />
    </button>
  );
}

export function Header({ title, under }: { title: string; under?: ComponentChildren }) {
  return (
    <header class="bar">
      <button class="plain" onClick={back} aria-label={t("back")} data-testid="back">
        <Icon name="back" />
      </button>
      <div class="bar-title">
        <h1>{title}</h1>
        {under && <small>{under}</small>}
      </div>
      <OfficialMark small />
      <CloseButton />
    </header>
  );
}
