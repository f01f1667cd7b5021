import { fileURLToPath } from "node:url";
import ui from "@nuxt/ui/vite";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.PLAYERDESK_SERVER ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [
    vue(),
    ui({
      dts: false,
      autoImport: false,
      components: { dts: false },
      // Icons are cut out of the installed collection at build time; nothing is fetched at run time.
      icon: { clientBundle: { scan: { globInclude: ["src/**/*.{vue,ts}"] }, sizeLimitKb: 128 } },
      experimental: { componentDetection: true },
      colorMode: false,
      ui: {
        colors: { primary: "blue", neutral: "slate" },
        modal: { slots: { header: "pe-12" }, variants: { overlay: { true: { overlay: "bg-black/45" } } } },
      },
    }),
  ],
  resolve: { alias: { "@": here("./src") } },
  define: { __VUE_OPTIONS_API__: "true" },
  build: {
    outDir: here("../../playerdesk/clients/agent"),
    emptyOutDir: true,
    target: "es2022",
    manifest: true,
    chunkSizeWarningLimit: 400,
  },
  server: {
    proxy: {
      "/agent/v1": { target: server, ws: true },
      "/files": { target: server },
    },
  },
});
