/** A brand's colours, made readable: the accent is given, the ink on it and in the dark is computed. */
import type { Theme } from "./types";

type Colour = [number, number, number];

function parse(hex: string): Colour | null {
  const found = /^#(..)(..)(..)$/.exec(hex);
  return found && (found.slice(1).map((c) => parseInt(c, 16)) as Colour);
}

function luminance(colour: Colour): number {
  // The plain square is close enough to sRGB's curve to choose an ink by.
  const [r, g, b] = colour.map((c) => (c / 255) ** 2.2) as Colour;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Colour, b: Colour): number {
  const ratio = (luminance(a) + 0.05) / (luminance(b) + 0.05);
  return ratio > 1 ? ratio : 1 / ratio;
}

function mix(a: Colour, b: Colour, part: number): Colour {
  return a.map((c, i) => Math.round(c + ((b[i] ?? 0) - c) * part)) as Colour;
}

/** Moves a colour towards white or black until it can be read on the background. */
function readable(colour: Colour, background: Colour, towards: Colour, wanted: number): Colour {
  let result = colour;
  for (let part = 0; part <= 1 && contrast(result, background) < wanted; part += 0.08) {
    result = mix(colour, towards, part);
  }
  return result;
}

const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [16, 18, 26];
const night = matchMedia("(prefers-color-scheme: dark)");
let applied: Theme = {};

export function applyTheme(theme: Theme): void {
  applied = theme;
  const dark = theme.mode === "dark" || (theme.mode !== "light" && night.matches);
  const accent = parse(theme.accent ?? "") ?? [58, 91, 219];
  const soft = mix(dark ? [29, 32, 42] : WHITE, accent, dark ? 0.22 : 0.11);
  // White on the accent, darkened a little when the brand's colour is too bright for that.
  const solid = readable(accent, WHITE, BLACK, 4.5);
  const text = readable(accent, soft, dark ? WHITE : BLACK, 4.6);
  const root = document.documentElement;
  root.dataset["mode"] = dark ? "dark" : "light";
  const put = (name: string, colour: Colour): void => root.style.setProperty(name, `rgb(${colour.join()})`);
  put("--accent", solid);
  put("--accent-deep", mix(solid, BLACK, 0.38));
  put("--accent-text", text);
  put("--accent-soft", soft);
}

// Older web-views know only addListener; a missed change there is corrected at the next opening.
night.addEventListener?.("change", () => applyTheme(applied));
