// The state of the what-if page: what is proposed, and what is shown. It is in the address, so a link opens the same state.

/** An empty state. Values are in display units; a setting that is null is not stated, so the answer assumes a value. */
export const empty = () => ({ product: "", equipment: "", scale: null, site: "", settings: {}, holds: {}, columns: [], rows: [] });

export const copy = (state) => structuredClone(state);

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Write a state as the query of an address. */
export function asQuery(state, run) {
  const found = new URLSearchParams();
  if (state.product) found.set("product", state.product);
  if (state.scale !== null) found.set("scale", String(state.scale));
  if (state.equipment) found.set("vessel", state.equipment);
  if (state.site) found.set("site", state.site);
  for (const [name, value] of Object.entries(state.settings)) {
    found.set(`set.${name}`, value === null ? "" : (typeof value === "number" ? "" : "text:") + value);
  }
  for (const [name, quantity] of Object.entries(state.holds)) found.set(`hold.${name}`, quantity);
  if (state.columns.length) found.set("columns", state.columns.join(" "));
  if (state.rows.length) found.set("rows", state.rows.join(" "));
  if (run) found.set("run", run);
  return found.toString();
}

/** Read the query of an address: [state, run], or [null, ""] where it holds none. */
export function fromQuery(query) {
  const given = new URLSearchParams(query), state = empty();
  if (![...given.keys()].length) return [null, ""];
  state.product = given.get("product") ?? "";
  state.equipment = given.get("vessel") ?? "";
  state.site = given.get("site") ?? "";
  const scale = Number(given.get("scale"));
  state.scale = given.has("scale") && Number.isFinite(scale) ? scale : null;
  for (const [key, value] of given) {
    if (key.startsWith("hold.")) state.holds[key.slice(5)] = value;
    if (!key.startsWith("set.")) continue;
    if (value.startsWith("text:")) state.settings[key.slice(4)] = value.slice(5);
    else if (value === "") state.settings[key.slice(4)] = null;
    else if (Number.isFinite(Number(value))) state.settings[key.slice(4)] = Number(value);
  }
  state.columns = (given.get("columns") ?? "").split(" ").filter(Boolean);
  state.rows = (given.get("rows") ?? "").split(" ").filter(Boolean);
  return [state, given.get("run") ?? ""];
}

/** Return the point of a state, as the service takes it. */
export const pointOf = (state) => ({
  product: state.product,
  scale: state.scale,
  equipment: state.equipment || null,
  site: state.site || null,
  settings: Object.fromEntries(Object.entries(state.settings).filter(([, value]) => value !== null)),
  holds: state.holds,
});

/** The states that were, and those that were undone. */
export class Past {
  #before = [];
  #after = [];
  #most = 200;

  constructor(changed) { this.changed = changed; }

  get canUndo() { return this.#before.length > 0; }
  get canRedo() { return this.#after.length > 0; }

  /** Keep the state before a change. */
  keep(state) {
    this.#before.push(copy(state));
    if (this.#before.length > this.#most) this.#before.shift();
    this.#after = [];
    this.changed();
  }

  undo(now) { return this.#step(this.#before, this.#after, now); }
  redo(now) { return this.#step(this.#after, this.#before, now); }

  #step(from, to, now) {
    if (!from.length) return null;
    to.push(copy(now));
    const found = from.pop();
    this.changed();
    return found;
  }
}
