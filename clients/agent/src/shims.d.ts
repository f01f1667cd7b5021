declare module "@nuxt/ui/vue-plugin";
