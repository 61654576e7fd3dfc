"""The search for the runs below the proposed scale that most reduce the risk of the decision."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.case.transfer_change import COLUMN
from pipeline.answers.limits import NextRunsConfig
from pipeline.answers.next_runs.belief import belief_of, chances_beyond, limits_with
from pipeline.answers.next_runs.decision_risk import GoDecision, RunChoice, best_runs, choose
from pipeline.answers.next_runs.joint_belief import JointBelief
from pipeline.answers.result.scenarios import Withheld
from pipeline.domain.process.axis_words import Change
from pipeline.domain.process.process import Process
from pipeline.domain.scale import larger_scale, same_scale, scale_levels
from pipeline.domain.specification_limits import limits_of
from pipeline.forecasting.calibrated_model import CalibratedModel
from pipeline.forecasting.joint_chance import JointErrors, chance_of_batch
from pipeline.forecasting.normal_probability import Probability

LEVEL = "_level"
"""Column of the places: level of the scale, SI."""


@dataclass(frozen=True)
class RunSearch:
    """The result of the search. Candidates are numbers of rows of `places`."""

    attributes: tuple[str, ...]
    """Those with a specification."""
    places: pl.DataFrame
    """Feature rows: the proposed place, then the candidates, with the column LEVEL."""
    decision: GoDecision
    batch: Probability
    """Chance that one batch at the proposed place meets all specifications, as in the answer."""
    chosen: tuple[RunChoice, ...]
    """The runs to make, in this order."""
    best: tuple[RunChoice, ...]
    """The best single run at each scale."""
    companions: Mapping[str, str]
    """Attribute whose covariance comes from a companion, which does not answer → kind of the model that answers."""


def search_runs(
    process: Process,
    proposed: pl.DataFrame,
    rows: pl.DataFrame,
    finals: Mapping[str, CalibratedModel],
    joint: JointErrors,
    config: NextRunsConfig,
    seed: int,
    change: Change = "scale",
) -> RunSearch | Withheld:
    """Search for the runs whose results are expected to reduce the risk of the decision on the proposed batch the most.

    proposed: its feature row; rows: those of history; finals: the trained model of each attribute; joint: correlation of the
    errors of the attributes with a specification. A candidate is the proposed product made as some batch of history below
    the proposed scale was made. These settings are known to be possible on equipment that exists. change: what the transfer
    changes. For another site or device, batches at the proposed scale at other places are candidates as well.
    """
    if not joint.targets:
        return Withheld("no specification is given")
    if not process.states_scale and change not in COLUMN:
        return Withheld("the process definition states no `scale`, and a run to propose is smaller than the proposed batch")
    places = candidate_places(process, proposed, rows, config.candidates_per_scale, change)
    if places.height < 2:
        return Withheld(f"no batch of history is {_searched(change, sized=process.states_scale)}")
    parts = {name: finals[name].hierarchical for name in joint.targets}
    if lacking := [name for name, part in parts.items() if part is None]:
        return Withheld(_why_lacking(process, finals, lacking))
    ends = limits_of(process, joint.targets)
    beliefs = {name: belief_of(finals[name], part, places) for name, part in parts.items() if part is not None}
    beyond = np.array([chances_beyond(finals[name], belief.forecast, ends[name]) for name, belief in beliefs.items()])
    tied = JointBelief.of(list(beliefs.values()), joint.correlation)
    decision = GoDecision(tied, [limits_with(*chances) for chances in beyond], seed)
    below, above = beyond.T
    return RunSearch(
        joint.targets,
        places,
        decision,
        chance_of_batch(below, above, joint.correlation),
        choose(decision, range(1, places.height), config.runs),
        best_runs(decision, _by_place(places, _keys(change))),
        {name: finals[name].model.kind for name in joint.targets if finals[name].companion is not None},
    )


def candidate_places(
    process: Process, proposed: pl.DataFrame, rows: pl.DataFrame, most: int, change: Change = "scale"
) -> pl.DataFrame:
    """Return the proposed row, then the proposed product in the place of batches below its scale, at most `most` per scale.

    For another site or device, batches at the proposed scale in another place are taken as well, at most `most` per scale
    and place.
    """
    scale, tolerance, keys = float(proposed["scale"][0]), process.scale.tolerance, _keys(change)
    taken = larger_scale(scale, pl.col("scale"), tolerance)
    if change in COLUMN:
        place = pl.lit(proposed[COLUMN[change]][0], pl.String)
        taken |= same_scale(pl.col("scale"), scale, tolerance) & pl.col(COLUMN[change]).ne_missing(place)
    below = rows.filter(taken)
    level = scale_levels(below["scale"], process.scale.tolerance).alias(LEVEL)
    spaced = (
        below.with_columns(level)
        .sort(*keys, "batch_id")
        .with_columns(_n=pl.len().over(keys), _i=pl.int_range(pl.len()).over(keys))
        .filter((pl.col("_i") * most // pl.col("_n")) != ((pl.col("_i") - 1) * most // pl.col("_n")))
    )
    ours = [proposed[name][0] for name in ("product", "lineage")]
    placed = spaced.with_columns(pl.lit(ours[0]).alias("product"), pl.lit(ours[1]).alias("lineage")).drop("_n", "_i")
    own = proposed.with_columns(pl.col("scale").alias(LEVEL))
    return pl.concat([own, placed], how="diagonal_relaxed")


def _why_lacking(process: Process, finals: Mapping[str, CalibratedModel], lacking: list[str]) -> str:
    """Return why no run can be proposed where attributes have no hierarchical model."""
    answered = "; ".join(f"{process.display_name(name)} by the model '{finals[name].model.kind}'" for name in lacking)
    return (
        "only a hierarchical model gives the correlation between runs at different places, and these attributes with a "
        f"specification are answered without one: {answered}"
    )


def _keys(change: Change) -> list[str]:
    """Return the columns by which candidates are grouped."""
    return [LEVEL, COLUMN[change]] if change in COLUMN else [LEVEL]


def _searched(change: Change, *, sized: bool) -> str:
    elsewhere = {"site": "at another site", "device": "on another device"}.get(change)
    smaller = "smaller than the proposed scale"
    if elsewhere is None:
        return smaller
    return f"{elsewhere} or {smaller}" if sized else elsewhere


def _by_place(places: pl.DataFrame, keys: list[str]) -> list[list[int]]:
    """Return the candidates of each group, from the smallest scale up. Row 0, the proposed place, is no candidate."""
    numbered = places.with_row_index("_row").slice(1).sort(*keys, "_row")
    return [part["_row"].to_list() for _, part in numbered.group_by(keys, maintain_order=True)]
