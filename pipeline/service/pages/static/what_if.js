// The what-if page: the state, what it asks the service, and what it shows.

import { ask, latest, Refusal, Unreachable, whenBack } from "./api.js";
import { comparison } from "./compare.js";
import { at, element, say } from "./dom.js";
import { digits, plain, withUnit } from "./format.js";
import { Profiler } from "./profiler.js";
import { impossible, SettingControl } from "./settings.js";
import { asQuery, copy, empty, fromQuery, Past, pointOf, same } from "./state.js";
import { attributesTable, quantitiesTable } from "./tables.js";

const COLUMNS = 6, WAIT = 160;
/** What shows old numbers while a state is refused. */
const STALE = ["title", "verdict", "answer", "quantities"];

let process = null, run = "", state = empty(), place = null, numbers = null, settled = null;
let asking = "", axes = new Map(), moving = null, timer = 0, speaking = 0, controls = new Map();
const places = new Map(), pins = { a: null, b: null };
const past = new Past(() => { at("undo").disabled = !past.canUndo; at("redo").disabled = !past.canRedo; });
const profiler = new Profiler(at("profiler"), moved);
/** What tests and people measure: moves, and when their numbers were shown. */
const seen = { asked: 0, shown: 0, curved: 0, curves: 0, times: [], drawing: [] };
window.scalebridge = seen;

/* ---- start ---- */

async function start() {
  const found = await ask("/what-if/process");
  process = found.process;
  run = found.run;
  say(at("run"), `${process.process}, run ${run}`);
  fillPlace();
  const [linked, ofRun] = fromQuery(location.search);
  if (linked && ofRun && ofRun !== run) {
    say(at("link-note"), `The link was made with run ${ofRun}. Run ${run} answers now, so the numbers may differ.`);
    at("link-note").hidden = false;
  }
  await open(linked ?? usual());
  settled = copy(state);
}

function fillPlace() {
  const product = at("product"), vessel = at("equipment");
  for (const one of process.products) product.append(element("option", { value: one.name }, `${one.name} (${one.batches} batches)`));
  product.parentElement.hidden = !process.states_product;
  vessel.append(element("option", { value: "" }, "the one used most at this scale"));
  for (const one of process.vessels) {
    const size = withUnit(digits(one.usual_scale, 4), process.scale_unit);
    vessel.append(element("option", { value: one.name }, `${one.name} (${process.states_scale ? size : `${one.batches} batches`}${one.site ? `, ${one.site}` : ""})`));
  }
  vessel.parentElement.hidden = !process.vessels.length;
  at("scale").parentElement.hidden = !process.states_scale;
  say(at("scale-unit"), process.scale_unit && `[${process.scale_unit}]`);
  for (const level of process.scales) at("scales").append(element("option", { value: plain(level) }));
}

/** The first state: the product that is known at the smallest scales, in the vessel of the next larger scale with most batches. */
function usual() {
  const found = empty();
  const product = [...process.products].sort((a, b) => a.scales[1] - b.scales[1])[0];
  if (product) found.product = product.name;
  const above = process.vessels.filter((one) => !product || one.usual_scale > 1.5 * product.scales[1]);
  const pool = above.length ? above : process.vessels;
  const least = Math.min(...pool.map((one) => one.usual_scale));
  const vessel = pool.filter((one) => one.usual_scale <= 1.2 * least).sort((a, b) => b.batches - a.batches)[0];
  if (vessel) { found.equipment = vessel.name; found.site = vessel.site ?? ""; found.scale = vessel.usual_scale; }
  if (found.scale === null && process.states_scale) found.scale = process.scales[process.scales.length - 1];
  return found;
}

/** Open a state: load what can be set there, give missing settings their usual values, and show everything. */
async function open(wanted, fresh = true) {
  const next = copy(wanted);
  if (!process.states_scale) next.scale = null;
  if (next.scale === null && process.states_scale) next.scale = usual().scale;
  const vessel = process.vessels.find((one) => one.name === next.equipment);
  if (vessel && !next.site) next.site = vessel.site ?? "";
  let found;
  try {
    found = await loadPlace(next);
  } catch (error) {
    state = next;
    showPlace();
    if (!(error instanceof Unreachable)) refuse(error.message);
    return;
  }
  const moved_ = !place || place.key !== found.key;
  place = found;
  if (fresh) next.settings = { ...defaults(), ...next.settings };
  state = next;
  if (moved_) { axes = new Map(); profiler.forget(); drawSettings(); }
  showPlace();
  update(null);
}

async function loadPlace(wanted) {
  const key = JSON.stringify([wanted.product, wanted.equipment, wanted.equipment ? "" : wanted.scale]);
  if (!places.has(key)) {
    const body = { product: wanted.product, scale: wanted.scale, equipment: wanted.equipment || null };
    const found = await ask("/what-if/place", body);
    places.set(key, { ...found, key });
  }
  return places.get(key);
}

function defaults() {
  const known = place.settings.filter((one) => one.default !== null);
  return Object.fromEntries(known.map((one) => [one.name, one.default]));
}

/** Settings and the scale, as columns of the profiler know them. */
function columns() {
  const scale = place.scale ? [place.scale] : [];
  return [...place.settings.filter((one) => one.kind === "number" && one.slider), ...scale.filter((one) => one.slider)];
}

/* ---- changes ---- */

/** Keep the state before a change, and show the one after it. A drag is one change. */
function commit() {
  if (settled && !same(settled, state)) past.keep(settled);
  settled = copy(state);
}

function moved(name, value, final) {
  if (place.scale && name === place.scale.name) state.scale = value;
  else state.settings[name] = value ?? null;
  update(final ? null : name, name);
  if (final) commit();
}

function held(name, quantity) {
  if (quantity) state.holds[name] = quantity;
  else delete state.holds[name];
  update(null);
  commit();
}

/** Change product or vessel. A setting that was changed by hand stays if its usual value is the same in both places. */
async function travel(change) {
  const before = place, next = { ...copy(state), ...change };
  try {
    const after = await loadPlace(next);
    const old = new Map((before?.settings ?? []).map((one) => [one.name, one.default]));
    next.settings = {};
    for (const one of after.settings) {
      const mine = state.settings[one.name];
      const keep = mine !== undefined && mine !== old.get(one.name) && old.get(one.name) === one.default;
      if (keep) next.settings[one.name] = mine;
      else if (one.default !== null) next.settings[one.name] = one.default;
    }
    next.holds = Object.fromEntries(Object.entries(state.holds).filter(([name]) => after.settings.some((one) => one.name === name)));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  await open(next, false);
  commit();
}

async function restore(found) {
  if (!found) return;
  settled = copy(found);
  await open(found, false);
}

/* ---- showing ---- */

function drawSettings() {
  controls = new Map(place.settings.map((one) => [one.name, new SettingControl(one, { moved, held })]));
  const shown = [...controls.values()].map((one) => one.root);
  if (place.scale?.slider) {
    const scale = new SettingControl({ ...place.scale, source: "" }, { moved, held });
    controls.set(place.scale.name, scale);
    shown.unshift(scale.root);
  }
  at("settings").replaceChildren(...shown);
}

function showPlace() {
  at("product").value = state.product;
  at("equipment").value = state.equipment;
  if (document.activeElement !== at("scale")) at("scale").value = state.scale === null ? "" : plain(state.scale);
  say(at("site"), state.site || (state.equipment ? "not stated" : "that of the vessel"));
  at("site").closest("p").hidden = !process.vessels.some((one) => one.site);
}

function showControls() {
  const solved = new Map((numbers?.held ?? []).map((one) => [one.setting, one]));
  const assumed = new Map((numbers?.assumed ?? []).map((one) => [one.attribute, one.text]));
  for (const [name, control] of controls) {
    if (place.scale && name === place.scale.name) { control.show(state.scale, null, null); continue; }
    const holds = state.holds[name] ?? null, found = holds ? solved.get(name) : null;
    control.show(found ? found.value : state.settings[name], holds, found ? capital(found.why) : null, assumed.get(name));
  }
  if (place.scale && document.activeElement !== at("scale")) at("scale").value = state.scale === null ? "" : plain(state.scale);
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Return the values of the point, those that were solved included. */
function values() {
  const found = { ...state.settings };
  for (const one of numbers?.held ?? []) if (state.holds[one.setting]) found[one.setting] = one.value;
  if (place.scale) found[place.scale.name] = state.scale;
  return found;
}

/** Show the controls at once, and ask for numbers. slides: the setting that moves now. */
function update(slides, changed = null) {
  moving = slides;
  showControls();
  profiler.point(values());
  profiler.old(changed ?? "");
  history.replaceState(null, "", `?${asQuery(state, run)}`);
  clearTimeout(timer);
  const wrong = problem();
  if (wrong) { refuse(wrong); return; }
  const point = JSON.stringify(pointOf(state));
  if (point === asking && at("refusal").hidden) {  // the same question, as at the end of a drag
    if (seen.shown === seen.asked) soon();
    return;
  }
  asking = point;
  seen.asked += 1;
  askNumbers({ state: copy(state), began: performance.now(), number: seen.asked });
}

/** Return the sentence about the first value that is not possible, or null. */
function problem() {
  for (const one of place.settings) {
    const value = state.settings[one.name];
    if (typeof value === "number" && one.possible && !state.holds[one.name] && (value < one.possible[0] || value > one.possible[1])) {
      return impossible(one, value);
    }
  }
  return null;
}

const askNumbers = latest(
  (asked) => ask("/what-if/numbers", pointOf(asked.state)),
  (found, asked) => {
    numbers = found;
    if (found.run !== run) { run = found.run; say(at("run"), `${process.process}, run ${run}`); note("Another run answers now. The numbers are those of the new run."); }
    const began = performance.now();
    showNumbers();
    seen.drawing.push(performance.now() - began);
    seen.shown = asked.number;
    seen.times.push(performance.now() - asked.began);
    if (moving === null) soon(); else { clearTimeout(timer); timer = setTimeout(soon, WAIT); }
  },
  (error) => { if (error instanceof Refusal) refuse(error.message); else if (!(error instanceof Unreachable)) throw error; },
);

function refuse(sentence) {
  say(at("refusal"), sentence);
  at("refusal").hidden = false;
  at("stale-note").hidden = !numbers;
  for (const id of STALE) at(id).classList.add("stale");
  say(at("updating"), "");
}

function showNumbers() {
  at("refusal").hidden = true;
  at("stale-note").hidden = true;
  for (const id of STALE) at(id).classList.remove("stale");
  say(at("title"), numbers.title);
  document.title = `${numbers.title}: Scalebridge`;
  say(at("chance"), numbers.chance?.text ?? "");
  say(at("chance-text"), numbers.chance_text);
  say(at("domain"), numbers.domain);
  at("domain").classList.toggle("bad", numbers.domain !== "inside");
  say(at("domain-text"), numbers.domain_text);
  const leaving = numbers.leaving;
  at("leaving-part").hidden = !leaving.length;
  say(at("leaving-title"), `${leaving.length} ${leaving.length === 1 ? "variable" : "variables"} at the edge of history or outside of it`);
  at("leaving").replaceChildren(...leaving.map((one) => element("li", {}, element("strong", {}, `${one.shown} `), one.text)));
  at("notes").replaceChildren(...numbers.notes.map((text) => element("p", {}, element("span", { class: "mark bad" }, "note"), ` ${text}`)));
  attributesTable(at("attributes"), numbers, axes);
  say(at("reference-text"), numbers.reference_text);
  quantitiesTable(at("quantities"), numbers);
  showControls();
  profiler.point(values());
  showComparison();
  clearTimeout(speaking);
  speaking = setTimeout(() => say(at("live"), `${numbers.chance ? `${numbers.chance.text} ` : ""}${numbers.chance_text}. ${numbers.domain_text}`), 700);
}

/* ---- curves ---- */

function rowsShown() {
  const rows = numbers.attributes.filter((one) => !one.refused).map((one) => ({ name: one.name, shown: one.shown, unit: one.unit, lower: one.lower, upper: one.upper }));
  if (numbers.chance) rows.push({ name: "joint", shown: "all specifications", unit: "%", lower: null, upper: null });
  return state.rows.length ? rows.filter((row) => state.rows.includes(row.name)) : rows;
}

/** The columns that are shown. Before the first curves: all, of which those that move most are chosen. */
function columnsAsked() {
  const able = columns().filter((one) => !state.holds[one.name] && values()[one.name] !== undefined && values()[one.name] !== null);
  const chosen = able.filter((one) => state.columns.includes(one.name));
  return chosen.length ? chosen : able;
}

function soon() {
  const asked = columnsAsked();
  if (!asked.length) { profiler.show(new Map(), [], [], {}); say(at("updating"), ""); seen.curved = seen.asked; return; }
  say(at("updating"), "The curves are being updated …");
  const along = Object.fromEntries(asked.map((one) => [one.name, controls.get(one.name)?.range ?? one.slider]));
  const logarithmic = asked.filter((one) => one.logarithmic).map((one) => one.name);
  askCurves({ body: { point: pointOf(state), along, logarithmic }, point: JSON.stringify(pointOf(state)), place: place.key, number: seen.asked });
}

const askCurves = latest(
  (asked) => ask("/what-if/curves", asked.body),
  (found, asked) => {
    if (asked.point !== JSON.stringify(pointOf(state)) || asked.place !== place.key) return;
    at("curves-refusal").hidden = true;
    const curves = new Map(found.curves.map((one) => [one.setting, one]));
    if (!columns().some((one) => state.columns.includes(one.name))) { state.columns = choose(curves); settled = settled && { ...settled, columns: state.columns }; }
    const wanted = columns().filter((one) => state.columns.includes(one.name) && curves.has(one.name));
    profiler.show(curves, rowsShown(), wanted, values());
    profiler.old(null);
    say(at("updating"), "");
    showChoices();
    history.replaceState(null, "", `?${asQuery(state, run)}`);
    seen.curves += 1;
    seen.curved = asked.number;
  },
  (error) => {
    say(at("updating"), "");
    if (!(error instanceof Refusal)) return;
    say(at("curves-refusal"), error.message);
    at("curves-refusal").hidden = false;
  },
);

/** Choose the settings along which an attribute moves most, relative to its interval, in the order of the settings. */
function choose(curves) {
  const sized = [...curves.values()].map((one) => {
    const effects = Object.values(one.attributes).map((curve) => {
      const known = curve.predicted.filter((value) => value !== null);
      const widths = curve.upper.map((value, i) => value - curve.lower[i]).filter((width) => width > 0);
      return known.length && widths.length ? (Math.max(...known) - Math.min(...known)) / Math.min(...widths) : 0;
    });
    return { name: one.setting, effect: Math.max(0, ...effects) };
  });
  const best = sized.sort((a, b) => b.effect - a.effect).slice(0, COLUMNS).map((one) => one.name);
  return columns().map((one) => one.name).filter((name) => best.includes(name));
}

function showChoices() {
  choices(at("choose-columns"), columns(), state.columns, (chosen) => { state.columns = chosen; soon(); commit(); });
  const all = [...numbers.attributes.filter((one) => !one.refused), ...(numbers.chance ? [{ name: "joint", shown: "all specifications" }] : [])];
  const rows = state.rows.length ? state.rows : all.map((one) => one.name);
  choices(at("choose-rows"), all, rows, (chosen) => { state.rows = chosen.length === all.length ? [] : chosen; soon(); commit(); });
}

function choices(root, all, chosen, changed) {
  if (root.contains(document.activeElement)) return;
  root.replaceChildren(...all.map((one) => {
    const box = element("input", { type: "checkbox", value: one.name });
    box.checked = chosen.includes(one.name);
    box.addEventListener("change", () => {
      const now = [...root.querySelectorAll("input:checked")].map((given) => given.value);
      if (now.length) changed(now); else box.checked = true;
    });
    return element("label", {}, box, ` ${one.shown}`);
  }));
}

/* ---- actions ---- */

function note(text) { say(at("done"), text); }

function download(name, text, kind) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type: kind })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function fileName() {
  const parts = [state.product || process.process, state.scale === null ? "" : `${plain(state.scale)}_${process.scale_unit}`, state.equipment];
  return parts.filter(Boolean).join("_").replace(/[^\w.-]+/g, "_");
}

/** Do what a button says. A refusal is shown beside the buttons. */
function action(id, call) {
  at(id).addEventListener("click", async () => {
    try { await call(); } catch (error) {
      if (error instanceof Refusal || error instanceof Unreachable) note(error.message); else throw error;
    }
  });
}

function showComparison() {
  const first = pins.a ?? (pins.b && { state, numbers, live: true }), second = pins.b ?? (pins.a && { state, numbers, live: true });
  at("compare-part").hidden = !first;
  at("go-a").disabled = !pins.a;
  at("go-b").disabled = !pins.b;
  if (first) comparison(at("compare"), at("compare-note"), first, second, places);
}

function pin(which) {
  if (!numbers) return;
  pins[which] = { state: copy(state), numbers, place };
  note(`This state is pinned as ${which.toUpperCase()}.`);
  showComparison();
}

action("undo", () => restore(past.undo(state)));
action("redo", () => restore(past.redo(state)));
action("reset", async () => { state.settings = defaults(); state.holds = {}; update(null); commit(); });
action("link", async () => {
  try {
    await navigator.clipboard.writeText(location.href);
    note("The link to this state is copied.");
  } catch {
    note("The address of this page is the link to this state. Copy it from the address line.");
  }
});
action("save", async () => {
  const text = await ask("/what-if/proposal.yaml", pointOf(state), "text");
  download(`${fileName()}.yaml`, text, "application/yaml");
  note(`Saved as ${fileName()}.yaml. Put it into data/proposals, or ask scalebridge predict ${fileName()}.yaml.`);
});
/** Ask the current state as an answer that is kept, and open what is made from it. */
async function kept(part, more) {
  if (!numbers) return;
  const { id, proposal } = numbers;
  await ask("/answers?depth=numbers", proposal);
  element("a", { href: `/answers/${id}/${part}`, ...more }).click();
}

action("report", async () => {
  note("The report opens in a new tab. It takes about ten seconds, since scenarios are computed for it.");
  await kept("page", { target: "_blank", rel: "noopener" });
});
action("sheet", async () => {
  await kept("sheet", { download: "" });
  note("The sheet is a workbook with units.");
});
action("pin-a", () => pin("a"));
action("pin-b", () => pin("b"));
action("unpin", () => { pins.a = pins.b = null; showComparison(); });
action("go-a", async () => { await open(pins.a.state, false); commit(); });
action("go-b", async () => { await open(pins.b.state, false); commit(); });

at("place").addEventListener("submit", (event) => event.preventDefault());
at("product").addEventListener("change", () => travel({ product: at("product").value }));
at("equipment").addEventListener("change", () => {
  const vessel = process.vessels.find((one) => one.name === at("equipment").value);
  travel({ equipment: at("equipment").value, site: vessel?.site ?? "", ...(vessel ? { scale: vessel.usual_scale } : {}) });
});
at("scale").addEventListener("change", () => {
  const scale = Number(at("scale").value);
  if (!(scale > 0)) { refuse("The scale must be a number above zero."); return; }
  if (state.equipment) moved(place.scale.name, scale, true); else travel({ scale });
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey && past.canUndo) { event.preventDefault(); restore(past.undo(state)); }
  else if ((key === "y" || (key === "z" && event.shiftKey)) && past.canRedo) { event.preventDefault(); restore(past.redo(state)); }
});
whenBack(() => { asking = ""; if (!process) start(); else if (place) update(null); });

start().catch((error) => { if (!(error instanceof Unreachable)) refuse(error.message); });
