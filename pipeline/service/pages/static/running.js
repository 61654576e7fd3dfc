// The page of the running batches: alarms, and one batch with its score, courses and quality ahead. A stream tells of changes.

import { ask, Refusal, Unreachable, whenBack } from "./api.js";
import { ACCENT, at, element, GREY, say } from "./dom.js";
import { ALERT, course, lastHour, moment, Panel, timeUnit } from "./figure.js";
import { digits, ticks } from "./format.js";

const FIRST = 6, MOST_SCORE = 5, EVERY = 30000;
const STATES = { as_expected: "as expected", deviating: "deviating", not_judged: "not judged" };
const LOUD = ["raised", "deviating"];
let batch = "", watch = null, stream = null, opened = false, asked = 0;

async function start() {
  const about = await ask("/health");
  say(at("run"), `${about.process}, run ${about.run}`);
  const found = await list();
  const given = new URLSearchParams(location.search).get("batch") || found.batches[0]?.alarm.batch;
  if (given) await look(given);
}

async function list() {
  const found = await ask("/watched");
  const head = element("tr", {}, ...["batch", "alarm", "in words", "newest look"].map((text) => element("th", { scope: "col" }, text)));
  const rows = found.batches.map((one) => {
    const open = element("button", { type: "button", "data-batch": one.alarm.batch }, one.alarm.batch);
    return element("tr", { class: one.alarm.batch === batch && "chosen" }, element("th", { scope: "row" }, open), element("td", {}, mark(one.alarm.state)),
      element("td", {}, one.sentence), element("td", {}, one.alarm.newest === null ? "" : moment(one.alarm.newest)));
  });
  at("watched").replaceChildren(...(rows.length ? [element("thead", {}, head), element("tbody", {}, ...rows)] : []));
  const problems = found.unreadable.length ? ` Not readable: ${found.unreadable.join("; ")}` : "";
  say(at("watched-text"), (rows.length ? "" : "No batch is watched. `scalebridge watch <batch>` begins a watch.") + problems);
  at("watched").parentElement.hidden = !rows.length;
  return found;
}

const mark = (state) => element("span", { class: LOUD.includes(state) ? "mark bad" : "mark" }, state);

/** Look at a batch: judge it by the records so far, and listen to its alarm. */
async function look(name) {
  const mine = ++asked;
  batch = name;
  opened = false;
  at("batch").value = name;
  history.replaceState(null, "", `?${new URLSearchParams({ batch: name })}`);
  at("refusal").hidden = true;
  stream?.close();
  say(at("reading"), `The records of ${name} are being read …`);
  try {
    const found = await ask(`/batches/${encodeURIComponent(name)}/watch`);
    if (mine !== asked) return;
    watch = found;
    say(at("reading"), "");
    show();
    listen(name);
    list();
  } catch (error) {
    if (mine === asked) failed(error);
  }
}

function listen(name) {
  say(at("stream"), "");
  at("events").replaceChildren();
  if (!watch.alarm) return;
  stream = new EventSource(`/batches/${encodeURIComponent(name)}/status/stream`);
  let first = true;
  stream.addEventListener("open", () => say(at("stream"), "Changes are shown as they happen."));
  stream.addEventListener("error", () => say(at("stream"), stream.readyState === EventSource.CLOSED ? "No watch of this batch has written its alarm yet." : "The stream is interrupted; it is tried again."));
  stream.addEventListener("problem", (event) => say(at("alarm-text"), JSON.parse(event.data).error));
  stream.addEventListener("status", async (event) => {
    const found = JSON.parse(event.data);
    if (!found || name !== batch) return;
    alarm(found.alarm.state, found.sentence);
    events(found.events);
    if (!first) {
      list();
      try { watch = await ask(`/batches/${encodeURIComponent(name)}/watch`); if (name === batch) show(); } catch (error) { if (!(error instanceof Refusal || error instanceof Unreachable)) throw error; }
    }
    first = false;
  });
}

function alarm(state, sentence) {
  say(at("alarm"), `alarm ${state}`);
  at("alarm").classList.toggle("bad", LOUD.includes(state));
  say(at("alarm-text"), sentence);
}

function events(found) {
  const head = element("tr", {}, ...["when (UTC)", "what", "who", "why", "hour", "score"].map((text, i) => element("th", { scope: "col", class: i > 3 && "n" }, text)));
  const number = (value, count) => (value === null ? "" : digits(value, count));
  const rows = [...found].reverse().map((one) => element("tr", {}, ...[one.when.replace("T", " ").slice(0, 19), one.what, one.who, one.why].map((text) => element("td", {}, text)),
    element("td", { class: "n" }, number(one.hours, 4)), element("td", { class: "n" }, number(one.score, 3))));
  at("events").replaceChildren(...(rows.length ? [element("thead", {}, head), element("tbody", {}, ...rows)] : [element("tbody", {}, element("tr", {}, element("td", {}, "Nothing happened so far.")))]));
}

const named = (key) => watch.names[key] ?? key;

function show() {
  at("batch-part").hidden = false;
  const scale = watch.scale === null ? "" : `, ${digits(watch.scale, 4)} ${watch.scale_unit}`;
  say(at("batch-title"), `${watch.batch}: ${watch.product}${scale}, ${moment(watch.as_of.hours)}`);
  say(at("state"), STATES[watch.status]);
  at("state").classList.toggle("bad", LOUD.includes(watch.status));
  say(at("sentence"), watch.sentence);
  if (watch.alarm) alarm(watch.alarm.state, watch.alarm.sentence);
  const causes = watch.causes.map((one) => `${one.cause.replaceAll("_", " ")} ${Math.round(100 * one.probability)} %`);
  at("notes").replaceChildren(...(causes.length ? [element("p", {}, `Probable causes: ${causes.join(", ")}.`)] : []), ...watch.notes.map((text) => element("p", {}, text)));
  score();
  tags();
  quality();
  courses();
}

function score() {
  const points = watch.scores.filter((one) => one.hours >= 0);
  at("score-part").hidden = !points.length;
  if (!points.length) return;
  const last = lastHour(watch.courses, watch.as_of.hours), [unit, factor] = timeUnit(last);
  const high = Math.min(Math.max(1.25, ...points.map((one) => 1.08 * one.score)), MOST_SCORE);
  const panel = new Panel({
    x: { low: 0, high: last, factor, ticks: ticks(0, factor * last, 9).map((value) => value / factor) }, y: { low: 0, high },
    along: `time since the start of the batch [${unit}]`, up: "score [times the limit]", title: `score of batch ${watch.batch} over time, with its limit`,
  });
  panel.line(panel.left, panel.atY(1), panel.right, panel.atY(1), { "stroke-dasharray": "6 3", "stroke-width": 1.6 });
  panel.words(panel.right, panel.atY(1) - 5, "limit", { "text-anchor": "end", "font-weight": 600 });
  panel.curve(points.map((one) => [one.hours, one.score]), { stroke: ACCENT });
  let piece = [];
  for (const one of [...points, { score: 0 }]) {
    if (one.score > 1) { piece.push([one.hours, one.score]); continue; }
    if (piece.length) panel.curve(piece.length > 1 ? piece : [piece[0], piece[0]], { stroke: ALERT, "stroke-width": 3.2 });
    piece = [];
  }
  if (watch.since !== null) {
    panel.line(panel.atX(watch.since), panel.top, panel.atX(watch.since), panel.bottom, { stroke: ALERT, "stroke-width": 1.4 });
    panel.words(Math.max(panel.atX(watch.since), 120), panel.top - 4, `since ${moment(watch.since)}`, { "text-anchor": "middle", "font-weight": 600, fill: ALERT });
  }
  const now = panel.atX(watch.as_of.hours);
  panel.line(now, panel.top, now, panel.bottom, { stroke: GREY, "stroke-dasharray": "2 3" });
  panel.words(Math.min(now + 4, panel.right - 26), panel.bottom - 5, "now", { fill: GREY });
  at("score").replaceChildren(panel.root);
}

function tags() {
  const head = element("tr", {}, ...["tag", "observed", "expected", "deviations", "at"].map((text, i) => element("th", { scope: "col", class: i > 0 && "n" }, text)));
  const rows = watch.tags.map((one) => element("tr", {}, element("th", { scope: "row" }, `${named(one.tag)}${one.unit ? ` [${one.unit}]` : ""}`),
    ...[digits(one.observed), digits(one.expected), digits(one.deviations), moment(one.hours)].map((text) => element("td", { class: "n" }, text))));
  at("tags").replaceChildren(...(rows.length ? [element("thead", {}, head), element("tbody", {}, ...rows)] : [element("tbody", {}, element("tr", {}, element("td", {}, "No tag deviates.")))]));
}

function quality() {
  const level = `${digits(watch.quality_level <= 1 ? 100 * watch.quality_level : watch.quality_level)} %`;
  const head = element("tr", {}, ...["attribute", `plan (${level})`, `now (${level})`].map((text, i) => element("th", { scope: "col", class: i > 0 && "n" }, text)));
  const words = (one) => (one ? `${digits(one.median)} (${digits(one.lower)} – ${digits(one.upper)})` : "no decision point yet");
  const rows = watch.quality.map((one) => element("tr", {}, element("th", { scope: "row" }, `${named(one.attribute)}${one.unit ? ` [${one.unit}]` : ""}`), ...[words(one.plan), words(one.now)].map((text) => element("td", { class: "n" }, text))));
  at("quality").replaceChildren(...(rows.length ? [element("thead", {}, head), element("tbody", {}, ...rows)] : [element("tbody", {}, element("tr", {}, element("td", {}, "No quality is forecast.")))]));
}

function courses() {
  const deviating = new Set(watch.tags.map((one) => one.tag));
  const ordered = [...watch.courses.filter((one) => deviating.has(one.tag)), ...watch.courses.filter((one) => !deviating.has(one.tag))];
  const shown = ordered.slice(0, opened ? ordered.length : FIRST), last = lastHour(watch.courses, watch.as_of.hours);
  const drawn = shown.map((one) => course(one, named(one.tag), last, { since: deviating.size ? watch.since : null, now: watch.as_of.hours })).filter((one) => one);
  at("courses").replaceChildren(...drawn.map((one) => element("figure", {}, one)));
  at("more").hidden = opened || ordered.length <= FIRST;
  say(at("more"), `Show all ${ordered.length} courses`);
}

function failed(error) {
  if (error instanceof Unreachable) return;
  if (!(error instanceof Refusal)) throw error;
  say(at("reading"), "");
  say(at("refusal"), error.message);
  at("refusal").hidden = false;
  at("batch-part").hidden = true;
}

at("look").addEventListener("submit", (event) => { event.preventDefault(); const name = at("batch").value.trim(); if (name) look(name); });
at("watched").addEventListener("click", (event) => { const open = event.target.closest("[data-batch]"); if (open) look(open.dataset.batch); });
at("more").addEventListener("click", () => { opened = true; courses(); });
setInterval(() => list().catch(() => {}), EVERY);
whenBack(() => (watch ? list() : start()).catch(failed));
start().catch(failed);
