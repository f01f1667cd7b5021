import "./main.css";
import "./shell/theme";
import ui from "@nuxt/ui/vue-plugin";
import { VueQueryPlugin } from "@tanstack/vue-query";
import { createApp } from "vue";
import { cache } from "./api/cache";
import { firstLocale, i18n, speak } from "./kit/words";
import App from "./shell/App.vue";
import { router } from "./shell/router";

await speak(firstLocale);
createApp(App).use(i18n).use(VueQueryPlugin, { queryClient: cache }).use(router).use(ui).mount("#app");
