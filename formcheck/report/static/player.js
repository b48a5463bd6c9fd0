// The player of a report: the recording with the skeleton over it, and what shows each fault. Without it every link to
// a moment still opens the video there. The report's page holds it, and the web page imports it.

import { DARK, skeleton } from "./overlay.js";

const AROUND_S = 0.5; // how long before and after its moment a fault's evidence is shown, as in player.py
const NEAR_S = 0.2; // marks further from the picture's time than this are not drawn
const LOST_S = 0.5; // landmarks older than this are not drawn
const JOINTS = 33;
const NOWHERE = -(2 ** 15);
const THEN = "#50c8ff";
const TONES = { fault: "#ff5f50", borderline: "#ffc83c", met: "#5adc8c" };
const WORDS = { fault: "✗", borderline: "≈", met: "✓", progress: "→" };
const STILL = 560; // pixels of a still's longer side, as in stills.py
const ROOM = 0.18; // how much of the person's size stays free around them in a still
const FAINT = 0.55; // of the skeleton under evidence

/** A time as the report writes it: 1:05.3. */
const clock = (s) => `${Math.floor(s / 60)}:${(s % 60).toFixed(1).padStart(4, "0")}`;

/** The landmarks as player.py packed them: `times` in seconds, and `points(i)` of a frame as overlay.js takes them. */
async function unpacked({ landmarks, rows, steps }) {
  if (!landmarks) return { times: [], points: () => null };
  const bytes = Uint8Array.from(atob(landmarks), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const view = new DataView(await new Response(stream).arrayBuffer());
  const n = view.getUint32(0, true);
  const times = new Float64Array(n);
  for (let i = 0, ms = 0; i < n; i++) times[i] = (ms += view.getUint32(4 + 4 * i, true)) / 1000;
  const at = 4 + 4 * n;
  const columns = Array.from({ length: 2 * rows.length }, (_, c) => {
    const column = new Int16Array(n); // wraps, as the steps do
    for (let i = 0, value = 0; i < n; i++) column[i] = value = (value + view.getInt16(at + 2 * (c * n + i), true)) << 16 >> 16;
    return column;
  });
  const bits = at + 4 * rows.length * n;
  const points = (i) => {
    const found = Array.from({ length: JOINTS }, () => [0, 0, 0, -1]);
    const hidden = view.getUint16(bits + 2 * i, true);
    rows.forEach((row, k) => {
      const [x, y] = [columns[2 * k][i], columns[2 * k + 1][i]];
      if (x !== NOWHERE && y !== NOWHERE) found[row] = [x / steps, y / steps, 1, (hidden >> k) & 1];
    });
    return found;
  };
  return { times, points };
}

/** The last of growing `times` that is not after `t`; -1 where there is none. */
function before(times, t) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Makes what a canvas holds fainter. */
function fade(canvas, share) {
  const context = canvas.getContext("2d");
  context.globalCompositeOperation = "destination-in";
  context.fillStyle = `rgb(0 0 0 / ${share})`;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = "source-over";
}

/** Draws marks as marks.py has them, over what the canvas holds. */
export function drawMarks(canvas, marks, kind, [width]) {
  const context = canvas.getContext("2d");
  const scale = canvas.width / width;
  const thick = Math.max(2, Math.min(canvas.width, canvas.height) * 0.007);
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const [what, look, flat, words] of [...marks].sort((a, b) => (a[0] === "words") - (b[0] === "words"))) {
    const points = Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] * scale, flat[2 * i + 1] * scale]);
    const color = look === "then" ? THEN : TONES[kind];
    if (what === "words") label(context, points, words, color, canvas);
    else {
      for (const [shade, extra] of [[DARK, 2], [color, 0]]) {
        context.setLineDash(look === "then" ? [2.5 * thick, 2.5 * thick] : []);
        context.strokeStyle = shade;
        context.lineWidth = (look === "gap" ? 2.2 : 1) * thick + extra;
        context.beginPath();
        traced(context, what, points);
        context.stroke();
      }
      context.setLineDash([]);
    }
  }
}

function traced(context, what, points) {
  const [[x, y], a, b] = points;
  if (what === "circle") context.arc(x, y, Math.hypot(a[0] - x, a[1] - y), 0, 2 * Math.PI);
  else if (what === "arc") {
    const [start, end] = [a, b].map((arm) => Math.atan2(arm[1] - y, arm[0] - x));
    const radius = 0.4 * Math.min(...[a, b].map((arm) => Math.hypot(arm[0] - x, arm[1] - y)));
    const turn = ((end - start + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;
    context.arc(x, y, radius, start, start + turn, turn < 0);
  } else for (const point of points) context.lineTo(...point);
}

function label(context, [about, [x, y]], words, color, canvas) {
  const size = Math.max(13, Math.min(canvas.width, canvas.height) * 0.045);
  context.font = `600 ${size}px system-ui, sans-serif`;
  const half = context.measureText(words).width / 2 + 0.4 * size;
  const middle = Math.min(Math.max(x, half), canvas.width - half);
  context.strokeStyle = color;
  context.lineWidth = Math.max(1, size / 12);
  context.beginPath();
  context.moveTo(...about);
  context.lineTo(middle, y);
  context.stroke();
  context.fillStyle = DARK;
  context.beginPath();
  context.roundRect(middle - half, y - 0.75 * size, 2 * half, 1.5 * size, 0.3 * size);
  context.fill();
  context.fillStyle = color;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(words, middle, y);
}

/** A video that can be asked for any of its pictures. What a browser filmed itself does not say how long it is. */
async function whole(video) {
  if (video.readyState < 1) await once(video, "loadedmetadata");
  if (video.duration !== Infinity) return;
  video.currentTime = 1e9;
  await once(video, "seeked");
  video.currentTime = 0;
  await once(video, "seeked");
}

const once = (target, name) =>
  new Promise((resolve, reject) => {
    target.addEventListener(name, resolve, { once: true });
    target.addEventListener("error", () => reject(new Error("the recording cannot be read")), { once: true });
  });

/** The part of the picture that shows the person and the marks, as stills.py takes it: left, top, width, height. */
function shownPart(points, marks, [width, height]) {
  const places = (points ?? []).filter((point) => point[3] >= 0).map(([x, y]) => [x, y]);
  for (const [, , flat] of marks) for (let i = 0; i < flat.length; i += 2) places.push([flat[i], flat[i + 1]]);
  if (!places.length) return [0, 0, width, height];
  const ends = [0, 1].map((axis) => places.map((place) => place[axis])).map((all) => [Math.min(...all), Math.max(...all)]);
  const half = ends.map(([low, high]) => (high - low) * (0.5 + ROOM));
  const least = 0.55 * Math.max(...half);
  const [[left, right], [top, bottom]] = ends.map(([low, high], axis) => {
    const [middle, reach, most] = [(low + high) / 2, Math.max(half[axis], least), [width, height][axis]];
    return [Math.max(0, middle - reach), Math.min(most, middle + reach)];
  });
  return [left, top, right - left, bottom - top];
}

/** The player in a report. root: the document, or the shadow root that the report stands in. */
class Player {
  #root;
  #data;
  #video;
  #canvas;
  #times = [];
  #points = () => null;
  #plots;
  #links;
  #chosen = null;
  #at = 0; // the shown picture's time in the report
  #shows = { skeleton: true, evidence: true };

  constructor(root, data) {
    this.#root = root;
    this.#data = data;
    this.#video = root.querySelector(".player video");
    this.#canvas = root.querySelector(".player canvas");
    this.#plots = [...root.querySelectorAll(".plot")];
    this.#links = [...root.querySelectorAll("[data-seek]")];
    this.#video.removeAttribute("controls");
    root.querySelector(".controls").hidden = false;
    const told = root.querySelector(".told");
    told.hidden = false;
    for (const button of root.querySelectorAll("[data-do]")) button.addEventListener("click", () => this.#do(button));
    root.querySelector(".player").addEventListener("keydown", (event) => this.#pressed(event));
    root.querySelector(".place").addEventListener("input", ({ target }) => this.seek(Number(target.value)));
    for (const name of ["seeked", "timeupdate", "loadeddata", "loadedmetadata"]) this.#video.addEventListener(name, () => this.#show());
    for (const name of ["play", "pause"]) this.#video.addEventListener(name, () => this.#show());
    this.#video.addEventListener("error", () => this.#failed());
    if (this.#video.error) this.#failed();
    new ResizeObserver(() => this.#show()).observe(this.#canvas);
    if (this.#video.requestVideoFrameCallback) this.#video.requestVideoFrameCallback((_, frame) => this.#presented(frame));
    this.ready = this.#data ? unpacked(this.#data).then((found) => this.#take(found)) : Promise.resolve();
    whole(this.#video).catch(() => {}); // it has said so itself
    this.stills = this.ready.then(() => this.#stills()).catch(() => {}); // the report is whole without them
    this.#show();
  }

  #take({ times, points }) {
    this.#times = times;
    this.#points = points;
    this.#show();
  }

  #presented({ mediaTime }) {
    this.#show(mediaTime);
    this.#video.requestVideoFrameCallback((_, frame) => this.#presented(frame));
  }

  #failed() {
    this.#root.querySelector(".unplayed").hidden = false;
  }

  // The file's own time is not the report's: it may play slowly, and begin before its first picture.
  #mine(media) {
    const { begins = 0, speed = 1 } = this.#data ?? {};
    return (media - begins) * speed;
  }

  #file(t) {
    const { begins = 0, speed = 1 } = this.#data ?? {};
    return Math.max(0, begins + t / speed);
  }

  /** Goes to a time of the report, to the middle of the picture that is nearest to it. */
  seek(t) {
    const step = 1 / (this.#data?.fps || 25);
    let i = before(this.#times, t + 1e-3);
    if (i >= 0 && i + 1 < this.#times.length && this.#times[i + 1] - t < t - this.#times[i]) i += 1;
    const near = i >= 0 && Math.abs(this.#times[i] - t) <= step;
    this.#video.currentTime = this.#file(near ? this.#times[i] + step / 2 : t);
  }

  /** Goes to a moment and shows its evidence; to a mere time where it is none. */
  choose(key, t) {
    this.#video.pause();
    this.#chosen = this.#data?.moments.find((moment) => moment.key === key) ?? null;
    this.seek(this.#chosen?.at ?? t);
    this.#show();
    const player = this.#root.querySelector(".player");
    player.scrollIntoView({ block: "nearest" });
  }

  #step(by) {
    this.#video.pause();
    const i = before(this.#times, this.#at + 1e-3);
    const step = 1 / (this.#data?.fps || 25);
    const near = i >= 0 && this.#at - this.#times[i] < 2 * step && i + by >= 0 && i + by < this.#times.length;
    this.#video.currentTime = this.#file((near ? this.#times[i + by] : this.#at + by * step) + step / 2);
  }

  #do(button) {
    const what = button.dataset.do;
    if (what === "play") this.#video.paused ? this.#video.play() : this.#video.pause();
    else if (what === "back") this.#step(-1);
    else if (what === "on") this.#step(1);
    else {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      if (what === "half") this.#video.playbackRate = on ? 0.5 : 1;
      else this.#shows[what] = on;
    }
    this.#show();
  }

  #pressed(event) {
    const by = { ",": -1, ".": 1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#step(by);
  }

  /** The moment whose evidence is shown: the chosen one while it is near, else the nearest fault. */
  #moment(t) {
    const near = (moment) => Math.abs(moment.at - t) <= AROUND_S;
    if (this.#chosen && near(this.#chosen)) return this.#chosen;
    const faults = (this.#data?.moments ?? []).filter((moment) => ["fault", "borderline"].includes(moment.kind) && near(moment));
    return faults.sort((a, b) => Math.abs(a.at - t) - Math.abs(b.at - t))[0] ?? null;
  }

  #show(media = this.#video.currentTime) {
    const t = (this.#at = this.#mine(media));
    const moment = this.#moment(t);
    this.#draw(t, moment);
    this.#tell(t, moment);
    const place = this.#root.querySelector(".place");
    if (Number.isFinite(this.#video.duration)) place.max = Math.max(0, this.#mine(this.#video.duration));
    place.value = t;
    place.setAttribute("aria-valuetext", clock(Math.max(0, t)));
    this.#root.querySelector(".time").textContent = clock(Math.max(0, t));
    const play = this.#root.querySelector("[data-do=play]");
    play.textContent = this.#video.paused ? "▶" : "❙❙";
    play.setAttribute("aria-label", this.#video.paused ? "Play" : "Pause");
    for (const plot of this.#plots) {
      const [from, to] = [Number(plot.dataset.from), Number(plot.dataset.to)];
      const share = (t - from) / (to - from);
      for (const cursor of plot.querySelectorAll(".cursor")) {
        cursor.style.display = share >= 0 && share <= 1 ? "block" : "none";
        cursor.style.left = `${100 * share}%`;
      }
    }
    for (const link of this.#links) {
      const now = link.dataset.moment && moment ? link.dataset.moment === moment.key : Math.abs(t - link.dataset.seek) < 0.06;
      link.classList.toggle("now", now);
    }
  }

  #draw(t, moment) {
    if (!this.#data) return;
    const i = before(this.#times, t + 2e-3);
    const known = i >= 0 && t - this.#times[i] < LOST_S;
    const side = this.#rep(t)?.side ?? null;
    skeleton(this.#canvas, known && this.#shows.skeleton ? this.#points(i) : null, this.#data.size, side);
    this.#canvas.dataset.evidence = "";
    if (!moment || !this.#shows.evidence) return;
    const [at, marks] = moment.marks.reduce((best, one) => (Math.abs(one[0] - t) < Math.abs(best[0] - t) ? one : best), [Infinity, []]);
    if (Math.abs(at - t) > NEAR_S || !marks.length) return;
    fade(this.#canvas, FAINT);
    drawMarks(this.#canvas, marks, moment.kind, this.#data.size);
    this.#canvas.dataset.evidence = moment.key;
  }

  #rep(t) {
    return this.#data?.bouts.flatMap((bout) => bout.reps).find((rep) => rep.from <= t && t <= rep.to) ?? null;
  }

  // Where the page came without stills, they are made here, of the recording that the browser has.
  async #stills() {
    const images = [...this.#root.querySelectorAll("img[data-still]")];
    if (!images.length || !this.#video.src) return;
    const film = document.createElement("video");
    film.muted = true;
    film.preload = "auto";
    film.src = this.#video.src;
    await whole(film);
    for (const key of new Set(images.map((image) => image.dataset.still))) {
      const same = images.filter((image) => image.dataset.still === key);
      const at = Number(same[0].dataset.at);
      film.currentTime = this.#file(at) + 0.5 / (this.#data.fps || 25);
      await once(film, "seeked");
      const moment = this.#data.moments.find((one) => one.key === key);
      const picture = await new Promise((resolve) => this.#still(film, at, moment).toBlob(resolve, "image/webp", 0.8));
      for (const image of same) image.src = URL.createObjectURL(picture);
    }
    film.removeAttribute("src");
    film.load();
  }

  #still(film, at, moment) {
    const { size, rotate } = this.#data;
    const i = before(this.#times, at + 2e-3);
    const points = i >= 0 && at - this.#times[i] < LOST_S ? this.#points(i) : null;
    const marks = moment?.marks.reduce((a, b) => (Math.abs(b[0] - at) < Math.abs(a[0] - at) ? b : a), [Infinity, []])[1] ?? [];
    const [left, top, width, height] = shownPart(points, marks, size);
    const scale = STILL / Math.max(width, height);
    const [whole, drawn, still] = Array.from({ length: 3 }, () => document.createElement("canvas"));
    for (const canvas of [whole, drawn]) [canvas.width, canvas.height] = size.map((side) => Math.round(side * scale));
    [still.width, still.height] = [Math.round(width * scale), Math.round(height * scale)];
    const context = whole.getContext("2d");
    const [w, h] = rotate % 180 ? [whole.height, whole.width] : [whole.width, whole.height];
    context.translate(whole.width / 2, whole.height / 2);
    context.rotate((rotate * Math.PI) / 180);
    context.drawImage(film, -w / 2, -h / 2, w, h);
    skeleton(drawn, points, size, this.#rep(at)?.side ?? null);
    if (marks.length) fade(drawn, FAINT);
    drawMarks(drawn, marks, moment?.kind ?? "met", size);
    for (const layer of [whole, drawn]) still.getContext("2d").drawImage(layer, -left * scale, -top * scale);
    return still;
  }

  #tell(t, moment) {
    const told = this.#root.querySelector(".told");
    const rep = this.#rep(t);
    const held = rep && t >= rep.hold[0] ? `, held ${(Math.min(t, rep.hold[1]) - rep.hold[0]).toFixed(1)} s` : "";
    const title = moment ? `${WORDS[moment.kind]} ${moment.title}` : rep ? `${rep.said}${held}` : "";
    const text = moment ? moment.text : "";
    told.className = `told ${moment?.kind ?? ""}`;
    told.dataset.moment = moment?.key ?? "";
    const shown = `${title}\n${text}`;
    if (told.dataset.shown === shown) return;
    told.dataset.shown = shown;
    told.setAttribute("aria-live", moment ? "polite" : "off"); // a running clock is not read out
    const heading = document.createElement("strong");
    heading.textContent = title;
    told.replaceChildren(heading, text);
  }
}

/** Makes a report work: its player, its links within the page, its print. `source` is the recording's address where the
 * report does not name it; `as` says how that plays (`rotate`, `speed`, `begins`) where the report's data does not. */
export function mount(root, source = null, as = {}) {
  const held = root.querySelector(".player-data");
  const data = held ? { ...JSON.parse(held.textContent), ...as } : null;
  const find = (hash) => (hash.length > 1 ? root.getElementById(hash.slice(1)) : null);
  const open = (target) => {
    if (target?.tagName === "DETAILS") target.open = true;
  };
  const video = root.querySelector(".player video");
  if (video && source) video.src = source;
  const player = video ? new Player(root, data) : null;
  root.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("[data-seek]");
    const box = event.target.closest(".seeks .box");
    const inner = event.target.closest('a[href^="#"]');
    if (player && link) {
      event.preventDefault();
      player.choose(link.dataset.moment, Number(link.dataset.seek));
    } else if (player && box) {
      const plot = box.closest(".plot"), edge = box.getBoundingClientRect();
      const [from, to] = [Number(plot.dataset.from), Number(plot.dataset.to)];
      player.choose(null, from + ((to - from) * (event.clientX - edge.left)) / edge.width);
    } else if (inner) {
      const target = find(inner.getAttribute("href"));
      open(target);
      if (root === document) return;
      event.preventDefault(); // the page's own address tells which of its parts is shown
      target?.scrollIntoView();
    }
  });
  if (root === document) {
    const target = () => open(find(location.hash));
    addEventListener("hashchange", target);
    target();
  }
  for (const [from, to] of [[".who", ".who-said"], [".notes-for", ".remarks-said"]]) {
    const field = root.querySelector(from);
    field?.addEventListener("input", () => (root.querySelector(to).textContent = field.value));
  }
  root.querySelector(".print")?.addEventListener("click", () => print());
  return player;
}
