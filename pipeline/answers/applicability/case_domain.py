"""Whether history covers the proposed batch of a case."""

from collections.abc import Collection, Mapping

from pipeline.answers.applicability.evidence import evidence
from pipeline.answers.applicability.verdict import domain, refused_variables, results_of
from pipeline.answers.case.case import Case
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.result.domain import Domain
from pipeline.features.scales import sizes_of_steps


def case_domain(
    case: Case, run: PredictingRun, names: Mapping[str, str], unanswered: Collection[str] | None = None
) -> Domain:
    """Return how the batches of history cover a case.

    names: attribute or feature → display name. unanswered: quality attributes that are not answered, if this is known.
    """
    seen = run.seen
    known = tuple(
        e.feature for e in seen.entries.values() if e.feature in case.row.columns and case.row[e.feature][0] is not None
    )
    # no model reads these, but a proposal may leave the value that they have in history
    unread = seen.uninformative(known)
    made_up = {"product"} if not run.process.states_product else set()  # the same for all batches, and stated by nobody
    made_up |= {"log10_scale"} if not run.process.states_scale else set()
    sizes = sizes_of_steps(run.process)  # the batch size itself is shown, not its logarithm
    named = dict.fromkeys(sizes.get(name, name) for name in (*run.model.inputs, *unread, "log10_scale"))
    features = [name for name in named if name in {*case.row.columns} - made_up]
    finals = {name: one for name, one in run.model.finals.items() if unanswered is None or name in unanswered}
    found = evidence(run.process, case.row, seen, features, refused_variables(finals, case.row))
    results = run.memo.of("results", lambda: results_of(run.history.shown_results))
    return domain(run.process, found, list(run.process.targets), results, names)
