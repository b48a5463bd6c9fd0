// The recorded page: a video goes to the server, its progress comes back, then the report.

import { read, remove, send } from "./api.js";
import { byId, make, notice } from "./dom.js";
import { profile } from "./people.js";
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
      const session = await this.#analysed(file);
      if (session !== null) this.#report(`/reports/${session}`);
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
    byId("upload-done").hidden = byId("upload-report").hidden = true;
    byId("upload-words").textContent = `Reading ${name}`;
    byId("upload-progress").removeAttribute("value");
    byId("upload").hidden = true;
    byId("upload-state").hidden = false;
    byId("upload-cancel").focus();
  }

  // The session's number once the video is analysed; null where the user cancelled.
  async #analysed(file) {
    const query = new URLSearchParams({ exercise: byId("upload-exercise").value, units: setting("units") });
    if (profile()) query.set("profile", profile());
    if (byId("upload-height").value) query.set("height_cm", byId("upload-height").value);
    const asked = goal(byId("upload-reps"), byId("upload-seconds"));
    if (asked) query.set("goal", asked);
    const { id } = await send(`/api/recordings?${query}`, file, { "X-Name": encodeURIComponent(file.name) });
    while (!this.#cancelled) {
      const { state, done, expected, error, session } = await read(`/api/recordings/${id}`);
      if (state === "failed") throw new Error(error);
      if (state === "done") return session;
      if (expected) byId("upload-progress").value = Math.min(1, done / expected);
      await pause(ASK_AGAIN_MS);
    }
    await remove(`/api/recordings/${id}`);
    return null;
  }

  #cancel() {
    this.#cancelled = true;
    byId("upload-words").textContent = "Cancelling";
  }

  #report(url) {
    byId("upload-link").href = byId("upload-report").src = url;
    byId("upload-done").hidden = byId("upload-report").hidden = false;
  }
}
