"""The form in which fitted models are saved as JSON: one typed dictionary per kind of model, with the keys of the files.

`to_dict` of a fitted model returns its form, and `registry.from_dict` makes the model from it. The keys of old files stay
valid, so some keys differ from the names of the attributes that they hold.
"""

from typing import Literal, NotRequired, TypedDict

from pipeline.extrapolation.kinds import SavedExtent


class SavedTask(TypedDict):
    """A learning task, without the scale tolerance, which the training extent holds."""

    target: str
    numeric: list[str]
    categorical: list[str]
    lowest: float | None
    highest: float | None
    comparable: list[str]
    groups: list[str]
    refuse: list[str]
    rising: list[str]
    falling: list[str]
    spectra: NotRequired[list[str]]
    """Left out where there is none, as in old files."""
    intermediates: NotRequired[list[str]]
    """Absent where none is measured, as in models that were saved before there were members of intermediates."""
    later: NotRequired[dict[str, list[str]]]
    """Absent where no feature belongs to a later step than an intermediate."""
    by_device: NotRequired[bool]
    """Absent where equipment that another lineage ran on is no new place."""


class SavedGlobalMean(TypedDict):
    """The mean of all training batches."""

    mean: float
    kind: Literal["global_mean"]


class SavedCarryOver(TypedDict):
    """Means per product and per lineage."""

    products: dict[str, float]
    lineages: dict[str, float]
    mean: float
    kind: Literal["carry_over"]


class SavedEncoding(TypedDict):
    """The encoding of features for a linear model, one list entry per numeric feature."""

    numeric: list[str]
    logs: list[bool]
    medians: list[float]
    means: list[float]
    deviations: list[float]
    lows: list[float]
    highs: list[float]
    gaps: list[str]
    categories: dict[str, list[str]]


class SavedRidge(TypedDict):
    """A ridge regression."""

    encoding: SavedEncoding
    coefficients: list[float]
    intercept: float
    centre: list[float]
    penalty: float
    kind: Literal["ridge"]


class SavedLayout(TypedDict):
    """Which components a Gaussian model has."""

    groups: list[str]
    quantities: list[str]
    own: list[int]
    line: int
    smooth: bool
    steps: bool


class SavedVariances(TypedDict):
    """Variance of each component and of the noise."""

    parts: list[float]
    noise: float


class SavedTargetScale(TypedDict):
    """The scale on which a model describes its target."""

    kind: Literal["recorded", "log", "logit"]
    low: float
    high: float


class SavedRows(TypedDict):
    """Encoded training rows and their weights: lists, or packed as text where there are many rows."""

    values: list[list[float]] | str
    codes: list[list[int]] | str
    decades: list[float] | str
    alpha: list[float] | str


class SavedHierarchical(SavedRows):
    """A Gaussian model with its encoded training rows."""

    kind: Literal["hierarchical", "additive_table"]
    encoding: SavedEncoding
    levels: dict[str, list[str]]
    layout: SavedLayout
    variances: SavedVariances
    mean: float
    deviation: float
    target_scale: NotRequired[SavedTargetScale]
    """Absent where it is the recorded scale, as in models that were saved before there were others."""


class SavedCurve(TypedDict):
    """A curve as heights and slopes at knots."""

    first: float
    heights: list[float]
    slopes: list[float]


class SavedSums(TypedDict):
    """Sums over the training rows of a Gaussian model."""

    constant: float
    levels: list[list[float]]
    slopes: list[float]
    own_slopes: list[list[float]]
    curves: list[SavedCurve]
    decades: list[float]
    drift: list[list[float]]


class SavedKnots(TypedDict):
    """Knots of a curve, and the combinations of them that are its columns."""

    places: list[float]
    whitened: list[list[float]]


class SavedSpread(TypedDict):
    """The variance that training rows explain: the columns, and the root of the quadratic form."""

    counts: list[int]
    curves: list[SavedKnots]
    scales: list[float]
    drift: list[list[list[float]]]
    root: list[list[float]]


class SavedSealed(TypedDict):
    """A Gaussian model without its training rows."""

    kind: Literal["sealed"]
    of: Literal["hierarchical", "additive_table"]
    encoding: SavedEncoding
    levels: dict[str, list[str]]
    layout: SavedLayout
    variances: SavedVariances
    mean: float
    deviation: float
    sums: SavedSums
    spread: SavedSpread | None
    target_scale: SavedTargetScale


SavedGaussian = SavedHierarchical | SavedSealed
"""A Gaussian model with or without its training rows."""


class SavedSurfaceParameters(TypedDict):
    """Variances and length scales of a smooth surface."""

    levels: list[float]
    slopes: float
    own_slopes: float
    surface: float
    noise: float
    lengths: list[float]
    level_lengths: list[float]


class SavedSmoothSurface(TypedDict):
    """A smooth surface with its encoded training rows."""

    kind: Literal["smooth_surface"]
    encoding: SavedEncoding
    levels: dict[str, list[str]]
    parameters: SavedSurfaceParameters
    values: list[list[float]]
    codes: list[list[int]]
    alpha: list[float]
    mean: float
    deviation: float
    logarithm: bool


class SavedTreeTask(TypedDict):
    """Target and features of trees."""

    target: str
    numeric: list[str]
    categorical: list[str]


class SavedLightGBM(TypedDict):
    """Trees in LightGBM's own text format."""

    kind: Literal["lightgbm"]
    task: SavedTreeTask
    categories: dict[str, list[str]]
    text: str
    indicators: bool
    of_new_products: NotRequired["SavedLightGBM"]
    """Trees that predict products without training batches. Absent where the trees above predict them too."""
    target_scale: NotRequired[SavedTargetScale]
    """Absent where it is the recorded scale."""


class SavedExtraTrees(TypedDict):
    """Trees as arrays over the nodes of all trees. A leaf has the feature −1."""

    kind: Literal["extra_trees"]
    encoding: SavedEncoding
    feature: list[int]
    threshold: list[float]
    left: list[int]
    right: list[int]
    value: list[float]
    roots: list[int]


class SavedBoosted(TypedDict):
    """A hierarchical model and trees. In a blend, `base` may be the index of the member that is the hierarchical model."""

    kind: Literal["boosted"]
    base: SavedGaussian | int
    trees: SavedLightGBM


class SavedIntermediates(TypedDict):
    """A model per intermediate, and the model that reads their forecasts. In a blend, `second` may be the index of a member."""

    kind: Literal["intermediates"]
    names: list[str]
    first: list[SavedGaussian]
    second: SavedGaussian | int


class SavedSpectrum(TypedDict):
    """The encoding of a spectrum: one list entry per channel."""

    means: list[float]
    deviations: list[float]
    axes: list[list[float]]
    square: float
    farthest: float


class SavedSpectral(TypedDict):
    """A Gaussian model that reads spectra, as sums over its training rows and the rows that its surfaces rest on."""

    kind: Literal["spectral"]
    levels: dict[str, list[str]]
    encoding: SavedEncoding
    square: float
    spectra: dict[str, SavedSpectrum]
    constant: float
    effects: list[list[float]]
    slopes: list[float]
    channel_slopes: list[list[float]]
    known_numbers: list[list[float]]
    known_scores: list[list[list[float]]]
    weights: list[list[float]]
    variances: SavedVariances
    mean: float
    deviation: float


SavedMember = (
    SavedGlobalMean
    | SavedCarryOver
    | SavedGaussian
    | SavedSmoothSurface
    | SavedLightGBM
    | SavedExtraTrees
    | SavedBoosted
    | SavedIntermediates
    | SavedSpectral
)
"""A member of a blend."""


class SavedSuperLearner(TypedDict):
    """A blend. `gauge` is the model that gives the spread, or the index of the member that is this model."""

    kind: Literal["super_learner"]
    members: list[SavedMember]
    weights: dict[str, list[float]]
    known: SavedExtent
    gauge: SavedGaussian | int | None


SavedModel = SavedMember | SavedRidge | SavedSuperLearner
"""Any model, told apart by the key `kind`."""
