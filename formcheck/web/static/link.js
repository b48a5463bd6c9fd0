// The connection to the coach: one picture in flight, and the set taken up again after a dropped connection.

import { door } from "./api.js";

const WAITS_MS = [250, 500, 1000, 2000]; // ours: between attempts; the last one repeats
const KEPT_MS = 60_000; // how long the server keeps a set whose connection dropped
const GONE = "formcheck does not answer. Start it again with `formcheck serve` and open the new link.";
const ANEW =
  "formcheck was started anew and does not know this set. Open the new link that `formcheck serve` prints; " +
  "what could be kept of the set is in the History there.";
const STOPPED =
  "formcheck was stopped; what you had done is in its History. Start it again with `formcheck serve` and open the new link.";
const SAFE = "What you had done is in the History within a minute.";
const RESTARTS = 1012; // the code a server closes with that stops in order, if its word for it did not arrive
const SILENT = 4408; // the page had sent nothing for so long that it was taken for gone; its set waits
const ALIVE_MS = 20_000; // the server takes a page for gone that is silent for two minutes
const HEADER_BYTES = 4; // the picture's number

/**
 * `heard` is an object of functions: `welcome(message)`, `report(message)`, `dropped()`, and
 * `failed(sentence)` when the set cannot go on.
 */
export class Link {
  #hello;
  #heard;
  #socket = null;
  #answered = null; // resolves the picture in flight
  #sequence = 0;
  #id = null;
  #attempt = 0;
  #droppedAt = null;
  #opened = Promise.withResolvers();
  #up = false;
  #ending = false;
  #closed = false;
  #said = null; // why the server is about to close
  #alive;

  constructor(hello, heard) {
    this.#hello = hello;
    this.#heard = heard;
    this.#alive = setInterval(() => this.#up && this.#socket.send(JSON.stringify({ type: "here" })), ALIVE_MS);
    this.#open();
  }

  /** Resolves once pictures can be sent; false where the set is over. */
  async ready() {
    while (!this.#up && !this.#closed) await this.#opened.promise;
    return !this.#closed;
  }

  /** Sends a picture, its bytes; its moment, or null where the connection dropped before an answer came. */
  ask(picture) {
    if (!this.#up) return null;
    const message = new Uint8Array(HEADER_BYTES + picture.length);
    new DataView(message.buffer).setUint32(0, (this.#sequence += 1), true);
    message.set(picture, HEADER_BYTES);
    this.#answered = Promise.withResolvers();
    this.#socket.send(message);
    return this.#answered.promise;
  }

  /** Says whom to judge: whoever is at a place of the picture, shares of its width and height. */
  choose(x, y) {
    if (this.#up) this.#socket.send(JSON.stringify({ type: "choose", x, y }));
  }

  /** Says what was pressed in a session: "pause", "skip" or "hurts". */
  press(what) {
    if (this.#up) this.#socket.send(JSON.stringify({ type: what }));
  }

  /** Ends the set, now or when it is connected again; `heard.report` is called once the server has written it. */
  end() {
    this.#ending = true;
    if (this.#up) this.#socket.send(JSON.stringify({ type: "end" }));
  }

  /** Whether the server can hear the page now. */
  get up() {
    return this.#up;
  }

  /** Ends the set, where the server can hear it, and waits for no report. */
  leave() {
    this.end();
    this.close();
  }

  /** Lets go of the connection without a word. */
  close() {
    this.#closed = true;
    this.#up = false;
    clearInterval(this.#alive);
    this.#settle();
    this.#opened.resolve();
    this.#socket.close();
  }

  #open() {
    const { exercise, side, height_cm, units, goal, profile, lesson, rate, filmed = false } = this.#hello;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
    this.#socket = socket;
    socket.addEventListener("open", () =>
      socket.send(JSON.stringify({ type: "hello", exercise, side, height_cm, units, goal, profile, lesson, rate, filmed, resume: this.#id })),
    );
    socket.addEventListener("message", (event) => this.#message(JSON.parse(event.data)));
    socket.addEventListener("close", ({ code }) => this.#down(code));
  }

  #message(message) {
    if (message.type === "welcome") this.#welcome(message);
    else if (message.type === "moment") this.#settle(message);
    else if (message.type === "report") {
      this.close();
      this.#heard.report(message);
    } else if (message.type === "stopped") this.#fail(STOPPED);
    else if (message.type === "error") this.#said = message.text;
  }

  #welcome(message) {
    this.#id = message.id;
    this.#attempt = 0;
    this.#droppedAt = null;
    this.#up = true;
    this.#opened.resolve();
    this.#heard.welcome(message);
    if (this.#ending) this.end();
  }

  #settle(moment = null) {
    this.#answered?.resolve(moment);
    this.#answered = null;
  }

  // To try again would not help.
  #fail(sentence) {
    this.close();
    this.#heard.failed(sentence);
  }

  async #down(code) {
    if (this.#closed) return;
    this.#settle();
    if (this.#up) this.#opened = Promise.withResolvers();
    this.#up = false;
    if (code === RESTARTS) return this.#fail(STOPPED);
    if (this.#said !== null && !(code === SILENT && this.#id !== null)) return this.#fail(this.#id === null ? this.#said : `${this.#said} ${SAFE}`);
    this.#said = null;
    this.#droppedAt ??= performance.now();
    if (performance.now() - this.#droppedAt > KEPT_MS) return this.#fail(GONE);
    if (this.#attempt === 0) this.#heard.dropped();
    // A browser does not tell why a connection was refused; an ordinary request does.
    const found = await door();
    if (this.#closed) return;
    if (found === "locked") return this.#fail(ANEW);
    if (found === "away" && this.#id === null) return this.#fail(GONE);
    setTimeout(() => this.#closed || this.#open(), WAITS_MS[Math.min(this.#attempt, WAITS_MS.length - 1)]);
    this.#attempt += 1;
  }
}
