/** A sheet over the screen: takes the focus, gives it back, closes with Escape or a tap beside it. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

type Props = { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean };

export function Dialog({ title, onClose, children, wide }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.focus();
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Tab") return keepInside(event, box.current);
      if (event.key !== "Escape") return;
      event.stopPropagation();
      onClose();
    };
    // Captured, so that Escape closes the sheet and not also the screen under it.
    addEventListener("keydown", onKey, true);
    return () => {
      removeEventListener("keydown", onKey, true);
      before?.focus?.();
    };
  }, []);
  return (
    <div class="shade" onClick={(event) => event.target === event.currentTarget && onClose()}>
      <div class={wide ? "sheet wide" : "sheet"} role="dialog" aria-modal="true" aria-label={title} tabIndex={-1} ref={box}>
        {!wide && <h2>{title}</h2>}
        {children}
      </div>
    </div>
  );
}

function keepInside(event: KeyboardEvent, box: HTMLElement | null): void {
  const all = [...(box?.querySelectorAll<HTMLElement>("button, a, input, textarea") ?? [])];
  const [first, last] = [all[0], all[all.length - 1]];
  const at = document.activeElement;
  if (!first || !last) return;
  if (event.shiftKey ? at === first || at === box : at === last) {
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}
