"""The record of an answer: model card, data card and credibility report, with hashes.

Model and data card after Mitchell et al. 2019 (FAT* 220) and Gebru et al. 2021 (Commun. ACM 64, 86). The credibility report
follows the steps of FDA's draft guidance on AI credibility of January 2025: question, context of use, risk, plan, result, limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

import polars as pl

from pipeline.answers.limits import DecisionConfig
from pipeline.answers.result.domain import Domain
from pipeline.answers.result.prediction import ProposalSummary, StepAnswer
from pipeline.answers.result.record import (
    AcceptancePlan,
    AttributeAcceptance,
    Credibility,
    DataCard,
    Hashes,
    ModelCard,
    Record,
)
from pipeline.assessment.acceptance import Acceptance, acceptance
from pipeline.assessment.acceptance_ledger import AcceptanceConfig, limits_hash
from pipeline.assessment.acceptance_protocol import why_protocol, with_protocol
from pipeline.domain.display import in_words
from pipeline.domain.left_out import NONE, LeftOut
from pipeline.domain.process.axis_words import WORDS
from pipeline.domain.process.process import Process
from pipeline.forecasting.model_choice import ANSWERING

PART_11 = (
    "This record supports traceability (hashes of data, configuration, code and model); it is not by itself a system under 21 CFR "
    "Part 11 or EU GMP Annex 11: audit trail, access control and signatures are the user's."
)
Scores = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Protocol → attribute → metric, on batches that the model had not seen."""


@dataclass(frozen=True)
class JudgedModels:
    """The models that answer, and what they reached on batches that they had not seen."""

    scores: Scores
    finals: Mapping[str, str]
    """Attribute → kind of the model that answers."""
    in_folds: Mapping[str, tuple[str, ...]]
    """Attribute → kinds of the models that were chosen in the folds of the protocol that decides."""


def judged_models(scores: Scores, finals: Mapping[str, str], forecasts: pl.DataFrame, protocol: str) -> JudgedModels:
    """Return the models that answer. forecasts: of all models, as `crossfit` returns them."""
    own = forecasts.filter((pl.col("model") == ANSWERING) & (pl.col("protocol") == protocol))
    kinds = own.group_by("cqa").agg(pl.col("answered_by").unique().sort())
    return JudgedModels(scores, finals, {name: tuple(found) for name, found in kinds.iter_rows()})


def record(
    process: Process,
    decision: DecisionConfig,
    fixed: AcceptanceConfig,
    judged: JudgedModels,
    rows: pl.DataFrame,
    hashes: Hashes,
    proposal: ProposalSummary,
    step: StepAnswer,
    limits: tuple[str, ...],
    left_out: LeftOut = NONE,
) -> Record:
    """Return the record of one answer.

    fixed: the acceptance limits that were fixed before scoring. The result is judged by these, even if the configuration has
    changed since. rows: feature rows of all batches. limits: reasons not to rely on this answer. left_out: batches that are not
    among the rows on purpose.
    """
    met = tuple(_reached(one, judged.in_folds) for one in acceptance(fixed, judged.scores, list(step.attributes)))
    credibility = Credibility(
        proposal.question or _question(proposal, step),
        decision.context_of_use,
        decision.model_risk,
        _plan(fixed, decision.acceptance, process, judged.scores),
        met,
        bool(met) and all(line.met for line in met),
        limits,
    )
    return Record(
        hashes,
        _model_card(process, judged, fixed.protocol, step),
        _data_card(process, rows, left_out),
        credibility,
        PART_11,
        version("scalebridge"),
    )


def _question(proposal: ProposalSummary, step: StepAnswer) -> str:
    """Return the question of a proposal that states none."""
    product = proposal.product if proposal.product_stated else "the quality of the batch"
    stated = step.scale.stated or step.change != "scale"
    return f"What will {product} be {WORDS[step.change].proposed if stated else 'with the proposed settings'}?"


def _reached(found: Acceptance, in_folds: Mapping[str, tuple[str, ...]]) -> AttributeAcceptance:
    return AttributeAcceptance(
        found.attribute,
        found.skill,
        found.coverage,
        found.met,
        found.skill_low,
        found.coverage_low,
        found.reason,
        in_folds.get(found.attribute, ()),
    )


def _plan(fixed: AcceptanceConfig, stated: AcceptanceConfig, process: Process, scores: Scores) -> AcceptancePlan:
    """Return the limits that were fixed before scoring, and whether the configuration, as stated now, still has them."""
    now = with_protocol(stated, process.axes, scores.keys())
    before, after = limits_hash(fixed), limits_hash(now)
    text = f"These limits were fixed before scoring (SHA-256 {before[:12]}…). The configuration has the same limits now."
    if before != after:
        text = (
            "The limits of the configuration differ from those that were fixed before scoring: they were "
            f"{_limits_in_words(fixed)} (SHA-256 {before[:12]}…) and are now {_limits_in_words(now)} ({after[:12]}…). "
            "The result is judged by the former."
        )
    if why := why_protocol(stated, fixed.protocol, process.axes):
        text = f"{why} {text}"
    return AcceptancePlan(fixed.protocol, fixed.least_skill, fixed.least_coverage, before, before == after, after, text)


def _limits_in_words(limits: AcceptanceConfig) -> str:
    return f"a skill of {limits.least_skill:g} and a coverage of {limits.least_coverage:g} under {in_words(limits.protocol)}"


def _model_card(process: Process, judged: JudgedModels, protocol: str, step: StepAnswer) -> ModelCard:
    calibrated = {one.predicted.calibrated_by for one in step.attributes.values() if one.predicted is not None}
    return ModelCard(
        f"predicts {', '.join(step.attributes)} of {process.title}",
        "static and deterministic: fitted once, frozen as text, not updated by use",
        tuple(sorted(calibrated)),
        tuple(sorted(judged.scores)),
        protocol,
        judged.finals,
    )


def _data_card(process: Process, rows: pl.DataFrame, left_out: LeftOut) -> DataCard:
    size = process.attributes[process.scale.attribute].si
    dates = rows["started_at"].drop_nulls()
    return DataCard(
        process.title,
        rows.height,
        rows["product"].n_unique(),
        size.from_si(float(rows["scale"].min())),  # type: ignore[arg-type]
        size.from_si(float(rows["scale"].max())),  # type: ignore[arg-type]
        size.label,
        str(dates.min())[:10] if len(dates) else None,
        str(dates.max())[:10] if len(dates) else None,
        left_out.batches,
    )


def limits_of_answer(
    domain: Domain, proposal: ProposalSummary, step: StepAnswer, assumed: int, not_stated: int
) -> tuple[str, ...]:
    """Return the reasons not to rely on an answer, as sentences."""
    found = [] if domain.status == "inside" else [domain.sentence]
    if not proposal.known_product:
        found.append("The product is new; no batch of it is known.")
    if not_stated:
        found.append(f"{not_stated} attributes are not stated and count as unknown.")
    if assumed:
        found.append(f"{assumed} values are not stated but assumed; the answer lists where each comes from.")
    predicted = [one.predicted for one in step.attributes.values() if one.predicted is not None]
    if any(not interval.supported for one in predicted for interval in one.intervals):
        found.append("Some levels of intervals cannot be promised with so few products; they are estimates.")
    return tuple(found)
