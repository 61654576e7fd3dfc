"""Contracts of the canonical tables, one class per table. Numbers are in SI; identifiers are text."""

import dataframely as dy
import polars as pl

from pipeline.domain.attributes import Attribute
from pipeline.domain.batch_columns import ROLES, batch_attributes
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.parts import LABORATORY
from pipeline.domain.process.process import Process

STATES = ["used", "set aside", "left out"]
"""What became of a batch that the files name."""
CENSORING = ["none", "left", "right"]
"""Whether a result is a measured value, or a limit that the true value lies below (left) or above (right)."""

BALANCE_KINDS = ["step", "handed over", "received"]
"""What a balance compares: out with in of a batch; what the next steps took with what it gave; its record with the transfers."""
VERDICTS = ["closes", "too low", "too high", "impossible", "not judged"]
"""What is said about a balance of a batch. Impossible: more came out than went in, beyond what measurement explains."""
OTHER_DIMENSION = "its transfers state another kind of amount than the balance, such as a volume and not a mass"
NOT_JUDGED = [
    "an amount is missing",
    "an amount is not above zero",
    "too few batches",
    "too few batches like it",
    OTHER_DIMENSION,
]
"""Why a balance is not judged."""


class Batches(dy.Schema):
    """One batch per row. `batches_contract` adds one column per attribute."""

    batch_id = dy.String(primary_key=True)
    product = dy.String()
    lineage = dy.String()
    scale = dy.Float64(min_exclusive=0)
    site = dy.String(nullable=True)
    equipment = dy.String(nullable=True)
    started_at = dy.Datetime(nullable=True)


class Results(dy.Schema):
    """One laboratory result (CQA or IPC) per row. The value of a censored result is the limit."""

    batch_id = dy.String(primary_key=True)
    attribute = dy.String(primary_key=True)
    value = dy.Float64()
    censoring = dy.Enum(CENSORING)
    available_at = dy.Datetime(nullable=True)
    """From when the result is known; null if no date says it."""


class Replicates(dy.Schema):
    """One result that is the mean of replicates: how many there are, and their standard deviation, SI. None of them is censored."""

    batch_id = dy.String(primary_key=True)
    attribute = dy.String(primary_key=True)
    replicates = dy.UInt32(min=2)
    deviation = dy.Float64(min=0)


class Lots(dy.Schema):
    """One property of one material lot per row."""

    material = dy.String(primary_key=True)
    lot_id = dy.String(primary_key=True)
    attribute = dy.String(primary_key=True)
    value = dy.Float64()


class Genealogy(dy.Schema):
    """One use of a lot per row: the share of a material in a batch that came from the lot."""

    batch_id = dy.String(primary_key=True)
    material = dy.String(primary_key=True)
    lot_id = dy.String(primary_key=True)
    fraction = dy.Float64(min_exclusive=0, max=1)

    @dy.rule()
    def shares_sum_to_one(cls) -> pl.Expr:  # noqa: N805 (dataframely hands the class)
        """The shares of one material in one batch sum to 1."""
        return (pl.col("fraction").sum().over("batch_id", "material") - 1).abs() < 1e-9


class Transfers(dy.Schema):
    """One transfer between steps per row: the share of what a batch took from a step that came from one batch of that step."""

    from_step = dy.String()
    from_batch = dy.String(primary_key=True)
    to_step = dy.String(primary_key=True)
    to_batch = dy.String(primary_key=True)
    quantity = dy.Float64(nullable=True)
    """Amount in SI, or in the unit of the file where it states none; null where a batch went on whole."""
    dimension = dy.String(nullable=True)
    """What the amount is, such as `mass` or `length^3`; null where the file states no unit."""
    fraction = dy.Float64(min_exclusive=0, max=1)


class Ancestors(dy.Schema):
    """The share of a batch of the last step that came from one batch of a step; the batch itself included."""

    batch_id = dy.String(primary_key=True)
    step = dy.String(primary_key=True)
    step_batch = dy.String(primary_key=True)
    share = dy.Float64(min_exclusive=0, max=1 + 1e-9)


class StepBatches(dy.Schema):
    """One batch of a step per row, the batches of the last step included."""

    step = dy.String(primary_key=True)
    batch_id = dy.String(primary_key=True)
    product = dy.String(nullable=True)
    """Product of the batches of the last step that it went into."""
    scale = dy.Float64(nullable=True)
    """Batch size of the step."""
    equipment = dy.String(nullable=True)
    started_at = dy.Datetime(nullable=True)
    """Start of the first batch of the last step that it went into."""
    used = dy.Bool()
    """Whether it went into a batch of the last step that is used."""


class StepValues(dy.Schema):
    """One number of one batch of a step per row, SI."""

    step = dy.String(primary_key=True)
    batch_id = dy.String(primary_key=True)
    attribute = dy.String(primary_key=True)
    value = dy.Float64()


class Trajectories(dy.Schema):
    """One sensor value per row, sorted by batch, tag and time. Time is in seconds since the first record of the batch."""

    batch_id = dy.String()
    tag = dy.String()
    time = dy.Float64(min=0)
    value = dy.Float64(nullable=True)

    @dy.rule()
    def sorted_and_once(cls) -> pl.Expr:  # noqa: N805 (dataframely hands the class)
        """Rows are sorted by batch, tag and time, and no combination occurs twice.

        Comparing neighbours is much faster on millions of rows than a primary key.
        """
        batch, tag, time = (pl.col(name) for name in ("batch_id", "tag", "time"))
        later = (batch == batch.shift()) & ((tag > tag.shift()) | ((tag == tag.shift()) & (time > time.shift())))
        return ((batch > batch.shift()) | later).fill_null(True)


class Deviations(dy.Schema):
    """One stated deviation of a batch per row, sorted by batch, begin and cause."""

    batch_id = dy.String()
    cause = dy.String()
    began = dy.Float64(nullable=True, min=0)
    """Hours from the start of the batch to the begin of the deviation; null if no file states it."""
    available_at = dy.Datetime(nullable=True)
    """From when the deviation and its cause are known; null if no date says it."""


class Quarantine(dy.Schema):
    """One reason why a raw row was set aside, with its place. The header of a file is row 1."""

    source = dy.String()
    file = dy.String()
    row = dy.UInt32()
    column = dy.String(nullable=True)
    value = dy.String(nullable=True)
    reason = dy.String()


class NamedQuarantine(Quarantine):
    """A quarantine record with the batch that its row names; null if the row names none, or its name cannot be read."""

    batch_id = dy.String(nullable=True)


class BatchStates(dy.Schema):
    """One batch that the files name, and what became of it: used, set aside, or left out on purpose."""

    batch_id = dy.String(primary_key=True)
    state = dy.Enum(STATES)


class Balances(dy.Schema):
    """One balance of one batch of a step per row. Amounts are in SI.

    Kind `handed over`: `taken` is what the batch gave, `given` is what the next steps took of it. Kind `received`: `taken` is the
    sum of the transfers into the batch, `given` is what the batch took by its own record.
    """

    kind = dy.Enum(BALANCE_KINDS, primary_key=True)
    step = dy.String(primary_key=True)
    balance = dy.String(primary_key=True)
    batch_id = dy.String(primary_key=True)
    product = dy.String(nullable=True)
    taken = dy.Float64(nullable=True)
    given = dy.Float64(nullable=True)
    lost = dy.Float64(nullable=True)
    yielded = dy.Float64(nullable=True, alias="yield")
    """given / taken."""
    closure = dy.Float64(nullable=True)
    """(given + lost) / taken. This is what is judged."""
    expected = dy.Float64(nullable=True)
    """Closure that the other batches of the product and the trend along scale lead to expect."""
    lower = dy.Float64(nullable=True)
    upper = dy.Float64(nullable=True)
    distance = dy.Float64(nullable=True)
    """Distance of the closure from the expected one, in standard deviations of a batch as the other batches show them."""
    possible = dy.Float64(nullable=True)
    """Largest closure that measurement explains where nothing is lost; at least 1."""
    verdict = dy.Enum(VERDICTS)
    reason = dy.Enum(NOT_JUDGED, nullable=True)
    """Why it is not judged; null where it is."""


class LeftOutRows(dy.Schema):
    """The rows of one file that belong to a batch which is left out on purpose, with the decision."""

    batch_id = dy.String()
    step = dy.String(nullable=True)
    """Step of the batch; null where the process declares no steps."""
    source = dy.String()
    file = dy.String()
    rows = dy.UInt32()
    who = dy.String()
    when = dy.Date()
    why = dy.String()

    @dy.rule()
    def once(cls) -> pl.Expr:  # noqa: N805 (dataframely hands the class)
        """A batch of a step is counted once per file."""
        return pl.len().over("batch_id", "step", "source", "file") == 1


class CorrectedCells(dy.Schema):
    """One cell that a correction rule changed."""

    rule = dy.String()
    file = dy.String()
    row = dy.UInt32()
    attribute = dy.String()
    old = dy.Float64(nullable=True)
    new = dy.Float64(nullable=True)


class Folds(dy.Schema):
    """Role of a batch in a fold of a protocol: training or test.

    `as_of` is the date of the question; a training result must have been available then. It is null where the question has none.
    """

    protocol = dy.String(primary_key=True)
    fold = dy.Int32(primary_key=True)
    batch_id = dy.String(primary_key=True)
    role = dy.Enum(ROLES)
    as_of = dy.Datetime(nullable=True)


def results_contract(process: Process) -> type[Results]:
    """Make the contract of the results of one process: with the laboratory of each where a source states it."""
    columns: dict[str, dy.Column] = {LABORATORY: dy.String(nullable=True)} if process.states_laboratory else {}
    return type("ResultsOf", (Results,), {**columns, "__module__": __name__})


def batches_contract(process: Process) -> type[Batches]:
    """Make the contract of the batch table of one process: the fixed columns and one column per batch attribute."""
    columns = {name: _column(process.attributes[name]) for name in batch_attributes(process)}
    return type("BatchesOf", (Batches,), {**columns, "__module__": __name__})


def _column(attribute: Attribute) -> dy.Column:
    if attribute.channels is not None:
        return dy.Array(dy.Float64(), shape=attribute.channels.count, nullable=True)
    return dy.Float64(nullable=True) if attribute.kind == "number" else dy.String(nullable=True)


def checked(frame: pl.DataFrame, contract: type[dy.Schema], table: str) -> pl.DataFrame:
    """Return the frame if it meets its contract.

    Raises ScalebridgeError with the number of failures per rule if it does not.
    """
    try:
        return contract.validate(frame)
    except dy.exc.ValidationError as error:
        raise ScalebridgeError(f"Table '{table}' does not meet its contract: {error}") from None
    except dy.exc.SchemaError as error:
        raise ScalebridgeError(f"Table '{table}' does not have the columns of its contract: {error}") from None


def empty(contract: type[dy.Schema]) -> pl.DataFrame:
    """Make a table without rows that meets the contract."""
    return pl.DataFrame(contract.create_empty())
