// Play: the tickets of a list one after the other, by keys alone.
import { ref } from "vue";
import type { View } from "@/tickets/views";

/** The list that is being played; null: none. */
export const playing = ref<View | null>(null);
export const play = (view: View): void => void (playing.value = view);
export const stopPlaying = (): void => void (playing.value = null);
