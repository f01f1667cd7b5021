// `q` quotes: what is selected in the conversation, else the message the keyboard stands on. Otherwise `q` is what it always is.
import { onBeforeUnmount, onMounted, type Ref } from "vue";
import { useKeys, type KeyMap } from "@/shell/keys";

export function useQuoteKey(box: Ref<HTMLElement | null>, quote: (text: string) => void): void {
  const keys: KeyMap = {};
  useKeys(keys);

  function chosen(): string {
    const selection = window.getSelection();
    const text = selection?.toString().trim() ?? "";
    if (text && selection?.anchorNode && box.value?.contains(selection.anchorNode)) return text;
    const entry = box.value?.contains(document.activeElement) ? document.activeElement?.closest("article") : null;
    return entry?.querySelector<HTMLElement>("[data-body]")?.innerText.trim() ?? "";
  }
  function look(): void {
    if (chosen()) keys.q = () => (quote(chosen()), window.getSelection()?.removeAllRanges());
    else delete keys.q;
  }
  onMounted(() => {
    document.addEventListener("selectionchange", look);
    document.addEventListener("focusin", look);
  });
  onBeforeUnmount(() => {
    document.removeEventListener("selectionchange", look);
    document.removeEventListener("focusin", look);
  });
}
