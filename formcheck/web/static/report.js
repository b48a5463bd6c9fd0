// A report within the page: its own styles, its player, one scroll.

import { make } from "./dom.js";
import { mount } from "./player.js";

const ASIDE = /<style>[^]*?<\/style>|<script type="module">[^]*?<\/script>|<meta [^>]*>/g;

/** Shows a report, a page as HTML, in `host`. `source` is the recording's address, if the browser has it; `as` says how
 * that plays. Nothing of the report runs: its player is the page's own. */
export function showReport(host, html, source = null, as = {}) {
  // The page's policy lets no style in that stands in HTML; those of the report are set one by one.
  const plain = html.replace(ASIDE, "").replaceAll(' style="', ' data-style="');
  const found = new DOMParser().parseFromString(plain, "text/html");
  for (const one of found.querySelectorAll("script:not(.player-data), style, meta, link, base")) one.remove();
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const report = make("div", { class: "report" }, ...found.body.childNodes);
  root.replaceChildren(make("link", { rel: "stylesheet", href: "/static/report.css" }), report);
  for (const one of root.querySelectorAll("[data-style]")) one.style.cssText = one.dataset.style;
  for (const demo of root.querySelectorAll("[data-demo]")) {
    for (const [name, ending] of [["--loop", ""], ["--still", ".still"]]) {
      demo.style.setProperty(name, `url(/static/demos/${demo.dataset.demo}${ending}.webp)`);
    }
  }
  host.hidden = false;
  return mount(root, source, as);
}

/** Lets go of a report and of the recording it played. */
export function dropReport(host) {
  host.hidden = true;
  const video = host.shadowRoot?.querySelector("video");
  if (video?.src.startsWith("blob:")) URL.revokeObjectURL(video.src);
  host.shadowRoot?.replaceChildren();
}

/** A report as the server has it, as text. */
export async function fetched(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error("The report is not there any more; the History has it.");
  return answer.text();
}
