// Breaks from sitting: every so many minutes within the hours of work a notification, or a line on the page.

import { byId, make, notice } from "./dom.js";
import { choose, setting } from "./settings.js";

const EVERY = [30, 45, 60]; // minutes; ours: the article names none
const LOOK_MS = 15_000; // a page in the background may look once a minute only
const TITLE = "Take a break from sitting";
const WHY = "“Sitting for prolonged periods of time can tighten the psoas.”";
const HOW = "And how do you sit? “Your psoas is tight if your sitting forward in a chair, and its weak if you’re leaning back.”";
const SAID = {
  granted: "The browser will notify you.",
  default: "The browser will ask whether this page may notify you. If you say no, the reminder stands at the top of the page and in its title.",
  denied: "This browser lets the page notify nobody: the reminder stands at the top of the page and in its title.",
};

const permission = () => (window.Notification ? Notification.permission : "denied");
const minutes = (time) => 60 * Number(time.slice(0, 2)) + Number(time.slice(3, 5));

/** Whether a time of the day, in minutes, lies within hours as `09:00`; those from 22:00 to 06:00 go over midnight. */
export function within(now, from, to) {
  const [start, end] = [minutes(from), minutes(to)];
  return start <= end ? start <= now && now < end : now >= start || now < end;
}

/** The reminder and the box in which it is set. It goes by the clock, while the page is open. */
export class Breaks {
  #since = Date.now(); // the last break, as far as is known
  #titled;

  /** `titled` gives the page its own title again. */
  constructor(titled) {
    this.#titled = titled;
    const [box, every] = [byId("breaks-box"), byId("breaks-every")];
    every.replaceChildren(make("option", { value: 0 }, "Never"), ...EVERY.map((n) => make("option", { value: n }, `Every ${n} minutes`)));
    byId("breaks-open").addEventListener("click", () => {
      every.value = setting("breaks");
      if (every.selectedIndex < 0) every.value = "0";
      [byId("breaks-from").value, byId("breaks-to").value] = [setting("breaks_from"), setting("breaks_to")];
      byId("breaks-said").textContent = SAID[permission()];
      box.showModal();
    });
    byId("breaks-form").addEventListener("submit", () => this.#set(Number(every.value)));
    byId("breaks-close").addEventListener("click", () => box.close());
    byId("break-done").addEventListener("click", () => this.moved());
    setInterval(() => this.#look(), LOOK_MS);
  }

  /** Whoever sat has moved: the time begins anew. */
  moved() {
    this.#since = Date.now();
    byId("break").hidden = true;
    this.#titled();
  }

  #set(every) {
    choose("breaks", every);
    choose("breaks_from", byId("breaks-from").value);
    choose("breaks_to", byId("breaks-to").value);
    this.moved();
    if (every && permission() === "default") Notification.requestPermission();
  }

  #look() {
    const [now, every] = [new Date(), setting("breaks")];
    const working = every > 0 && within(60 * now.getHours() + now.getMinutes(), setting("breaks_from"), setting("breaks_to"));
    if (!working || byId("stage").checkVisibility()) this.#since = Date.now();
    if (Date.now() - this.#since < 60_000 * every || !every) return;
    this.#since = Date.now();
    this.#remind();
  }

  #remind() {
    notice(byId("break-words"), `${TITLE}: stand up and walk a little. ${WHY} ${HOW}`);
    byId("break").hidden = false;
    document.title = TITLE;
    if (permission() !== "granted") return;
    try {
      const shown = new Notification(TITLE, { body: `${WHY} ${HOW}`, tag: "break" }); // a second page's takes its place
      shown.addEventListener("click", () => window.focus());
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // phones have none without a worker: the page has the words
    }
  }
}
