/** Who the player is: the token signed by the game, and asking the game for a fresh one. */
import { askHostForToken, tell } from "./host";

let token = "";
let asking: Promise<boolean> | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

type Claims = { iss?: string; sub?: string; exp?: number };

export function claims(): Claims {
  try {
    // Names in it may come out garbled; what we read of it is plain.
    const part = token.split(".")[1] ?? "";
    return JSON.parse(atob(part.replace(/-/g, "+").replace(/_/g, "/"))) as Claims;
  } catch {
    return {};
  }
}

/** Keeps one player's drafts and unsent messages apart from another's on the same phone. */
export function playerKey(name: string): string {
  const { iss, sub } = claims();
  return `${iss}:${sub}:${name}`;
}

export function currentToken(): string {
  return token;
}

export function setToken(jwt: string): void {
  token = jwt;
  clearTimeout(timer);
  const { exp } = claims();
  if (!exp) return;
  // One minute early, so that nobody meets the expiry; the cap keeps setTimeout below its 24-day overflow.
  const left = exp * 1000 - Date.now() - 60_000;
  if (left > 0) {
    timer = setTimeout(() => {
      tell("event", { name: "token_expiring", data: { expiresAt: exp } });
      void renew();
    }, Math.min(left, 2e9));
  }
}

/** True when the game gave us another token. Several callers at once ask only once. */
export function renew(): Promise<boolean> {
  asking ??= askHostForToken().then((fresh) => {
    asking = null;
    if (!fresh || fresh === token) return false;
    setToken(fresh);
    return true;
  });
  return asking;
}
