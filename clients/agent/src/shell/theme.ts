// Light, dark or as the system says, and how close things stand.
import { computed, ref, watchEffect } from "vue";
import type { Preferences } from "@/api/types";
import { prefer, preferences } from "@/kit/preferences";

export type Theme = Preferences["theme"];
export const themes: Theme[] = ["light", "dark", "system"];
export const themeIcons: Record<Theme, string> = { light: "i-lucide-sun", dark: "i-lucide-moon", system: "i-lucide-monitor" };

export const theme = computed<Theme>({ get: () => preferences.value.theme, set: (chosen) => prefer({ theme: chosen }) });
const system = window.matchMedia("(prefers-color-scheme: dark)");
const systemDark = ref(system.matches);
system.addEventListener("change", (event) => (systemDark.value = event.matches));

watchEffect(() => {
  const dark = theme.value === "dark" || (theme.value === "system" && systemDark.value);
  document.documentElement.classList.toggle("dark", dark);
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  document.documentElement.dataset.density = preferences.value.density;
});
