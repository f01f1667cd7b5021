/** One door to the server: authorisation, language, time-outs and errors a player can read. */
import { language, t } from "./i18n";
import { currentToken, renew } from "./token";
import type { FileInfo } from "./types";

const ROOT = "/player/v1";
let whenExpired = (): void => undefined;

/** Called when the server refuses our token and the game has no other one. */
export function onExpired(fn: () => void): void {
  whenExpired = fn;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Record<string, string> = {},
  ) {
    super(message);
  }

  /** The same request may well work in a moment. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

type Problem = { error?: { code?: string; message?: string; fields?: Record<string, string> } };

export function problem(status: number, text: string): ApiError {
  let error: Problem["error"];
  try {
    error = (JSON.parse(text) as Problem).error;
  } catch {
    error = undefined;
  }
  if (status === 0) return new ApiError(0, "offline", t("errOffline"));
  const fallback = status === 401 ? t("errExpired") : status === 413 ? t("errTooBig") : t("errServer");
  return new ApiError(status, error?.code ?? "error", error?.message || fallback, error?.fields);
}

export type Options = {
  body?: unknown;
  headers?: Record<string, string>;
  timeout?: number;
  signal?: AbortSignal;
  progress?: (part: number) => void;
};

/** XMLHttpRequest, because fetch cannot say how far an upload is, and one way to ask is enough. */
function ask(method: string, path: string, options: Options): Promise<XMLHttpRequest> {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const { body, headers, progress, signal } = options;
    const ready = body instanceof FormData || body === undefined;
    request.open(method, ROOT + path);
    request.timeout = options.timeout ?? 15_000;
    const all: Record<string, string> = {
      Authorization: "Bearer " + currentToken(),
      "Accept-Language": language() === "zh" ? "zh-CN" : "en",
      ...(ready ? {} : { "Content-Type": "application/json" }),
      ...headers,
    };
    for (const name in all) request.setRequestHeader(name, all[name] ?? "");
    if (progress) request.upload.onprogress = (event) => progress(event.loaded / (event.total || Infinity));
    // Also after an error, a time-out or an abort; the status is 0 then.
    request.onloadend = () => done(request);
    signal?.addEventListener("abort", () => request.abort());
    request.send(ready ? (body as FormData | undefined) : JSON.stringify(body));
  });
}

let instead: ((method: string, path: string, body: unknown) => unknown) | undefined;

/** For the preview, which has no desk behind it. */
export function answerInstead(fn: typeof instead): void {
  instead = fn;
}

export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  if (instead) return instead(method, path, options.body) as T;
  let answer = await ask(method, path, options);
  if (answer.status === 401 && (await renew())) answer = await ask(method, path, options);
  const { status, responseText: text } = answer;
  if (status === 401) whenExpired();
  if (status < 200 || status > 299) throw problem(status, text);
  return (text ? JSON.parse(text) : undefined) as T;
}

export function upload(file: Blob, name: string, progress: (part: number) => void): Promise<FileInfo> {
  const body = new FormData();
  body.append("file", file, name);
  return call("POST", "/files", { body, progress, timeout: 120_000 });
}
