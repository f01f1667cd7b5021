// What was before, step by step: undo and redo. What is typed in one go is one step.
const most = 100;
const oneStepMs = 700;

export interface History<T> {
  past: T[];
  now: T;
  future: T[];
  at: number;
}

export const begin = <T>(now: T): History<T> => ({ past: [], now, future: [], at: -Infinity });

/** A change; one that follows within the blink belongs to the step before, unless it is a step of its own. */
export function changed<T>(history: History<T>, now: T, at: number, alone = false): History<T> {
  const joins = !alone && history.past.length > 0 && history.future.length === 0 && at - history.at < oneStepMs;
  const past = joins ? history.past : [...history.past, history.now].slice(-most);
  return { past, now, future: [], at: alone ? -Infinity : at };
}

export function undone<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future], at: -Infinity };
}

export function redone<T>(history: History<T>): History<T> {
  const next = history.future[0];
  if (next === undefined) return history;
  return { past: [...history.past, history.now], now: next, future: history.future.slice(1), at: -Infinity };
}
