// The recorded page: a video goes to the server, its progress comes back, then the report.

import { read, remove, send } from "./api.js";
import { byId, make, notice } from "./dom.js";
import { profile } from "./people.js";
import { dropReport, fetched, showReport } from "./report.js";
import { goal, setting } from "./settings.js";

const ASK_AGAIN_MS = 400;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The Recorded page; `exercises` as `GET /api/exercises` gives them. */
export class Recorded {
  #cancelled = false;

  constructor(exercises) {
    byId("upload-exercise").append(...exercises.map(({ name, title }) => make("option", { value: name }, title)));
    byId("upload").addEventListener("submit", (event) => event.preventDefault());
    byId("file").addEventListener("change", ({ target }) => {
      if (target.files.length) this.#take(target.files[0]);
      target.value = ""; // the same file may be chosen again
    });
    byId("upload-cancel").addEventListener("click", () => this.#cancel());
    this.#droppable(byId("drop"));
    // A file that falls beside the box would be opened in place of the page.
    for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
  }

  #droppable(zone) {
    const over = (on) => (event) => {
      event.preventDefault();
      zone.classList.toggle("over", on);
    };
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", (event) => {
      over(false)(event);
      if (event.dataTransfer.files.length) this.#take(event.dataTransfer.files[0]);
    });
  }

  async #take(file) {
    this.#begin(file.name);
    try {
      const found = await this.#analysed(file);
      if (found !== null) await this.#report(found, file);
    } catch (error) {
      notice(byId("upload-notice"), error.message);
    }
    byId("upload-state").hidden = true;
    byId("upload").hidden = false;
    if (byId("upload-done").hidden) byId("file").focus();
    else byId("upload-link").focus();
  }

  #begin(name) {
    this.#cancelled = false;
    notice(byId("upload-notice"), "");
    byId("upload-done").hidden = true;
    dropReport(byId("upload-report"));
    byId("upload-words").textContent = `Sending ${name}`;
    byId("upload-left").textContent = "";
    byId("upload-progress").removeAttribute("value");
    byId("upload").hidden = true;
    byId("upload-state").hidden = false;
    byId("upload-cancel").focus();
  }

  // The recording's number and its session's once the video is analysed; null where the user cancelled.
  async #analysed(file) {
    const query = new URLSearchParams({ exercise: byId("upload-exercise").value, units: setting("units") });
    if (profile()) query.set("profile", profile());
    if (byId("upload-height").value) query.set("height_cm", byId("upload-height").value);
    const asked = goal(byId("upload-reps"), byId("upload-seconds"));
    if (asked) query.set("goal", asked);
    const { id } = await send(`/api/recordings?${query}`, file, { "X-Name": encodeURIComponent(file.name) });
    const pace = new Pace();
    byId("upload-words").textContent = `Reading ${file.name}`;
    while (!this.#cancelled) {
      const { state, done, expected, error, session, notice: said } = await read(`/api/recordings/${id}`);
      if (state === "failed") throw new Error(error);
      if (state === "done") return { id, session, said };
      if (expected) byId("upload-progress").value = Math.min(1, done / expected);
      byId("upload-left").textContent = pace.said(done, expected);
      await pause(ASK_AGAIN_MS);
    }
    await remove(`/api/recordings/${id}`);
    return null;
  }

  #cancel() {
    this.#cancelled = true;
    byId("upload-words").textContent = "Cancelling";
  }

  // The recording is played from the browser's own file: the server has none any more.
  async #report({ id, session, said }, file) {
    notice(byId("upload-notice"), said);
    byId("upload-link").hidden = !session;
    if (session) byId("upload-link").href = `/reports/${session}`;
    byId("upload-done").hidden = false;
    showReport(byId("upload-report"), await fetched(`/api/recordings/${id}/page`), URL.createObjectURL(file));
  }
}

/** How far the work is, in words: `42 %, about 10 s left`. */
class Pace {
  #began = null;

  said(done, expected) {
    if (!done) return "It waits for its turn.";
    this.#began ??= { at: performance.now(), done };
    if (!expected) return `${done} pictures`;
    const share = Math.min(1, done / expected);
    const rate = (done - this.#began.done) / (performance.now() - this.#began.at);
    const left = rate > 0 ? Math.ceil((expected - done) / rate / 1000) : null;
    const time = left === null || left < 0 ? "" : left < 90 ? `, about ${left} s left` : `, about ${Math.round(left / 60)} min left`;
    return `${Math.floor(100 * share)} %${time}`;
  }
}
