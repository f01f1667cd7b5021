/** Choosing, checking, shrinking and uploading pictures, with what the player sees meanwhile. */
import { useRef, useState } from "preact/hooks";
import { ApiError, upload } from "../api";
import { explain } from "../actions";
import { t } from "../i18n";
import { forgetKept, isKept, keepPicture } from "../kept";
import { session } from "../store";
import { newKey } from "../storage";
import type { FileInfo } from "../types";
import { Icon } from "./Icon";

const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const SHRINK_FROM = 1_500_000;
const LONGEST_SIDE = 2000;

export type Picture = {
  key: string;
  name: string;
  preview: string;
  progress: number;
  file?: FileInfo;
  problem?: string;
};

export type Pictures = {
  items: Picture[];
  ids: string[];
  files: FileInfo[];
  busy: boolean;
  add: (chosen: FileList | File[] | null) => void;
  remove: (key: string) => void;
  clear: () => void;
};

async function drawn(file: Blob, longest: number): Promise<HTMLCanvasElement> {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** A camera picture of 8 MB shows nothing that 600 kB would not, and costs the player's data. */
async function shrink(file: File): Promise<Blob> {
  if (file.size < SHRINK_FROM || file.type === "image/gif" || !window.createImageBitmap) return file;
  try {
    const canvas = await drawn(file, LONGEST_SIDE);
    const smaller = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.86));
    return smaller && smaller.size < file.size ? smaller : file;
  } catch {
    return file; // not a picture this phone can read: the server decides
  }
}

export function usePictures(initial: FileInfo[] = [], onChange?: (files: FileInfo[]) => void): Pictures {
  const [items, setItems] = useState<Picture[]>(() =>
    initial.map((file) => ({
      key: file.id,
      name: file.name,
      preview: file.thumbnailUrl ?? file.url,
      progress: 1,
      file,
    })),
  );
  // Uploads outlive the render that started them, so the newest list is kept beside the state.
  const latest = useRef(items);
  const put = (next: Picture[]): void => {
    latest.current = next;
    setItems(next);
  };
  const patch = (key: string, values: Partial<Picture>): void =>
    put(latest.current.map((item) => (item.key === key ? { ...item, ...values } : item)));
  const files = (): FileInfo[] => latest.current.flatMap((item) => (item.file ? [item.file] : []));

  async function send(key: string, chosen: File): Promise<void> {
    const limit = session().limits.fileBytes;
    if (!TYPES.includes(chosen.type)) return patch(key, { problem: t("errPictureType") });
    if (!chosen.size) return patch(key, { problem: t("errPictureEmpty") });
    const blob = await shrink(chosen);
    if (blob.size > limit) return patch(key, { problem: t("errPictureSize", { n: Math.floor(limit / 1_048_576) }) });
    const name = blob === chosen ? chosen.name : chosen.name.replace(/\.\w+$/, "") + ".jpg";
    try {
      patch(key, { file: await upload(blob, name, (progress) => patch(key, { progress })), progress: 1 });
      onChange?.(files());
    } catch (error) {
      if (!(error instanceof ApiError && error.passing)) return patch(key, { problem: explain(error) });
      // No connection: it stays on the phone and goes along with what it belongs to.
      const small = await drawn(blob, 160).then((canvas) => canvas.toDataURL("image/jpeg", 0.6), () => "");
      patch(key, { file: await keepPicture(key, blob, name, small), progress: 1 });
      onChange?.(files());
    }
  }

  function add(chosen: FileList | File[] | null): void {
    const room = session().limits.filesPerMessage - latest.current.length;
    const fresh = Array.from(chosen ?? []).slice(0, Math.max(0, room));
    const entries = fresh.map((file) => ({ file, key: newKey(), preview: URL.createObjectURL(file) }));
    put([...latest.current, ...entries.map(({ file, key, preview }) => ({ key, name: file.name, preview, progress: 0 }))]);
    entries.forEach(({ file, key }) => void send(key, file));
  }

  return {
    items,
    ids: files().map((file) => file.id),
    files: files(),
    busy: items.some((item) => !item.file && !item.problem),
    add,
    remove: (key) => {
      forgetKept(latest.current.flatMap((item) => (item.key === key && item.file ? [item.file.id] : [])));
      put(latest.current.filter((item) => item.key !== key));
      onChange?.(files());
    },
    clear: () => put([]),
  };
}

export function PictureButton({ pictures, label }: { pictures: Pictures; label?: string }) {
  return (
    <label class={label ? "attach wide" : "attach"} title={t("attach")}>
      <Icon name="image" />
      {label && <span>{label}</span>}
      <input
        type="file"
        accept={TYPES.join()}
        multiple
        aria-label={t("attach")}
        data-testid="attach"
        onChange={(event) => {
          pictures.add(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}

export function PictureStrip({ pictures }: { pictures: Pictures }) {
  if (!pictures.items.length) return null;
  return (
    <ul class="pictures">
      {pictures.items.map((item) => (
        <li key={item.key} class={item.problem ? "bad" : ""} data-testid="picture">
          <img src={item.preview} alt={item.name} />
          {!item.file && !item.problem && (
            <span class="progress" role="progressbar" aria-valuenow={Math.round(item.progress * 100)} aria-label={t("uploading")}>
              <i style={{ transform: `scaleX(${Math.max(0.05, item.progress)})` }} />
            </span>
          )}
          <button type="button" onClick={() => pictures.remove(item.key)} aria-label={t("removePicture", { name: item.name })}>
            <Icon name="close" />
          </button>
          {item.file && isKept(item.file.id) && <small class="waits" role="status">{t("pictureWaits")}</small>}
          {item.problem && <small role="alert">{item.problem}</small>}
        </li>
      ))}
    </ul>
  );
}
