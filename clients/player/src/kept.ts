/** Pictures chosen without a connection: on the phone until they are uploaded, each once. */
import { ApiError, upload } from "./api";
import { t } from "./i18n";
import type { FileInfo } from "./types";

type Kept = { blob?: Blob; name: string; sent?: string };

const MARK = "kept:";
/** Private mode and bare web-views have no IndexedDB: then pictures live as long as the page. */
const memory = new Map<string, Kept>();

function stored(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<Kept | undefined> {
  return new Promise((done) => {
    const nothing = (): void => done(undefined);
    try {
      const opening = indexedDB.open("playerdesk", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
      opening.onerror = nothing;
      opening.onsuccess = () => {
        const base = opening.result;
        const asked = ask(base.transaction("kept", mode).objectStore("kept"));
        asked.onsuccess = () => done(asked.result as Kept);
        asked.onerror = nothing;
        base.close();
      };
    } catch {
      nothing();
    }
  });
}

async function put(id: string, kept: Kept): Promise<void> {
  memory.set(id, kept);
  await stored("readwrite", (store) => store.put(kept, id));
}

export function isKept(id: unknown): boolean {
  return typeof id === "string" && id.startsWith(MARK);
}

/** Looks like an uploaded file to everybody; `url` is a small picture of it. */
export async function keepPicture(key: string, blob: Blob, name: string, url: string): Promise<FileInfo> {
  const id = MARK + key;
  await put(id, { blob, name });
  return { id, name, mediaType: blob.type, size: blob.size, width: null, height: null, url, thumbnailUrl: null };
}

/** The desk's numbers for these files, after uploading what was kept. What was uploaded once is not uploaded again. */
export async function uploaded(ids: string[]): Promise<string[]> {
  const sent: string[] = [];
  for (const id of ids) {
    if (!isKept(id)) {
      sent.push(id);
      continue;
    }
    const kept = memory.get(id) ?? (await stored("readonly", (store) => store.get(id)));
    if (!kept?.sent && !kept?.blob) throw new ApiError(410, "picture_lost", t("errPictureLost"));
    if (!kept.sent) {
      kept.sent = (await upload(kept.blob!, kept.name, () => undefined)).id;
      await put(id, { name: kept.name, sent: kept.sent });
    }
    sent.push(kept.sent);
  }
  return sent;
}

export function forgetKept(ids: string[]): void {
  for (const id of ids.filter(isKept)) {
    memory.delete(id);
    void stored("readwrite", (store) => store.delete(id));
  }
}
