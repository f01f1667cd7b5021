// Copies Swagger UI's own files beside our page; there is nothing to compile.
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const from = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const to = join(here, "../../playerdesk/clients/schema");

rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
for (const name of ["swagger-ui-bundle.js", "swagger-ui.css"]) copyFileSync(join(from, name), join(to, name));
for (const name of ["index.html", "start.js"]) copyFileSync(join(here, name), join(to, name));
