// Words said aloud by the browser's own speech synthesis: one sentence at a time, each to its end.

const LONGEST_S = 2; // ours: added to the guess below; a browser without a voice may never say that it is done
const PER_LETTER_S = 0.1; // ours: slow speech, ten letters a second

/** Says sentences one after the other. Of those that wait only the newest is kept: an old cue helps nobody. */
export class Voice {
  muted = false;
  #waiting = null;
  #speaking = false;

  /** Says `text` once the sentence before it is over. */
  say(text) {
    if (this.muted || !("speechSynthesis" in window)) return;
    this.#waiting = text;
    this.#next();
  }

  #next() {
    if (this.#speaking || this.#waiting === null || this.muted) return;
    const words = new SpeechSynthesisUtterance(this.#waiting);
    this.#waiting = null;
    this.#speaking = true;
    let over = false;
    const done = () => {
      if (over) return;
      over = true;
      clearTimeout(late);
      this.#speaking = false;
      this.#next();
    };
    const late = setTimeout(done, 1000 * (LONGEST_S + PER_LETTER_S * words.text.length));
    words.lang = "en";
    words.addEventListener("end", done);
    words.addEventListener("error", done);
    speechSynthesis.speak(words);
  }
}
