// Plots in SVG: lines over weeks, and left beside right.

import { draw, make } from "./dom.js";

const BOX = { width: 440, height: 220, left: 40, right: 12, top: 14, bottom: 34 };
const MARKS = [
  (x, y) => `M${x - 5} ${y} a5 5 0 1 0 10 0 a5 5 0 1 0 -10 0`,
  (x, y) => `M${x - 5} ${y - 5} h10 v10 h-10 Z`,
  (x, y) => `M${x} ${y - 6} l6 11 h-12 Z`,
  (x, y) => `M${x} ${y - 7} l7 7 l-7 7 l-7 -7 Z`,
];

/**
 * A line for each of `series`, `{ title, style, values }` with one value or null a week, over `weeks`, their labels.
 * `style` numbers its colour and mark, the same in every plot.
 * `unit` stands behind a value; `most` is the axis' end, or null for what the values need.
 */
export function lines({ title, weeks, series, unit, most = null }) {
  const top = most ?? niceEnd(Math.max(1, ...series.flatMap(({ values }) => values.filter((v) => v !== null))));
  const x = (i) => BOX.left + ((i + 0.5) * (BOX.width - BOX.left - BOX.right)) / weeks.length;
  const y = (value) => BOX.height - BOX.bottom - (value / top) * (BOX.height - BOX.top - BOX.bottom);
  const parts = series.map((one) => curve(one, weeks, unit, x, y));
  const picture = frame(title, [...grid(top, y), ...weekLabels(weeks, x), ...parts]);
  return card(title, picture, key(series), table(weeks, series, unit));
}

/** Reps of the left side beside those of the right, `rows` of `{ title, left, right }`. */
export function sides({ title, rows }) {
  const most = Math.max(1, ...rows.flatMap(({ left, right }) => [left, right]));
  const bars = rows.map(({ title: name, left, right }) =>
    make(
      "li",
      {},
      make("span", { class: "name" }, name),
      bar("left", left, most),
      bar("right", right, most),
    ),
  );
  return card(title, make("ul", { class: "bars" }, ...bars), "", "");
}

function bar(side, value, most) {
  const length = 100 * (value / most);
  return make(
    "span",
    { class: `bar-row ${side}` },
    make("span", { class: "soft" }, side),
    draw("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      draw("rect", { width: length, height: 10 })),
    make("span", {}, String(value)),
  );
}

const card = (title, ...parts) => make("section", { class: "card plot" }, make("h2", {}, title), ...parts);

const frame = (title, parts) =>
  draw("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: "img", "aria-label": title }, ...parts);

function curve({ title, style, values }, weeks, unit, x, y) {
  const known = values.map((value, i) => [i, value]).filter(([, value]) => value !== null);
  const path = known.map(([i, value], n) => `${n ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`).join(" ");
  const marks = known.map(([i, value]) =>
    draw("path", { d: MARKS[style % MARKS.length](x(i), y(value)), class: "mark" },
      draw("title", {}, `${title}, ${weeks[i]}: ${amount(value, unit)}`)),
  );
  return draw("g", { class: `series s${style % MARKS.length}` }, draw("path", { d: path, class: "line" }), ...marks);
}

function grid(top, y) {
  return [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    draw("path", { class: "grid", d: `M${BOX.left} ${y(share * top)} H${BOX.width - BOX.right}` }),
    draw("text", { x: BOX.left - 8, y: y(share * top) + 5, "text-anchor": "end" }, String(Math.round(10 * share * top) / 10)),
  ]);
}

// Five labels at most: more would touch each other.
function weekLabels(weeks, x) {
  const step = Math.ceil(weeks.length / 5);
  return weeks.flatMap((week, i) =>
    (weeks.length - 1 - i) % step ? [] : [draw("text", { x: x(i), y: BOX.height - 10, "text-anchor": "middle" }, week)],
  );
}

function key(series) {
  return make("ul", { class: "key" }, ...series.map(({ title, style }) =>
    make("li", { class: `series s${style % MARKS.length}` },
      draw("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, draw("path", { class: "mark", d: MARKS[style % MARKS.length](10, 10) })),
      title)));
}

function table(weeks, series, unit) {
  const head = make("tr", {}, make("th", {}, "Week of"), ...series.map(({ title }) => make("th", {}, title)));
  const rows = weeks.map((week, i) =>
    make("tr", {}, make("th", {}, week), ...series.map(({ values }) => make("td", {}, amount(values[i], unit)))));
  return make("details", {}, make("summary", {}, "As a table"), make("table", {}, head, ...rows));
}

const amount = (value, unit) => (value === null ? "–" : `${Math.round(10 * value) / 10}${unit}`);

// The next of 1, 2, 4, 5, 8, 10 times a power of ten: quarters of them read well.
function niceEnd(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 4, 5, 8, 10].find((step) => step * power >= value);
}
