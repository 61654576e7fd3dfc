"""Descriptions that MLflow shows as Markdown: of the experiment, of a run and its nested runs, and of a version of the model."""

from collections.abc import Iterable, Mapping

from pipeline.domain.display import digits, in_words, unit_label
from pipeline.tracking.record import RunRecord
from pipeline.tracking.run_facts import RunFacts
from pipeline.tracking.run_metrics import DECIDES, deciding
from pipeline.tracking.served_columns import InputColumn

EXPERIMENT = """Runs of Scalebridge on one process. One run is one configuration on one history.

* The **chart view** shows the numbers that decide (group `1 decides`), then the skill of each attribute per protocol (groups
  `2 skill …`). `scalebridge ui` prints a link to it. The view *Skill by attribute and protocol* is saved here as well.
* **Skill** is 1 minus the error of the model divided by the error of the carry-over mean: 1 is perfect, 0 is no better than taking
  the product's mean over.
* Nested runs hold the rest: one per quality attribute (search `tags.cqa = "titre"`), one per model that was compared
  (`tags.level = "candidate"`), and one for the monitor of running batches.
* The alias `champion` of a registered model marks the version with the best mean skill at the largest scale, among runs on the same
  data and folds."""


def description_of(record: RunRecord, facts: RunFacts) -> str:
    """Return the description of a run: process, history, what answers, the numbers that decide, and commands."""
    process = facts.process
    unit = unit_label(process.attributes[process.scale.attribute].unit or "")
    answering = [f"| {process.display_name(cqa)} | {in_words(kind)} |" for cqa, kind in record.chosen.items()]
    return "\n".join(
        [
            f"**{process.title}** (`{process.name}`), known at the horizon `{record.choices['horizon']}`.",
            "",
            f"Acceptance limits (skill at least {facts.limits.least_skill:g}, coverage at least {facts.limits.least_coverage:g}, "
            f"under {in_words(facts.limits.protocol)}): **{facts.verdict} attributes**."
            + (f" Not met: {', '.join(map(process.display_name, facts.not_met))}." if facts.not_met else ""),
            "",
            f"History: {facts.batches} batches of {_products(facts)}, at {', '.join(facts.scales)} {unit}{_dates(facts)}. "
            f"Left out on purpose: {record.batches_left_out}.",
            "",
            "| number that decides | value |",
            "|---|---|",
            *(
                f"| {name.removeprefix(f'{DECIDES}/')} | {digits(value)} |"
                for name, value in deciding(record, facts).items()
            ),
            "",
            "Skill is against the carry-over mean. Coverage is the share of hidden results inside the 90 % interval.",
            "",
            "| attribute | model that answers |",
            "|---|---|",
            *answering,
            "",
            "Answer with this run, in the folder of the project:",
            "",
            "```",
            f"scalebridge use {record.run}",
            "scalebridge predict data/proposals/<proposal>.yaml",
            "```",
            "",
            f"The nested runs hold the scores of each attribute and of each compared model. The model is registered as "
            f"`{record.model_name}`.",
        ]
    )


def _products(facts: RunFacts) -> str:
    count = len(facts.products)
    return f"1 product ({facts.products[0]})" if count == 1 else f"{count} products"


def _dates(facts: RunFacts) -> str:
    return f", from {facts.first} to {facts.last}" if facts.first and facts.last else ""


def description_of_attribute(record: RunRecord, facts: RunFacts, cqa: str) -> str:
    """Return the description of the nested run of an attribute."""
    unit = unit_label(facts.process.attributes[cqa].unit or "")
    answers = f"`{record.chosen[cqa]}` answers." if cqa in record.chosen else "No model answers."
    of_unit = f" RMSE, MAE and widths are in {unit}." if unit else ""
    return (
        f"Scores of **{facts.process.display_name(cqa)}** on hidden batches, by the model that answers, per protocol. "
        f"{answers}{of_unit}"
    )


def description_of_candidate(record: RunRecord, model: str) -> str:
    """Return the description of the nested run of a model that was compared."""
    role = "It is the configured model." if model == record.configured else "It was compared with the configured model."
    return f"Scores of the model `{model}` alone, on the same hidden batches as the others. {role}"


MONITOR = "Scores of the monitor of running batches: false alarms on normal batches, and which logged deviations it finds and when."
"""Description of the nested run of the monitor."""


def description_of_version(record: RunRecord, facts: RunFacts, columns: Iterable[InputColumn]) -> str:
    """Return the description of a version of the registered model: what a row takes, in which unit."""
    if record.choices["horizon"] != "plan":
        return (
            f"Model of **{facts.process.title}** for the horizon `{record.choices['horizon']}`, from the published run "
            f"`{record.run}`. It reads records or results of the running batch, which a row cannot hold. The served model "
            "refuses every row with that reason. Use `scalebridge predict`, or serve a model of the horizon `plan`."
        )
    return "\n".join(
        [
            f"Model of **{facts.process.title}** for planned batches, from the published run `{record.run}`.",
            "",
            "A row is one proposal. A plain number is in the unit below. A text such as `60 rpm` has its own unit. A column that "
            "is left out or null is not stated. MLflow drops a column that is not listed here: `not_stated` of the answer shows "
            "what was not stated.",
            "",
            "| column | holds | |",
            "|---|---|---|",
            *(f"| {one.name} | {one.holds} | {'required' if one.required else ''} |" for one in columns),
        ]
    )


def input_columns_in_words(columns: Mapping[str, InputColumn]) -> dict[str, str]:
    """Return what each column holds, for the metadata of the model."""
    return {name: f"{column.holds}; {'required' if column.required else 'optional'}" for name, column in columns.items()}
