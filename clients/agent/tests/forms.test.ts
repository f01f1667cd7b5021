// The widget and the workspace decide about forms as the server does: the same cases as tests/forms/test_vectors.py.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Showing, wrong, type Field, type Values } from "../../forms/rules";

interface Case {
  fields: Field[];
  values: Values;
  shown: string[];
  needed: string[];
  wrong: string[];
}
const vectors = JSON.parse(readFileSync(new URL("../../forms/vectors.json", import.meta.url), "utf8")) as { now: string; offset: number; cases: Case[] };
const clock = { now: Date.parse(vectors.now), offset: vectors.offset };

test("there are enough of them", () => expect(vectors.cases.length).toBeGreaterThanOrEqual(150));
test.each(vectors.cases.map((one, n) => [n, one] as const))("case %i", (_, { fields, values, ...said }) => {
  const showing = new Showing(fields, values, clock);
  expect({
    shown: fields.filter((field) => showing.shown(field)).map((field) => field.key),
    needed: fields.filter((field) => showing.needed(field)).map((field) => field.key),
    wrong: fields.filter((field) => field.key in values && wrong(field, values[field.key], clock)).map((field) => field.key),
  }).toEqual(said);
});
