// The page of the batches of history: a list with filters, quality against scale, and the course of a chosen batch.

import { ask, Refusal, Unreachable, whenBack } from "./api.js";
import { ACCENT, at, drawn, element, INK, say, WITHIN } from "./dom.js";
import { around, course, lastHour, Panel } from "./figure.js";
import { digits, ticks, withUnit } from "./format.js";

const PAGE = 500, MOST = 5000, FIRST = 6;
let about = null, all = null, batches = [], chosen = "", courses = null, opened = false;

async function start() {
  about = await ask("/what-if/process");
  say(at("run"), `${about.process.process}, run ${about.run}`);
  await load();
  const given = new URLSearchParams(location.search);
  for (const [id, values] of [["product", unique("product")], ["equipment", unique("equipment")], ["site", unique("site")]]) {
    at(id).append(...values.map((value) => element("option", { value }, value)));
    at(id).parentElement.hidden = values.length < 2;
    at(id).value = given.get(id) ?? "";
  }
  at("name").value = given.get("name") ?? "";
  at("attribute").append(...Object.keys(all.names).map((name) => element("option", { value: name }, all.names[name])));
  if (given.get("attribute") in all.names) at("attribute").value = given.get("attribute");
  show();
  if (given.get("batch")) choose(given.get("batch"));
}

/** Load the newest batches, page by page. */
async function load() {
  for (let first = 0; first < MOST; first += PAGE) {
    const found = await ask(`/batches?most=${PAGE}&first=${first}`);
    all = found;
    batches.push(...found.batches);
    if (batches.length >= found.total || !found.batches.length) break;
  }
}

const unique = (key) => [...new Set(batches.map((one) => one[key]).filter((value) => value))].sort();

function wanted() {
  const [product, equipment, site, name] = ["product", "equipment", "site", "name"].map((id) => at(id).value);
  return batches.filter((one) => (!product || one.product === product) && (!equipment || one.equipment === equipment) &&
    (!site || one.site === site) && one.batch.toLowerCase().includes(name.trim().toLowerCase()));
}

function show() {
  const found = wanted(), rest = all.total - batches.length;
  say(at("count"), `${digits(found.length, 6)} of ${digits(batches.length, 6)} batches${rest > 0 ? `; ${digits(rest, 6)} older ones are not listed` : ""}`);
  table(found);
  picture(found);
  address();
}

function address() {
  const query = new URLSearchParams();
  for (const id of ["product", "equipment", "site", "name", "attribute"]) if (at(id).value) query.set(id, at(id).value);
  if (chosen) query.set("batch", chosen);
  history.replaceState(null, "", `?${query}`);
}

const scaled = () => about.process.states_scale;

function result(one, name) {
  const given = one.results[name];
  if (!given || given.value === null) return "";
  return { left: "< ", right: "> " }[given.censoring] === undefined ? digits(given.value) : { left: "< ", right: "> " }[given.censoring] + digits(given.value);
}

function table(found) {
  const names = Object.keys(all.names);
  const columns = [["batch"], ...(about.process.states_product ? [["product"]] : []), ...(scaled() ? [[`scale [${all.scale_unit}]`, true]] : []), ["vessel"], ["start"],
    ...names.map((name) => [`${all.names[name]}${all.units[name] ? ` [${all.units[name]}]` : ""}`, true])];
  const head = element("tr", {}, ...columns.map(([text, numeric]) => element("th", { scope: "col", class: numeric && "n" }, text)));
  const rows = found.map((one) => {
    const open = element("button", { type: "button", "data-batch": one.batch, title: `Show the course of ${one.batch}` }, one.batch);
    const row = element("tr", { class: one.batch === chosen && "chosen" }, element("th", { scope: "row" }, open));
    if (about.process.states_product) row.append(element("td", {}, one.product));
    if (scaled()) row.append(element("td", { class: "n" }, one.scale === null ? "" : digits(one.scale, 4)));
    row.append(element("td", {}, one.equipment ?? ""), element("td", {}, (one.started ?? "").slice(0, 10)));
    row.append(...names.map((name) => element("td", { class: "n" }, result(one, name))));
    return row;
  });
  at("batches").querySelector("thead").replaceChildren(head);
  at("batches").querySelector("tbody").replaceChildren(...rows);
}

/** Draw the chosen quality attribute against the scale, or against the start where the process states no scale. */
function picture(found) {
  const name = at("attribute").value, shown = all.names[name], unit = all.units[name];
  const place = (one) => (scaled() ? one.scale : Date.parse(one.started));
  const known = batches.filter((one) => one.results[name]?.value !== null && one.results[name] !== undefined && Number.isFinite(place(one)));
  if (!known.length) { at("picture").replaceChildren(element("p", {}, `No batch has a result of ${shown}.`)); say(at("picture-caption"), ""); return; }
  const limits = about.attributes.find((one) => one.name === name) ?? { lower: null, upper: null };
  const values = known.map((one) => one.results[name].value);
  const [low, high] = around([...values, ...[limits.lower, limits.upper].filter((limit) => limit !== null)]);
  const panel = new Panel({
    width: 640, height: 400, right: 74, x: along(known.map(place)), y: { low, high }, up: withUnit(shown, unit && `[${unit}]`),
    along: scaled() ? `scale [${all.scale_unit}]` : "start of the batch [year]", title: `${shown} of past batches against ${scaled() ? "scale" : "time"}`,
  });
  const within = drawn("rect", { x: panel.left + 1, width: panel.right - panel.left - 1, y: panel.atY(limits.upper ?? high).toFixed(1),
    height: Math.max(0, panel.atY(limits.lower ?? low) - panel.atY(limits.upper ?? high)).toFixed(1), fill: WITHIN });
  if (limits.lower !== null || limits.upper !== null) panel.add(within);
  for (const limit of [limits.lower, limits.upper]) {
    if (limit === null) continue;
    panel.line(panel.left, panel.atY(limit), panel.right, panel.atY(limit), { "stroke-width": 2 });
    panel.words(panel.right + 6, panel.atY(limit) + 4, `limit ${digits(limit)}`, { "font-weight": 600 });
  }
  const mine = new Set(found.map((one) => one.batch)), some = mine.size < batches.length;
  const order = [...known].sort((a, b) => (mine.has(a.batch) ? 1 : 0) + (a.batch === chosen ? 1 : 0) - (mine.has(b.batch) ? 1 : 0) - (b.batch === chosen ? 1 : 0));
  for (const one of order) {
    const full = some && mine.has(one.batch), here = one.batch === chosen;
    const dot = panel.dot(place(one), one.results[name].value, {
      r: here ? 7 : full ? 4.2 : 3, fill: full || here ? ACCENT : "none", stroke: here ? INK : full ? ACCENT : "#8a8a8a", "stroke-width": here ? 2.5 : 1.1, class: "batch-dot",
    });
    dot.append(drawn("title", {}, `${one.batch}, ${one.product}, ${withUnit(scaled() ? digits(one.scale, 4) : "", all.scale_unit)}: ${withUnit(result(one, name), unit)}`));
    dot.addEventListener("click", () => choose(one.batch));
  }
  at("picture").replaceChildren(panel.root);
  say(at("picture-caption"), `One circle per batch. ${some ? "Full: the batches that the filters leave. " : ""}${limits.lower !== null || limits.upper !== null ? "Grey field: within the specification. " : ""}A click shows the course of the batch; the list does the same by key.`);
}

/** Return the horizontal axis: logarithmic for scales, years for times. */
function along(places) {
  const low = Math.min(...places), high = Math.max(...places);
  if (scaled() && low > 0) {
    const decades = [];
    for (let power = Math.ceil(Math.log10(low / 1.6)); power <= Math.floor(Math.log10(high * 1.6)); power++) decades.push(10 ** power);
    return { low: low / 1.6, high: high * 1.6, log: true, ticks: decades };
  }
  if (scaled()) { const [from, to] = around(places); return { low: from, high: to }; }
  const year = 365.25 * 86400e3, [from, to] = around(places);
  return { low: from, high: to, factor: 1, ticks: ticks(1970 + from / year, 1970 + to / year, 6).map((value) => (value - 1970) * year), ofYears: true };
}

async function choose(batch) {
  chosen = batch;
  opened = false;
  show();
  at("course-part").hidden = false;
  say(at("course-title"), `Course of ${batch}`);
  say(at("course-text"), "The records are being read …");
  at("courses").replaceChildren();
  at("course-notes").replaceChildren();
  at("more").hidden = true;
  try {
    const found = await ask(`/batches/${encodeURIComponent(batch)}/course`);
    if (batch !== chosen) return;
    courses = found;
    say(at("course-text"), found.sentence);
    at("course-notes").replaceChildren(...found.notes.map((text) => element("p", {}, text)));
    drawCourses();
  } catch (error) {
    if (error instanceof Refusal || error instanceof Unreachable) { if (batch === chosen) say(at("course-text"), error.message); } else throw error;
  }
}

function drawCourses() {
  const last = lastHour(courses.courses);
  const shown = courses.courses.slice(0, opened ? courses.courses.length : FIRST);
  const drawnOnes = shown.map((one) => course(one, courses.names[one.tag] ?? one.tag, last)).filter((one) => one);
  at("courses").replaceChildren(...drawnOnes.map((one) => element("figure", {}, one)));
  at("more").hidden = opened || courses.courses.length <= FIRST;
  say(at("more"), `Show all ${courses.courses.length} courses`);
  at("course-caption").hidden = !courses.courses.some((one) => one.planned);
}

function failed(error) {
  if (error instanceof Unreachable) return;
  say(at("refusal"), error.message);
  at("refusal").hidden = false;
}

at("filters").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["product", "equipment", "site", "attribute"]) at(id).addEventListener("change", show);
at("name").addEventListener("input", show);
at("batches").addEventListener("click", (event) => { const open = event.target.closest("[data-batch]"); if (open) choose(open.dataset.batch).then(() => at("course-part").scrollIntoView({ block: "nearest" })); });
at("more").addEventListener("click", () => { opened = true; drawCourses(); });
whenBack(() => { if (!all) { batches = []; start().catch(failed); } });
start().catch(failed);
