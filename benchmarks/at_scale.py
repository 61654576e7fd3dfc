"""Does the page name the settings that matter more at scale? The model's interactions with scale against the plant's own slopes.

    python benchmarks/at_scale.py [model] [seed ...]

The proposals are those of `bridge.py`: the model has not seen the largest scale of the product. For every setting the page says
what one step of it does at the reference scale and at the proposed one. The truth: the partial derivatives of the noise-free plant
at the same batches, times the same steps. Two questions per attribute, over its settings:

- effect: how the effect changes between the scales (large − small, with its sign);
- size: whether the setting matters more or less at scale (|large| − |small|).

Printed for each: Spearman correlation over all settings, and agreement in sign over the TOP settings of which the truth changes
most, mean over proposals. Beside it: the ceiling, which is the page's own method with the plant's truth in the place of the model;
the model's own changes dealt out to the settings at random; and the claim that is always made (every effect falls, or every effect
grows, whichever is more often right, known only afterwards). Without any interaction the correlation is 0 and no sign is given.
"""

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from bridge import LINES, Game, chosen, games
from scipy.stats import spearmanr

from pipeline.answers.drivers.interactions import interactions
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import units_of
from pipeline.simulators.virtual_plant.truth import STEPS, partial_derivatives

TOP = 5
SHUFFLES = 200
QUESTIONS = ("effect", "size")
SETTINGS = {name: (column, factor) for column, (name, factor, _) in LINES.items()}
"""Column of the feature table → column of the truth, and its units per SI unit; names that are not here are the same in both."""


def true_effects(process: Process, game: Game, lines: list[dict[str, object]]) -> pl.DataFrame:
    """What the steps of the page do in the plant, per setting (row) and attribute: mean over the reference, and at the proposal.

    Columns: setting, scale (small, large), and the attributes.
    """
    names = [str(line["setting"]) for line in lines if SETTINGS.get(str(line["setting"]), (line["setting"],))[0] in STEPS]
    steps = {str(line["setting"]): (float(line["step"]), line["step_unit"] == "%") for line in lines}  # type: ignore[arg-type]
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
    """The two questions: change of the effect, and of its size."""
    return {"effect": large - small, "size": np.abs(large) - np.abs(small)}


def agreement(model: np.ndarray, truth: np.ndarray, top: int = TOP) -> tuple[float, float]:
    """Spearman correlation over all settings (0 where the model tells none apart), and agreement in sign over the largest."""
    rank = float(spearmanr(model, truth).statistic) if np.ptp(model) > 0 and np.ptp(truth) > 0 else 0.0
    largest = np.argsort(-np.abs(truth))[:top]
    return rank, float((np.sign(model[largest]) == np.sign(truth[largest])).mean())


def dealt(model: np.ndarray, truth: np.ndarray, seed: int) -> tuple[float, float]:
    """Agreement of the same changes dealt out at random, mean over shuffles."""
    rng = np.random.default_rng(seed)
    found = np.array([agreement(rng.permutation(model), truth) for _ in range(SHUFFLES)])
    return float(found[:, 0].mean()), float(found[:, 1].mean())


def always(truth: np.ndarray, sign: int, top: int = TOP) -> float:
    """Agreement in sign of one claim for every setting."""
    return float((np.sign(truth[np.argsort(-np.abs(truth))[:top]]) == sign).mean())


def played(process: Process, game: Game) -> Iterator[dict[str, object]]:
    """One line per attribute and question of a proposal."""
    places = (game.proposed, game.reference, game.train)
    said, ceiling = (interactions(process, one, *places) for one in (game.fitted, game.truth))
    true = true_effects(process, game, next(iter(said.values())))  # type: ignore[arg-type]
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


def _changes_said(lines: list[dict[str, Any]], names: list[str]) -> dict[str, np.ndarray]:
    """The two questions, answered by the lines of the page, for settings in this order."""
    by_name = {line["setting"]: (line["at_reference"], line["at_proposed"]) for line in lines}
    return changes(*np.array([by_name[name] for name in names]).T)


def report(lines: list[dict[str, object]]) -> None:
    """Print means per question and attribute, and over all."""
    table = pl.DataFrame(lines)
    numbers = ("rank", "sign", "ceiling rank", "ceiling sign", "random rank", "random sign", "always less", "always more")
    mean = [pl.col(name).mean().round(2) for name in numbers]
    by_cqa = table.group_by("question", "cqa").agg(*mean, pl.len().alias("n")).sort("question", "cqa")
    whole = table.group_by("question").agg(pl.lit("all").alias("cqa"), *mean, pl.len().alias("n")).sort("question")
    best = pl.max_horizontal("always less", "always more").alias("always")
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, tbl_hide_dataframe_shape=True):
        print(pl.concat([by_cqa, whole]).with_columns(best).drop("always less", "always more"))


def main(model_name: str, seeds: list[int]) -> None:
    """Compare all proposals of all plants."""
    process, choice = chosen(model_name)
    lines: list[dict[str, object]] = []
    for game in games(process, choice, seeds):
        lines += played(process, game)
        print(f"seed {game.seed} {game.product}: {game.reference.height} reference batches", flush=True)
    report(lines)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "lightgbm", [int(s) for s in sys.argv[2:]] or [7, 101])
