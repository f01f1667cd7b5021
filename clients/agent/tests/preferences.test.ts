import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { standard } from "@/kit/standard";

interface Field {
  default?: unknown;
}
test("the standard of the screen is the standard of the server", () => {
  const document = JSON.parse(readFileSync("../api/openapi.json", "utf8")) as { components: { schemas: Record<string, { properties: Record<string, Field> }> } };
  const fields = document.components.schemas.Chosen?.properties ?? {};
  expect(Object.keys(fields).sort()).toEqual(Object.keys(standard).sort());
  const differing = Object.entries(fields).filter(([name, field]) => "default" in field && JSON.stringify(field.default) !== JSON.stringify(standard[name as keyof typeof standard]));
  expect(differing).toEqual([]);
});
