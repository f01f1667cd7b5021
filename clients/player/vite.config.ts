import { defineConfig } from "vite";

/** Inside the server's package, so that an installed wheel has it. */
const out = "../../playerdesk/clients/player";

/** Nothing is preloaded here, so an import needs no more than itself. */
const plainImports = {
  name: "plain-imports",
  enforce: "pre" as const,
  load: (id: string) => (id.includes("vite/preload-helper") ? "export const __vitePreload = (load) => load();" : undefined),
};

const loader = {
  build: {
    outDir: out,
    emptyOutDir: false,
    target: ["chrome80", "safari14"],
    lib: { entry: "loader/v1.ts", formats: ["iife" as const], name: "PlayerDeskLoader", fileName: () => "v1.js" },
  },
};

const page = {
  base: "./",
  plugins: [plainImports],
  // clients/forms has no packages of its own.
  resolve: { dedupe: ["preact"] },
  // One string a dictionary, and plain calls instead of objects for children: both gzip better.
  json: { stringify: true, namedExports: false },
  oxc: {
    jsx: { runtime: "classic" as const, pragma: "h", pragmaFrag: "Fragment" },
    jsxInject: 'import { h, Fragment } from "preact"',
  },
  build: {
    outDir: out,
    emptyOutDir: true,
    // The web-views of 2020's cheap phones.
    target: ["chrome80", "safari14"],
    modulePreload: false as const,
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/player": { target: "http://127.0.0.1:8000", ws: true }, "/files": "http://127.0.0.1:8000" } },
};

/** Two builds: the page in the frame, and (mode "loader") the one script a game's page includes. */
export default defineConfig(({ mode }) => ({ publicDir: false as const, ...(mode === "loader" ? loader : page) }));
