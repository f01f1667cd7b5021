// Light, dark or as the system says; remembered on this device.
import { ref, watchEffect } from "vue";

export type Theme = "light" | "dark" | "system";
export const themes: Theme[] = ["light", "dark", "system"];

const stored = localStorage.getItem("playerdesk.theme") as Theme | null;
export const theme = ref<Theme>(stored && themes.includes(stored) ? stored : "system");
const system = window.matchMedia("(prefers-color-scheme: dark)");
const systemDark = ref(system.matches);
system.addEventListener("change", (event) => (systemDark.value = event.matches));

watchEffect(() => {
  const dark = theme.value === "dark" || (theme.value === "system" && systemDark.value);
  document.documentElement.classList.toggle("dark", dark);
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  localStorage.setItem("playerdesk.theme", theme.value);
});
