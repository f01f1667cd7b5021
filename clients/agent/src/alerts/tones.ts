// Short tones, made on the spot: each kind of news has a small tune of its own, told apart without looking.
import type { Alarm } from "./rules";

type Note = readonly [hertz: number, at: number, seconds: number];
const tunes: Record<Alarm, readonly Note[]> = {
  chat: [[659, 0, 0.16], [880, 0.13, 0.24]],
  ticket: [[523, 0, 0.22]],
  message: [[784, 0, 0.1]],
  mention: [[698, 0, 0.12], [698, 0.17, 0.16]],
  late: [[622, 0, 0.16], [554, 0.17, 0.16], [494, 0.34, 0.28]],
};
let context: AudioContext | null = null;

/** Plays the tune of a kind; `volume` 0 to 100. A browser that has seen no hand yet stays silent. */
export async function ring(kind: Alarm, volume: number): Promise<void> {
  context ??= new AudioContext();
  if (context.state === "suspended") await context.resume().catch(() => undefined);
  if (context.state !== "running") return;
  const start = context.currentTime + 0.01;
  const loudness = (volume / 100) ** 2 * 0.4;
  for (const [hertz, at, seconds] of tunes[kind]) {
    const tone = new OscillatorNode(context, { type: "sine", frequency: hertz });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, start + at);
    gain.gain.linearRampToValueAtTime(loudness, start + at + 0.015);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + at + seconds);
    tone.connect(gain).connect(context.destination);
    tone.start(start + at);
    tone.stop(start + at + seconds + 0.05);
  }
}
