// Files on their way into a draft.
import { ref } from "vue";
import { api } from "@/api/client";
import type { FileInfo } from "@/api/types";
import { bytes } from "@/kit/formats";
import { newKey } from "@/kit/ids";
import { warn, wordsFor } from "@/kit/notices";
import { i18n } from "@/kit/words";
import type { Draft } from "./drafts";

export interface Upload {
  key: string;
  name: string;
}
const mostFiles = 6;
const mostBytes = 10 * 1024 * 1024;

export function useUploads(draft: () => Draft) {
  const uploading = ref<Upload[]>([]);
  const t = i18n.global.t;

  async function one(file: File, into: Draft): Promise<void> {
    const upload = { key: newKey(), name: file.name };
    uploading.value.push(upload);
    const form = new FormData();
    form.append("file", file, file.name);
    try {
      into.attachments.push(await api.post<FileInfo>("/files", form));
    } catch (problem) {
      warn(t("composer.notUploaded", { name: file.name, why: wordsFor(problem) }));
    } finally {
      uploading.value = uploading.value.filter((other) => other.key !== upload.key);
    }
  }

  /** Uploads into the draft that was open when the files were chosen, even if the reader goes on. */
  async function add(files: File[]): Promise<void> {
    const into = draft();
    const room = mostFiles - into.attachments.length - uploading.value.length;
    if (files.length > room) warn(t("composer.tooMany", { max: mostFiles }));
    for (const file of files.slice(0, Math.max(0, room))) {
      if (!file.size) warn(t("composer.empty", { name: file.name }));
      else if (file.size > mostBytes) warn(t("composer.tooBig", { name: file.name, max: bytes(mostBytes) }));
      else void one(file, into);
    }
  }
  return { uploading, add };
}
