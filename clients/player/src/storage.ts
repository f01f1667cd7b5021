/** localStorage that may be missing (private mode, bare web-views): then values live as long as the page. */
const memory = new Map<string, string>();

export function load<T>(key: string): T | null {
  let text = memory.get(key) ?? null;
  try {
    text = localStorage.getItem("pd:" + key) ?? text;
  } catch {
    // no storage here; memory it is
  }
  try {
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

export function save(key: string, value: unknown): void {
  const text = JSON.stringify(value);
  memory.set(key, text);
  try {
    localStorage.setItem("pd:" + key, text);
  } catch {
    // full or forbidden: memory still has it
  }
}

export function drop(key: string): void {
  memory.delete(key);
  try {
    localStorage.removeItem("pd:" + key);
  } catch {
    // nothing was stored
  }
}

/** An id made here, so that the same thing sent twice is one thing for the server. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(36)).join("");
}
