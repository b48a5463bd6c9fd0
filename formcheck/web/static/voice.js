// Words said aloud by the browser's own speech synthesis: one sentence at a time, each to its end
// unless the set ends or the voice is switched off.

const LONGEST_S = 2; // ours: added to the guess below; a browser without a voice may never say that it is done
const PER_LETTER_S = 0.1; // ours: slow speech, ten letters a second

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
    const late = setTimeout(done, 1000 * (LONGEST_S + PER_LETTER_S * words.text.length));
    words.lang = "en";
    words.addEventListener("end", done);
    words.addEventListener("error", done);
    speechSynthesis.speak(words);
  }
}
