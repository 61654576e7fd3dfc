"""Accuracy of the settings that matter more at scale: change of their effects by the model against the plant's own derivatives.

    python benchmarks/at_scale.py [model] [seed ...] [--write]

The proposals are those of `bridge.py`: the model has not seen the largest scale of the product. For every setting the page shows
the effect of one step of it at the reference scale and at the proposed scale. The truth is the partial derivative of the
noise-free plant at the same batches, times the same step. Two questions are asked per attribute, over its settings:

- effect: how does the effect change between the scales (large − small, with its sign)?
- size: does the setting matter more or less at scale (|large| − |small|)?

Shown for each question, as a mean over proposals: the Spearman correlation over all settings, and the agreement in sign over the
TOP settings whose true change is largest. Three comparisons stand beside them. The ceiling is the page's own method with the truth
in place of the model. Random means the model's own changes, assigned to the settings at random. "One claim for all" says of every
setting that the effect falls, or of every setting that it grows, whichever is more often right, which is known only afterwards.
A model without any interaction has the correlation 0 and gives no sign.
"""

import argparse
import os
from collections.abc import Iterator, Sequence

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the stages set it, before numpy is imported

import numpy as np
import polars as pl
from bridge import LINES, Game, chosen, games
from report import Report, Table, command, publish
from scipy.stats import spearmanr

from pipeline.answers.drivers.interactions import interactions
from pipeline.answers.limits import DriversConfig
from pipeline.answers.result.drivers import SettingEffect
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import units_of
from pipeline.simulators.virtual_plant.truth import STEPS, partial_derivatives

TOP = 5
SHUFFLES = 200
QUESTIONS = ("effect", "size")
SETTINGS = {name: (column, factor) for column, (name, factor, _) in LINES.items()}
"""Column of the feature table → column of the truth and its units per SI unit. Other columns have the same name in both."""


def true_effects(process: Process, game: Game, lines: Sequence[SettingEffect]) -> pl.DataFrame:
    """Return the true effect of each step, per setting (row) and attribute: mean over the reference, and at the proposal.

    Columns: setting, scale (small, large), and the attributes.
    """
    names = [line.setting for line in lines if SETTINGS.get(line.setting, (line.setting,))[0] in STEPS]
    steps = {line.setting: (line.step, line.step_unit == "%") for line in lines}
    units, found = units_of(process), []
    for scale, rows in (("small", game.reference), ("large", game.proposed)):
        known = game.truth.rows(rows)
        slopes = partial_derivatives(known, [SETTINGS.get(name, (name, 1.0))[0] for name in names])
        for name in names:
            column, factor = SETTINGS.get(name, (name, 1.0))
            step, relative = steps[name]
            width = known[column] * step / 100 if relative else pl.Series([step * units[name].factor * factor] * rows.height)
            own = slopes.filter(pl.col("setting") == column).select(game.truth.targets)
            effect = {target: float((own[target] * width).mean() or 0.0) for target in game.truth.targets}  # type: ignore[arg-type]
            found.append({"setting": name, "scale": scale} | effect)
    return pl.DataFrame(found)


def changes(small: np.ndarray, large: np.ndarray) -> dict[str, np.ndarray]:
    """Return the change of the effect and the change of its size."""
    return {"effect": large - small, "size": np.abs(large) - np.abs(small)}


def agreement(model: np.ndarray, truth: np.ndarray, top: int = TOP) -> tuple[float, float]:
    """Return the Spearman correlation over all settings (0 if all changes are equal) and the agreement in sign of the top."""
    rank = float(spearmanr(model, truth).statistic) if np.ptp(model) > 0 and np.ptp(truth) > 0 else 0.0
    largest = np.argsort(-np.abs(truth))[:top]
    return rank, float((np.sign(model[largest]) == np.sign(truth[largest])).mean())


def dealt(model: np.ndarray, truth: np.ndarray, seed: int) -> tuple[float, float]:
    """Return the agreement of the same changes assigned to settings at random, as a mean over shuffles."""
    rng = np.random.default_rng(seed)
    found = np.array([agreement(rng.permutation(model), truth) for _ in range(SHUFFLES)])
    return float(found[:, 0].mean()), float(found[:, 1].mean())


def always(truth: np.ndarray, sign: int, top: int = TOP) -> float:
    """Return the agreement in sign if every setting is given the same sign."""
    return float((np.sign(truth[np.argsort(-np.abs(truth))[:top]]) == sign).mean())


def played(process: Process, game: Game) -> Iterator[dict[str, object]]:
    """Yield one line per attribute and question of a proposal."""
    places = (game.proposed, game.reference, game.train)
    said, ceiling = (interactions(process, one, *places, DriversConfig()) for one in (game.fitted, game.truth))
    true = true_effects(process, game, next(iter(said.values())))
    names = true.filter(pl.col("scale") == "small")["setting"].to_list()
    for target in game.truth.targets:
        model, best = (_changes_said(one[target], names) for one in (said, ceiling))
        truth = changes(*(true.filter(pl.col("scale") == scale)[target].to_numpy() for scale in ("small", "large")))
        for question in QUESTIONS:
            found = {
                "": agreement(model[question], truth[question]),
                "ceiling ": agreement(best[question], truth[question]),
                "random ": dealt(model[question], truth[question], game.seed),
            }
            yield {
                "cqa": target,
                "question": question,
                **{f"{who}{what}": x for who, both in found.items() for what, x in zip(("rank", "sign"), both, strict=True)},
                "always less": always(truth[question], -1),
                "always more": always(truth[question], 1),
            }


def _changes_said(lines: Sequence[SettingEffect], names: list[str]) -> dict[str, np.ndarray]:
    """Return the two changes that the lines of the page state, for settings in this order."""
    by_name = {line.setting: (line.at_reference, line.at_proposed) for line in lines}
    return changes(*np.array([by_name[name] for name in names]).T)


def table(lines: list[dict[str, object]]) -> Table:
    """Return means per question and attribute, and over all attributes."""
    found = pl.DataFrame(lines)
    heads = {
        "rank": "rank correlation",
        "sign": f"same sign, top {TOP}",
        "ceiling rank": "ceiling: rank",
        "ceiling sign": "ceiling: sign",
        "random rank": "random: rank",
        "random sign": "random: sign",
    }
    claim = pl.max_horizontal(pl.col("always less").mean(), pl.col("always more").mean()).alias("always")
    mean = [*(pl.col(name).mean() for name in heads), claim]
    by_cqa = found.group_by("question", "cqa").agg(*mean).sort("question", "cqa")
    whole = found.group_by("question").agg(pl.lit("all").alias("cqa"), *mean).sort("question").select(by_cqa.columns)
    return Table(
        "Change of effects between the scales: by the model against the true change",
        ("change of", "attribute", *heads.values(), "one claim for all"),
        pl.concat([by_cqa, whole]).rows(),
        note="Ceiling: the same method with the truth in place of the model. Random: the model's changes at random settings.",
    )


def main(given: argparse.Namespace) -> None:
    """Compare the changes of effects in all proposals of all plants."""
    process, choice = chosen(given.model)
    lines: list[dict[str, object]] = []
    proposals = 0
    for game in games(process, choice, given.seeds):
        lines += played(process, game)
        proposals += 1
        print(f"seed {game.seed} {game.product}: {game.reference.height} reference batches", flush=True)
    name = "at_scale" if given.model == "scaleup" else f"at_scale_{given.model}"
    publish(Report(name, [table(lines)], given.seeds, {"proposals": proposals}), given)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("model", nargs="?", default="scaleup")
    parser.add_argument("seeds", nargs="*", type=int, default=[7, 101])
    main(parser.parse_args())
