/** A picture over everything; a tap closes it. */
import { t } from "../i18n";
import type { FileInfo } from "../types";
import { Dialog } from "./Dialog";
import { Icon } from "./Icon";

export function Lightbox({ file, onClose }: { file: FileInfo; onClose: () => void }) {
  return (
    <Dialog title={file.name} onClose={onClose} wide>
      <img src={file.url} alt={file.name} onClick={onClose} data-testid="lightbox" />
      <button class="plain corner" onClick={onClose} aria-label={t("close")}>
        <Icon name="close" />
      </button>
    </Dialog>
  );
}
