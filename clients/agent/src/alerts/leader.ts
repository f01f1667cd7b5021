// Of all tabs of the desk one rings: the one that had the focus last. Should it close, another takes over.
const name = "playerdesk.bell";
const leaseMs = 3000;
let leading = false;

function queue(): void {
  void navigator.locks
    .request(name, () => ((leading = true), new Promise<void>(() => undefined)))
    // Another tab has taken it; wait in line again.
    .catch(() => ((leading = false), queue()));
}
function seize(): void {
  if (leading) return;
  void navigator.locks.request(name, { steal: true }, () => ((leading = true), new Promise<void>(() => undefined))).catch(() => ((leading = false), queue()));
}

// Over plain HTTP there are no locks: a lease in the shared store, renewed while the tab lives.
const id = String(Math.random());
function renew(claim: boolean): void {
  const [holder, until] = (localStorage.getItem(name) ?? "").split(" ");
  leading = claim || holder === id || Number(until ?? 0) < Date.now();
  if (leading) localStorage.setItem(name, `${id} ${Date.now() + leaseMs}`);
}

export function standForLeader(): void {
  if (navigator.locks) {
    queue();
    window.addEventListener("focus", seize);
    if (document.hasFocus()) seize();
    return;
  }
  renew(document.hasFocus());
  setInterval(() => renew(false), leaseMs / 3);
  window.addEventListener("focus", () => renew(true));
}

export const isLeader = (): boolean => leading;
