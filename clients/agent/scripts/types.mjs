// Writes clients/api/openapi.json from the server's routes, and clients/api/schema.d.ts from that.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import openapi, { astToString } from "openapi-typescript";

const root = new URL("../../../", import.meta.url);
const place = new URL("clients/api/", root);
const program = process.env.PLAYERDESK ?? new URL(".venv/bin/playerdesk", root).pathname;
const text = execFileSync(program, ["openapi"], { encoding: "utf8", maxBuffer: 64 << 20 });
const header = "// Generated from openapi.json by `make types`; not to be edited by hand.\n\n";

writeFileSync(new URL("openapi.json", place), text);
// What has a default may be left out of a request, and so of nothing that the server answers.
const types = await openapi(JSON.parse(text), { alphabetize: true, defaultNonNullable: false });
writeFileSync(new URL("schema.d.ts", place), header + astToString(types));
