"""Whether history covers the proposed batch of a case."""

from collections.abc import Collection, Mapping

from pipeline.answers.applicability.evidence import evidence
from pipeline.answers.applicability.verdict import domain, refused_variables, results_of
from pipeline.answers.case.case import Case
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.result.domain import Domain
from pipeline.features.catalogue import catalogue
from pipeline.features.uninformative import uninformative


def case_domain(
    case: Case, run: PredictingRun, names: Mapping[str, str], unanswered: Collection[str] | None = None
) -> Domain:
    """Return how the batches of history cover a case.

    names: attribute or feature → display name. unanswered: quality attributes that are not answered, if this is known.
    """
    memo, stated = run.memo, case.row.row(0, named=True)
    known = [e for e in memo.of("catalogue", lambda: catalogue(run.process)) if stated.get(e.feature) is not None]
    # no model reads these, but a proposal may leave the value that they have in history
    unread = memo.of(("unread", *(e.feature for e in known)), lambda: uninformative(known, run.rows))
    made_up = {"product"} if not run.process.states_product else set()  # the same for all batches, and stated by nobody
    made_up |= {"log10_scale"} if not run.process.states_scale else set()
    features = [name for name in (*run.model.inputs, *unread, "log10_scale") if name in {*case.row.columns} - made_up]
    finals = {name: one for name, one in run.model.finals.items() if unanswered is None or name in unanswered}
    refused = refused_variables(finals, case.row)
    found = evidence(run.process, case.row, run.rows, features, refused, run.decision.domain, memo)
    results = memo.of("results", lambda: results_of(run.history.results))
    return domain(run.process, found, list(run.process.targets), results, names)
