/** Whether a text may hold marks at all: most do not, and are shown as they are. */
export const marked = (text: string): boolean =>
  /[*_~`[<\\]|https?:|^[ \t]{0,3}(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])/m.test(text);
