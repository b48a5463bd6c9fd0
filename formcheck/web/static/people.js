// Who trains: several people may share one computer, each with a history of their own.

import { read, remove, send } from "./api.js";
import { byId, confirmed, make, notice } from "./dom.js";
import { choose, setting } from "./settings.js";

/** `?profile=`, by which the server knows whose history is meant; nothing before it told of anybody. */
export const whose = () => (setting("profile") ? `profile=${setting("profile")}` : "");

/** The number of who trains; null before the server told of anybody. */
export const profile = () => setting("profile") || null;

/** The choice at the top of the page. `changed` is called when somebody else is chosen. */
export class People {
  #all = [];
  #changed;

  constructor(changed) {
    this.#changed = changed;
    byId("profile").addEventListener("change", ({ target }) => this.#choose(Number(target.value)));
    byId("profile-add").addEventListener("click", () => this.#ask());
    byId("person-cancel").addEventListener("click", () => byId("person").close());
    byId("person-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add(byId("person-name").value);
    });
    byId("profile-remove").addEventListener("click", () => this.#remove());
  }

  /** Reads who there is. Whoever was chosen and is gone is replaced by the first. Throws as `read`. */
  async load() {
    this.#all = await read("/api/profiles");
    if (!this.#all.some(({ id }) => id === setting("profile"))) choose("profile", this.#all[0].id);
    byId("profile").replaceChildren(...this.#all.map(({ id, name }) => make("option", { value: id }, name)));
    byId("profile").value = setting("profile");
    byId("profile-remove").hidden = this.#all.length < 2;
    byId("profile-remove").textContent = `Remove “${this.name}”`;
  }

  /** What the person is called. */
  get name() {
    return this.#all.find(({ id }) => id === setting("profile"))?.name ?? "";
  }

  #choose(id) {
    choose("profile", id);
    byId("profile-remove").textContent = `Remove “${this.name}”`;
    this.#changed();
  }

  #ask() {
    byId("person-name").value = "";
    notice(byId("person-notice"), "");
    byId("person").showModal();
  }

  async #add(name) {
    try {
      const { id } = await send("/api/profiles", JSON.stringify({ name }), { "Content-Type": "application/json" });
      choose("profile", id);
      await this.load();
    } catch (error) {
      notice(byId("person-notice"), error.message);
      return;
    }
    byId("person").close();
    this.#changed();
  }

  async #remove() {
    const question = `Remove “${this.name}” with all sets and sessions? They cannot be brought back.`;
    if (!(await confirmed(question, "Remove"))) return;
    try {
      await remove(`/api/profiles/${setting("profile")}`);
    } catch (error) {
      notice(byId("history-notice"), error.message);
      return;
    }
    this.#changed();
    byId("main").focus(); // the button that was pressed may be gone
  }
}
