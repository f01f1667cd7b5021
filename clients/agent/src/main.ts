import "./main.css";
import "./shell/theme";
// Of the component kit only its icons: colours are plain CSS, and the page head needs no library.
import icons from "@nuxt/ui/runtime/vue/plugins/icons.js";
import { VueQueryPlugin } from "@tanstack/vue-query";
import { createApp } from "vue";
import { cache } from "./api/cache";
import { firstLocale, i18n, speak } from "./kit/words";
import App from "./shell/App.vue";
import { router } from "./shell/router";

await speak(firstLocale);
createApp(App).use(i18n).use(VueQueryPlugin, { queryClient: cache }).use(router).use(icons).mount("#app");
