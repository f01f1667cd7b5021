// What modules ask the browser for while they load, where there is none.
const kept = new Map<string, string>();
globalThis.localStorage ??= {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
  clear: () => kept.clear(),
  key: () => null,
  length: 0,
};
globalThis.navigator ??= { language: "zh-CN" } as Navigator;
