// How many process tasks are hers to do: read when she signs in, and after what concerns her.
import { ref, watch } from "vue";
import { api } from "@/api/client";
import { onFrame } from "@/live/socket";
import { may, me } from "@/staff/session";

export const tasksOpen = ref(0);
let timer: ReturnType<typeof setTimeout> | undefined;

function read(): void {
  if (!me.value || !may("processes.work")) return void (tasksOpen.value = 0);
  clearTimeout(timer);
  timer = setTimeout(() => api.get<{ open: number }>("/tasks/count").then((found) => (tasksOpen.value = found.open), () => undefined), 300);
}
watch(() => me.value?.id, read, { immediate: true });
onFrame((frame, resumed) => {
  if (resumed || (frame.op === "event" && frame.kind === "process")) read();
});
