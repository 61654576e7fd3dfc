// The tables of the what-if page. A cell is changed only where its content differs.

import { element } from "./dom.js";
import { axisOf, strip } from "./strip.js";

const cell = (text, numeric = true) => element("td", numeric ? { class: "n" } : {}, text);
const head = (...columns) => element("thead", {}, element("tr", {}, ...columns.map(([text, numeric]) => element("th", { scope: "col", class: numeric && "n" }, text))));

/** Draw the quality attributes. axes: attribute → axis of its strip; it is kept while a slider moves. */
export function attributesTable(table, numbers, axes) {
  const body = element("tbody");
  for (const one of numbers.attributes) {
    const name = element("th", { scope: "row" }, one.shown, element("br"), element("span", { class: "unit small" }, one.unit));
    if (one.refused) {
      const why = element("td", { colspan: 5 }, element("span", { class: "mark bad" }, "not answered"), ` ${one.refused}`);
      body.append(element("tr", { "data-attribute": one.name }, name, cell(one.reference?.text ?? ""), why));
      continue;
    }
    const axis = axisOf(one, axes.get(one.name));
    axes.set(one.name, axis);
    const risk = one.state === "at risk" ? element("span", { class: "mark bad" }, "at risk") : null;
    const chance = element("td", { class: "n" }, element("strong", {}, one.chance?.text ?? ""), risk && element("br"), risk);
    body.append(element(
      "tr", { "data-attribute": one.name }, name, cell(one.reference?.text ?? ""),
      element("td", { class: "n" }, element("strong", { class: "predicted" }, one.predicted.text)),
      cell(one.interval + (one.supported ? "" : " *")), cell(one.limits), element("td", { class: "strip" }, strip(one, axis)), chance,
    ));
  }
  const columns = [["attribute"], ["reference", true], ["predicted", true], ["90 % interval", true], ["limits", true], ["prediction and limits"], ["chance", true]];
  table.replaceChildren(head(...columns), body);
}

/** Draw the comparable quantities. */
export function quantitiesTable(table, numbers) {
  const body = element("tbody");
  for (const one of numbers.quantities) {
    const mark = one.matched ? element("span", { class: "mark" }, "matched") : "";
    body.append(element("tr", { "data-quantity": one.name }, element("th", { scope: "row" }, one.shown), cell(one.unit, false), cell(one.reference), cell(one.proposed), cell(one.ratio_text), element("td", {}, mark)));
  }
  const caption = element("caption", {}, `${numbers.reference_text} Ratio: proposed ÷ reference. Matched: within ${numbers.matched_within} of one.${numbers.assumed.length ? ` Not stated, so assumed: ${numbers.assumed.map((one) => `${one.shown} ${one.text}`).join("; ")}.` : ""}`);
  table.replaceChildren(caption, head(["quantity"], ["unit"], ["reference", true], ["proposed", true], ["ratio", true], ["matched"]), body);
}
