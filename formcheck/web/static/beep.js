// Short sounds: a second of a hold, its end, a rep that counts.

const SOUNDS = { tick: [[660, 0.06, 0]], held: [[660, 0.12, 0], [880, 0.25, 0.14]], rep: [[880, 0.1, 0]] }; // Hz, seconds, from when
const LOUD = 0.2;

let context = null;

/** Lets sounds be made; a browser wants a click for that. */
export function unlock() {
  context ??= new AudioContext();
  context.resume();
}

/** Makes a sound by its name. */
export function beep(name) {
  if (!context) return;
  for (const [hertz, lasts, from] of SOUNDS[name] ?? []) {
    const [tone, gain, at] = [context.createOscillator(), context.createGain(), context.currentTime + from];
    tone.frequency.value = hertz;
    gain.gain.setValueAtTime(LOUD, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + lasts);
    tone.connect(gain).connect(context.destination);
    tone.start(at);
    tone.stop(at + lasts);
  }
}
