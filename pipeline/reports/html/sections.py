"""Drivers, equivalence and record as sections of the page. All numbers come from the answer."""

from collections.abc import Iterable, Mapping
from dataclasses import fields

from pipeline.answers.equivalence.judgement import UNKNOWN
from pipeline.answers.result.answer import Answer
from pipeline.answers.result.drivers import Drivers, FeatureShare, SettingEffect
from pipeline.answers.result.equivalence import ScaleStep
from pipeline.answers.result.record import Credibility, DataCard, Hashes, ModelCard, Record
from pipeline.domain.display import digits, in_words, percent, signed, size, with_unit
from pipeline.domain.process.axis_words import WORDS
from pipeline.reports.figures.equivalence import difference_figure, step_ends, step_title
from pipeline.reports.html.noise_section import noise_section
from pipeline.reports.html.section import Figure, Section, Table

PRINTED = 16
"""Digits of a hash that are printed."""
MAIN = 3
"""Number of features per attribute that the text names."""
MOST = 4
"""Largest number of lines per attribute in a table."""
NAMED = 8
"""Largest number of features or settings that a sentence names."""
CLEAR_DIRECTION = 0.3
"""Smallest absolute correlation for which an arrow shows the direction."""


def further_sections(answer: Answer) -> tuple[Section, ...]:
    """Return the sections after the domain, in the order of the page. A part that the answer does not have is left out."""
    found = [] if answer.drivers is None else [_drivers(answer.drivers, answer)]
    if answer.equivalence:
        found.append(_equivalence(answer.equivalence, answer))
    return (*found, noise_section(answer), _record(answer.record, answer))


def _drivers(given: Drivers, answer: Answer) -> Section:
    """Return the section of the drivers: importance within the product and over all products, and effects at both scales."""
    flips = [
        f"{answer.name(line.feature)} on {answer.name(key)}"
        for key, lines in given.shares.items()
        for line in lines
        if line.sign_flips
    ]
    moving = [
        f"{answer.name(line.setting)} on {answer.name(key)} ({_mark(line.mark, answer)})"
        for key, lines in given.interactions.items()
        for line in lines[:MOST]
        if line.mark in ("changes sign", "more at the proposed scale")
    ]
    reversed_signs = (
        f"The direction is reversed between the two for {len(flips)} of the main features: {', '.join(flips[:NAMED])}. For these, "
        "use only the direction within the product."
        if flips
        else "No main feature reverses its direction between the two."
    )
    place = WORDS[answer.step.change]
    reference = "at the reference scale" if answer.step.change == "scale" else "in the reference batches"
    at_scale = (
        f"Larger or opposite effect {place.proposed}: {', '.join(moving[:NAMED])}."
        if moving
        else f"No setting has a notably larger effect {place.proposed} than {reference}."
    )
    over_products = (
        "Importance over all products shows which features separate the products. Importance within the product shows which "
        "features influence this product.",
        reversed_signs,
    )
    summary = (
        *(over_products if answer.proposal.product_stated else ()),
        *((at_scale,) if answer.scale.stated or answer.step.change != "scale" else ()),
        *_main_features(given.shares, answer),
    )
    tables = (_effects(given.interactions, answer), _shares(given.shares, answer))
    title = "What influences this product, and what only separates products"
    return Section("drivers", title if answer.proposal.product_stated else "What influences the quality", summary, tables)


def _mark(mark: str, answer: Answer) -> str:
    """Return how the effect of a setting differs, in the words of what the transfer changes."""
    return mark.replace(WORDS["scale"].proposed, WORDS[answer.step.change].proposed)


def _main_features(shares: Mapping[str, tuple[FeatureShare, ...]], answer: Answer) -> Iterable[str]:
    """Return the features with the largest shares within the product, one sentence for all attributes."""
    texts = []
    for key, lines in shares.items():
        unit = answer.attributes[key].unit
        named = ", ".join(
            f"{answer.name(line.feature)} {_arrow(line.direction_within)} {with_unit(digits(line.within, 2), unit)}".replace(
                "  ", " "
            )
            for line in lines[:MAIN]
            if line.within
        )
        texts += [f"{answer.name(key)}: {named}"] if named else []
    if texts:
        yield f"Mean share of the prediction, the largest first (arrow: the share rises or falls with it): {'; '.join(texts)}."


def _effects(interactions: Mapping[str, tuple[SettingEffect, ...]], answer: Answer) -> Table:
    rows = tuple(
        (
            answer.name(key) if place == 0 else "",
            answer.name(line.setting),
            with_unit(digits(line.step), line.step_unit),
            line.at_reference,
            line.at_proposed,
            answer.attributes[key].unit,
            _mark(line.mark, answer),
        )
        for key, lines in interactions.items()
        for place, line in enumerate(lines[:MOST])
        if max(abs(line.at_reference), abs(line.at_proposed)) > 0
    )
    within = "product and scale" if answer.scale.stated else "the product"
    return Table(
        f"Change of the prediction for a step of one standard deviation (within {within}) of a setting, all other "
        "settings constant. These are effects in the model. If the two columns differ, check with plant data which one is right.",
        ("attribute", "setting", "step", "at the reference", WORDS[answer.step.change].proposed, "unit", ""),
        rows,
        folded="Effects of settings at both scales"
        if answer.step.change == "scale"
        else "Effects of settings at both places",
    )


def _shares(shares: Mapping[str, tuple[FeatureShare, ...]], answer: Answer) -> Table:
    rows = tuple(
        (
            answer.name(key) if place == 0 else "",
            answer.name(line.feature),
            line.within,
            _arrow(line.direction_within),
            line.pooled,
            _arrow(line.direction_pooled),
            answer.attributes[key].unit,
            "direction reversed" if line.sign_flips else "",
            "" if line.refits is None else f"{line.best_rank} to {line.worst_rank}",
        )
        for key, lines in shares.items()
        for place, line in enumerate(lines[:MOST])
    )
    return Table(
        "Mean share of the prediction, |SHAP|. Within the product: around each product's own mean. Arrow: the share rises or falls "
        "with the feature; no arrow if the direction is not clear. Rank over refits: ranks when the model is fitted to resampled "
        "products; with a wide range, do not rely on the order.",
        ("attribute", "feature", "within the product", "", "all products", "", "unit", "", "rank over refits"),
        rows,
        folded="Share of the prediction of each feature",
    )


def _arrow(direction: float | None) -> str:
    if direction is None or abs(direction) < CLEAR_DIRECTION:
        return ""
    return "↑" if direction > 0 else "↓"


def _equivalence(steps: tuple[ScaleStep, ...], answer: Answer) -> Section:
    """Return one picture and one table per step between two scales or places."""
    return Section(
        "equivalence",
        f"Are two {WORDS[answer.step.change].between if any(step.places for step in steps) else 'scales'} equivalent?",
        (*(_conclusion(step, answer) for step in steps), *_reasons(steps, answer)),
        tuple(_verdicts(step, answer) for step in steps),
        tuple(_figures(steps, answer)),
    )


def _figures(steps: tuple[ScaleStep, ...], answer: Answer) -> Iterable[Figure]:
    for step in steps:
        if (svg := difference_figure(step, answer.name)) is not None:
            yield Figure(
                svg,
                f"{step_title(step)}. Difference between the {'places' if step.places else 'scales'} at the set-point with its "
                "90 % interval, in margins of "
                "equivalence. Small points: the products. Inside the grey band: equivalent. Not inside, and zero excluded by the "
                "95 % interval: different. Otherwise the data are not sufficient.",
            )


def _conclusion(step: ScaleStep, answer: Answer) -> str:
    by_verdict: dict[str, list[str]] = {}
    for key, found in step.attributes.items():
        by_verdict.setdefault(found.verdict, []).append(answer.name(key))
    listed = "; ".join(f"{verdict}: {', '.join(names)}" for verdict, names in by_verdict.items())
    return f"{step_title(step)}: {listed}."


def _reasons(steps: tuple[ScaleStep, ...], answer: Answer) -> Iterable[str]:
    """Say what the data show and what is missing, for attributes without a verdict or with censored results, each once."""
    for step in steps:
        by_reason: dict[str, list[str]] = {}
        for key, found in step.attributes.items():
            if found.verdict == UNKNOWN or any(found.censored):
                by_reason.setdefault(found.reason, []).append(answer.name(key))
        for reason, names in by_reason.items():
            yield f"{', '.join(names)} ({step_ends(step)}): {reason}."


def _verdicts(step: ScaleStep, answer: Answer) -> Table:
    rows = tuple(
        (
            answer.name(key),
            found.unit,
            found.verdict,
            found.difference,
            found.lower,
            found.upper,
            found.margin,
            found.slope_p,
            found.slope_setting or "",
            ", ".join(
                f"{product if answer.proposal.product_stated else ''} {signed(difference)}".strip()
                for product, difference in found.differences.items()
            ),
            f"{found.batches[0]} + {found.batches[1]} of {found.products}",
            f"{found.censored[0]} + {found.censored[1]}",
        )
        for key, found in step.attributes.items()
    )
    columns = ("attribute", "unit", "verdict", "difference", "from", "to", "margin", "p of equal slopes", "setting")
    return Table(
        f"{step_title(step)}. Two one-sided tests (Schuirmann 1987). With two or more products their differences are the evidence; "
        "with one its batches are. The interval covers every value that censored results can have. Slopes by analysis of "
        "covariance; a large p does not prove that they are equal.",
        (*columns, "difference of each", "batches of products", "censored"),
        rows,
        folded=f"{step_title(step)}: differences, tests and batches",
    )


def _record(given: Record, answer: Answer) -> Section:
    """Return question, context, risk, plan, result and limits; model and data card; hashes."""
    found, data, model = given.credibility, given.data_card, given.model_card
    plan, protocol = found.plan, in_words(found.plan.protocol)
    scales = f"{size(data.smallest_scale)} to {with_unit(size(data.largest_scale), data.scale_unit)}"
    if not answer.scale.stated:
        scales = "batch sizes not stated"
    products = f" of {data.products} products" if answer.proposal.product_stated else ""
    dates = f"{data.first_date} to {data.last_date}" if data.first_date else "no dates"
    summary = (
        f"Question: {found.question}",
        f"Context of use: {found.context_of_use}. Risk: {found.risk}.",
        f"Plan: an attribute is accepted with a skill of at least {digits(plan.least_skill)} against the carry-over mean and at "
        f"least {percent(plan.least_coverage)} of results inside the 90 % interval under {protocol}. Each limit is compared with "
        f"the lower bound: the lower end of the 95 % bootstrap interval over products. {plan.sentence}",
        "Result: all attributes meet the limits." if found.accepted else f"Result: not met by {_failing(found, answer)}.",
        "Limits: " + (" ".join(found.limits) or "none besides the width of the intervals."),
        f"Model: {model.purpose}; {model.kind}. {_answered_by(model, answer)}"
        f"Data: {data.batches} batches{products}, {scales}, {dates}.",
        given.statement,
        _short_hashes(given.hashes),
    )
    tables = (_reached(found, protocol, answer), *_left_out(data), _hashes(given.hashes))
    return Section("record", "Record of data, model and limits", summary, tables)


def _answered_by(model: ModelCard, answer: Answer) -> str:
    """Return a sentence with the kind of the model of each attribute; nothing where an earlier version did not record it."""
    named = "; ".join(f"{answer.name(name)}: {in_words(kind)}" for name, kind in model.answered_by.items())
    return f"The models that answer are {named}. " if named else ""


def _reached(found: Credibility, protocol: str, answer: Answer) -> Table:
    """Return the table of the scores of the models that answer, beside their lower bounds."""
    met = tuple(
        (
            answer.name(x.attribute),
            ", ".join(in_words(kind) for kind in x.answered_by),
            x.skill,
            x.skill_low,
            x.coverage,
            x.coverage_low,
            "yes" if x.met else f"no: {x.reason}" if x.reason else "no",
        )
        for x in found.result
    )
    return Table(
        f"Reached on batches that the model had not seen ({protocol}), by the model that was chosen in each fold without its test "
        "batches. Lower bound: the lower end of the 95 % bootstrap interval over products. It is rough with few products. Where "
        "the limits are not met, do not base a decision on the prediction alone.",
        (
            "attribute",
            "answered by",
            "skill",
            "lower bound of skill",
            "coverage of the 90 % interval",
            "lower bound of coverage",
            "meets the limits",
        ),
        met,
        folded="Scores, their lower bounds, and why limits are not met",
    )


def _hashes(given: Hashes) -> Table:
    rows = tuple((part.name, str(getattr(given, part.name))) for part in fields(given))
    return Table("SHA-256.", ("of", "hash"), rows, folded="Hashes in full")


def _short_hashes(given: Hashes) -> str:
    """Return the first digits of each hash, as they are printed."""
    named = ((part.name, str(getattr(given, part.name))) for part in fields(given))
    return f"SHA-256, first digits: {'; '.join(f'{name} {digest[:PRINTED]}' for name, digest in named if digest)}."


def _left_out(data: DataCard) -> tuple[Table, ...]:
    """Return the table of the batches that the history leaves out on purpose; nothing if there are none."""
    rows = tuple((one.named, one.who, one.when.isoformat(), one.why) for one in data.left_out)
    return (Table(f"Batches left out on purpose: {len(rows)}.", ("batch", "who", "when", "why"), rows),) if rows else ()


def _failing(found: Credibility, answer: Answer) -> str:
    return ", ".join(answer.name(one.attribute) for one in found.result if not one.met)
