// One way to the server: JSON in, JSON out, refusals as `Refused`, no network as `Offline`.
import { locale } from "@/kit/words";
import { hearCursor } from "./cursor";

/** The server understood and said no; `message` is already in the reader's language. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Record<string, string> = {},
    readonly extra: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** The server could not be reached or did not answer; trying again later is right. */
export class Offline extends Error {}

const waitLimitMs = 15_000;
const signedOutListeners = new Set<() => void>();

/** Calls `listener` when the server says the session is over. */
export function onSignedOut(listener: () => void): void {
  signedOutListeners.add(listener);
}

function cookie(name: string): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** Whether this browser may have a session: its readable half is the CSRF cookie. */
export const hasSession = (): boolean => cookie("playerdesk_csrf") !== "";

async function refusal(response: Response): Promise<Error> {
  const body = (await response.json().catch(() => null)) as { error?: Record<string, unknown> } | null;
  // A proxy in front of a restarting server answers these in its name; 502 with words is the desk's own about a third party.
  if ([502, 503, 504].includes(response.status) && !(response.status === 502 && body?.error)) return new Offline(`HTTP ${response.status}`);
  const { code, message, fields, ...extra } = body?.error ?? {};
  return new Refused(
    response.status,
    String(code ?? `http_${response.status}`),
    String(message ?? ""),
    (fields as Record<string, string> | undefined) ?? {},
    extra,
  );
}

async function call<T>(method: string, path: string, body?: unknown, given?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": locale.value };
  if (method !== "GET") headers["X-CSRF-Token"] = cookie("playerdesk_csrf");
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(`/agent/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : form ? (body as FormData) : JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.any([AbortSignal.timeout(form ? waitLimitMs * 8 : waitLimitMs), ...(given ? [given] : [])]),
    });
  } catch (problem) {
    throw new Offline(String(problem));
  }
  hearCursor(response.headers.get("x-live-cursor"));
  if (!response.ok) {
    const problem = await refusal(response);
    if (problem instanceof Refused && problem.code === "signed_out") signedOutListeners.forEach((tell) => tell());
    throw problem;
  }
  return (response.status === 204 ? null : await response.json()) as T;
}

export const api = {
  get: <T>(path: string) => call<T>("GET", path),
  post: <T>(path: string, body: unknown = {}, signal?: AbortSignal) => call<T>("POST", path, body, signal),
  put: <T>(path: string, body: unknown) => call<T>("PUT", path, body),
  patch: <T>(path: string, body: unknown) => call<T>("PATCH", path, body),
  delete: <T>(path: string) => call<T>("DELETE", path),
};

/** `{view: "mine", after: null}` → `?view=mine`. */
export function query(params: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}
