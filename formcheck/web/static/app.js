// The page: which part is shown, the colours, and the exercises that the parts share.

import { read } from "./api.js";
import { Breaks } from "./breaks.js";
import { byId, notice } from "./dom.js";
import { History } from "./history.js";
import { Live } from "./live.js";
import { People } from "./people.js";
import { Recorded } from "./recorded.js";
import { SessionPage, programmes } from "./session.js";
import { choose, setting } from "./settings.js";
import { voiced } from "./voice.js";

const PAGES = ["session", "live", "recorded", "history"];

function themed() {
  const select = byId("theme");
  const apply = () => (document.documentElement.dataset.theme = select.value);
  select.value = setting("theme");
  if (select.selectedIndex < 0) select.value = "auto";
  select.addEventListener("change", () => {
    choose("theme", select.value);
    apply();
  });
  apply();
}

function measured() {
  const select = byId("units");
  select.value = setting("units");
  if (select.selectedIndex < 0) select.value = "cm";
  choose("units", select.value);
  select.addEventListener("change", () => choose("units", select.value));
}

const parts = {};

function wanted() {
  const page = location.hash.slice(1);
  return PAGES.includes(page) ? page : PAGES[0];
}

function titled() {
  document.title = `${byId(wanted()).getAttribute("aria-label")} – formcheck`;
}

function show() {
  if (location.hash === "#main") return; // the link to the content, for the keyboard
  const page = wanted();
  for (const name of PAGES) byId(name).hidden = name !== page;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${page}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  titled();
  if (page === "history") parts.history.show();
  if (page === "session") parts.session?.show();
  if (page !== "live") parts.live?.leave();
}

async function start() {
  themed();
  measured();
  voiced();
  const breaks = new Breaks(titled);
  const people = new People(show);
  parts.history = new History(people);
  addEventListener("hashchange", show);
  show();
  try {
    const [exercises] = await Promise.all([read("/api/exercises"), people.load()]);
    parts.live = new Live(exercises, () => {
      breaks.moved();
      if (!byId("history").hidden) parts.history.show();
    });
    new Recorded(exercises);
    parts.session = new SessionPage(await programmes(), (lesson) => {
      location.hash = "live";
      parts.live.follow(lesson);
    });
    document.body.dataset.ready = "true";
  } catch (error) {
    notice(byId("setup-notice"), error.message);
  }
}

start();
