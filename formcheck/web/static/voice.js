// Words said aloud by the browser's own speech synthesis: one sentence at a time, each to its end
// unless the set ends or the voice is switched off. And the box in which the voice is chosen.

import { byId, make } from "./dom.js";
import { choose, setting } from "./settings.js";

const LONGEST_S = 2; // ours: added to the guess below; a browser without a voice may never say that it is done
const PER_LETTER_S = 0.1; // ours: slow speech, ten letters a second
const [SLOWEST, FASTEST] = [0.7, 1.3]; // as shares of the voice's usual speed; the server takes the same
const TRIAL = "Tuck your pelvis, and lean in slowly. Ten more.";

/** How fast the voice is set: 1 is its usual speed. */
export const rate = () => Math.min(FASTEST, Math.max(SLOWEST, setting("rate")));

// Voices that this computer has itself: others would send each sentence to their maker. English ones first.
function voices() {
  const mine = window.speechSynthesis?.getVoices().filter(({ localService }) => localService) ?? [];
  const place = ({ lang, default: usual }) => 2 * !english(lang) + !usual;
  return mine.sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}

const english = (lang) => /^en\b/i.test(lang);

// The chosen one; else an English one, the computer's usual if it is one; null where the browser may take its own.
function voice() {
  const all = voices();
  return all.find(({ voiceURI }) => voiceURI === setting("speaker")) ?? all.find(({ lang }) => english(lang)) ?? null;
}

/** Says sentences one after the other. Of those that wait only the newest is kept: an old cue helps nobody. */
export class Voice {
  /** Whether short sounds are made. */
  sounds = true;
  #muted = false;
  #waiting = null;
  #spoken = null; // the words that are being said

  /** Says `text` once the sentence before it is over. */
  say(text) {
    if (this.#muted || !("speechSynthesis" in window)) return;
    this.#waiting = text;
    this.#next();
  }

  /** Breaks off what is being said, and forgets what waits. */
  stop() {
    this.#waiting = this.#spoken = null;
    window.speechSynthesis?.cancel();
  }

  /** Whether nothing is said; to mute breaks off. */
  set muted(on) {
    this.#muted = on;
    if (on) this.stop();
  }

  #next() {
    if (this.#spoken || this.#waiting === null) return;
    const words = new SpeechSynthesisUtterance(this.#waiting);
    this.#waiting = null;
    this.#spoken = words;
    const done = () => {
      clearTimeout(late);
      if (this.#spoken !== words) return; // it was broken off, and other words may have begun
      this.#spoken = null;
      this.#next();
    };
    const late = setTimeout(done, 1000 * (LONGEST_S + (PER_LETTER_S * words.text.length) / rate()));
    [words.voice, words.rate] = [voice(), rate()];
    words.lang = words.voice?.lang ?? "en";
    words.addEventListener("end", done);
    words.addEventListener("error", done);
    speechSynthesis.speak(words);
  }
}

/** The box in which the voice and its speed are chosen, and heard. */
export function voiced() {
  const [box, speaker, speed, trial] = [byId("voice-box"), byId("voice-speaker"), byId("voice-rate"), new Voice()];
  const fill = () => {
    const options = voices().map(({ voiceURI, name, lang }) => make("option", { value: voiceURI }, `${name} (${lang})`));
    speaker.replaceChildren(...(options.length ? options : [make("option", {}, "The browser’s own")]));
    speaker.disabled = !options.length;
    if (options.length) speaker.value = voice()?.voiceURI ?? "";
  };
  const told = () => (byId("voice-rate-said").textContent = `${Math.round(100 * rate())} %`);
  [speed.min, speed.max, speed.value] = [SLOWEST, FASTEST, rate()];
  told();
  fill();
  window.speechSynthesis?.addEventListener("voiceschanged", fill); // a browser may find them late
  byId("voice-open").addEventListener("click", () => box.showModal());
  box.addEventListener("close", () => trial.stop());
  speaker.addEventListener("change", () => choose("speaker", speaker.value));
  speed.addEventListener("input", () => {
    choose("rate", speed.valueAsNumber);
    told();
  });
  byId("voice-try").addEventListener("click", () => {
    trial.stop();
    trial.say(TRIAL);
  });
}
