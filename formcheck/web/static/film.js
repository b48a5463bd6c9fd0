// The film of a live set, where the user asked for it: it stays in the browser, and goes with the page.

const KINDS = ["video/webm;codecs=vp8", "video/webm", "video/mp4"];
const BITS_PER_S = 2_500_000; // ours: an hour has about a gigabyte
const PIECE_MS = 1000;

/** Films a stream until `done`. */
export class Film {
  #recorder;
  #pieces = [];
  #began = null;
  #offsets = [];

  constructor(stream) {
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.#recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: BITS_PER_S });
    this.#recorder.addEventListener("dataavailable", ({ data }) => data.size && this.#pieces.push(data));
    this.#recorder.addEventListener("start", () => (this.#began = performance.now()));
    this.#recorder.start(PIECE_MS);
  }

  /** A picture was taken at `at`, in ms of `performance.now()`; the report calls that `t`. */
  note(at, t) {
    if (this.#began !== null) this.#offsets.push((at - this.#began) / 1000 - t);
  }

  /** Ends the film: its file, and how long it had run at the report's beginning; null where there is none. */
  async done() {
    if (this.#recorder.state !== "inactive") {
      const { promise, resolve } = Promise.withResolvers();
      this.#recorder.addEventListener("stop", resolve);
      this.#recorder.stop();
      await promise;
    }
    if (!this.#pieces.length || !this.#offsets.length) return null;
    const sorted = this.#offsets.sort((a, b) => a - b);
    const file = new Blob(this.#pieces, { type: this.#recorder.mimeType.split(";")[0] });
    return { file, begins: sorted[sorted.length >> 1] };
  }
}
