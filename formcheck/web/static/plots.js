// Plots in SVG: lines over weeks with their goal, and left beside right.

import { draw, make } from "./dom.js";

const BOX = { width: 440, height: 220, left: 40, right: 12, top: 14, bottom: 34 };
const FEW_WEEKS = 30; // the marks of more would touch each other
const SHORT = 6; // letters: `30 Nov`
const LABEL = 36; // half of what a week's name takes
const MARKS = [
  (x, y, r) => `M${x - r} ${y} a${r} ${r} 0 1 0 ${2 * r} 0 a${r} ${r} 0 1 0 ${-2 * r} 0`,
  (x, y, r) => `M${x - r} ${y - r} h${2 * r} v${2 * r} h${-2 * r} Z`,
  (x, y, r) => `M${x} ${y - 1.2 * r} l${1.2 * r} ${2.2 * r} h${-2.4 * r} Z`,
  (x, y, r) => `M${x} ${y - 1.4 * r} l${1.4 * r} ${1.4 * r} l${-1.4 * r} ${1.4 * r} l${-1.4 * r} ${-1.4 * r} Z`,
];

/**
 * A line for each of `series`, `{ title, style, values }` with one value or null a week, over `weeks`, their names: the
 * picture, its key and a table. `axis` are shorter names, for below the picture. `style` numbers colour and mark. `unit` stands behind a value; `most` is the axis' end, or
 * null for what the values need. `goal`: the least and the most that are asked for, null where there is none.
 */
export function lines({ title, weeks, axis, series, unit, most = null, goal }) {
  const known = [...series.flatMap(({ values }) => values), ...goal].filter((value) => value !== null);
  const ticks = steps(Math.min(0, ...known), most ?? Math.max(1, ...known));
  const [low, top] = [ticks[0], ticks.at(-1)];
  const x = (i) => BOX.left + ((i + 0.5) * (BOX.width - BOX.left - BOX.right)) / weeks.length;
  const y = (value) => BOX.height - BOX.bottom - ((value - low) / (top - low)) * (BOX.height - BOX.top - BOX.bottom);
  const parts = series.map((one) => curve(one, weeks, unit, x, y));
  const all = [...aim(goal, y), ...grid(ticks, y), ...weekLabels(axis, x), ...parts];
  return [
    draw("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: "img", "aria-label": title, class: weeks.length > FEW_WEEKS ? "many" : null }, ...all),
    key(series),
    table(weeks, series, unit),
  ];
}

/** Reps of the left side beside those of the right. */
export function sides({ title, left, right }) {
  const most = Math.max(1, left, right);
  return make("div", { class: "bars" }, make("p", { class: "soft" }, title), bar("left", left, most), bar("right", right, most));
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

function curve({ title, style, values }, weeks, unit, x, y) {
  const known = values.map((value, i) => [i, value]).filter(([, value]) => value !== null);
  const path = known.map(([i, value], n) => `${n ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`).join(" ");
  const size = weeks.length > FEW_WEEKS ? 2 : 5;
  const marks = known.map(([i, value]) =>
    draw("path", { d: MARKS[style % MARKS.length](x(i), y(value), size), class: "mark" },
      draw("title", {}, `${title}, ${weeks[i]}: ${amount(value, unit)}`)),
  );
  return draw("g", { class: `series s${style % MARKS.length}` }, draw("path", { d: path, class: "line" }), ...marks);
}

// The goal: a band, or a dashed line where it has one end.
function aim([low, high], y) {
  if (low === null && high === null) return [];
  const [left, width] = [BOX.left, BOX.width - BOX.left - BOX.right];
  if (low !== null && high !== null) return [draw("rect", { class: "aim", x: left, y: y(high), width, height: y(low) - y(high) })];
  return [draw("path", { class: "aim", d: `M${left} ${y(low ?? high)} h${width}` })];
}

const grid = (ticks, y) =>
  ticks.flatMap((value) => [
    draw("path", { class: "grid", d: `M${BOX.left} ${y(value)} H${BOX.width - BOX.right}` }),
    draw("text", { x: BOX.left - 8, y: y(value) + 5, "text-anchor": "end" }, String(Math.round(10 * value) / 10)),
  ]);

// Five short labels or four long ones: more would touch each other. None goes over the edge.
function weekLabels(weeks, x) {
  const step = Math.ceil(weeks.length / (weeks.at(-1).length > SHORT ? 4 : 5));
  return weeks.flatMap((week, i) => {
    if ((weeks.length - 1 - i) % step) return [];
    const edge = x(i) > BOX.width - LABEL;
    return [draw("text", { x: edge ? BOX.width - 1 : x(i), y: BOX.height - 10, "text-anchor": edge ? "end" : "middle" }, week)];
  });
}

function key(series) {
  return make("ul", { class: "key" }, ...series.map(({ title, style }) =>
    make("li", { class: `series s${style % MARKS.length}` },
      draw("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, draw("path", { class: "mark", d: MARKS[style % MARKS.length](10, 10, 5) })),
      title)));
}

function table(weeks, series, unit) {
  const head = make("tr", {}, make("th", {}, "Week of"), ...series.map(({ title }) => make("th", {}, title)));
  const rows = weeks.map((week, i) =>
    make("tr", {}, make("th", {}, week), ...series.map(({ values }) => make("td", {}, amount(values[i], unit)))));
  return make("details", {}, make("summary", {}, "As a table"), make("table", {}, head, ...rows));
}

const amount = (value, unit) => (value === null ? "–" : `${Math.round(10 * value) / 10}${unit}`);

// Round numbers from `least` or below to `most` or above, in five steps or a few less or more.
function steps(least, most) {
  const power = 10 ** Math.floor(Math.log10((most - least) / 5));
  const step = power * [1, 2, 2.5, 5, 10].find((one) => 5 * one * power >= most - least);
  const [first, last] = [Math.floor(least / step), Math.ceil(most / step)];
  return Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step);
}
