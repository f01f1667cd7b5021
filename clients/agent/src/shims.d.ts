declare module "@nuxt/ui/runtime/vue/plugins/icons.js" {
  import type { Plugin } from "vue";
  const icons: Plugin;
  export default icons;
}
declare module "@nuxt/ui/runtime/locale/zh_cn.js" {
  const words: unknown;
  export default words;
}
