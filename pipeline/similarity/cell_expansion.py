"""Cell therapy: expansion, feeding, transduction, and the time that cells wait."""

import math

import polars as pl


def seeding_density(seeded_cells: pl.Expr, culture_volume: pl.Expr) -> pl.Expr:
    """Viable cells per volume at the start of a culture [1/m³], n₀/V.

    seeded_cells n₀ [-], culture_volume V [m³]. Exact.

    >>> pl.select(seeding_density(pl.lit(1e8), pl.lit(2e-4)) / 1e6).item()
    500000.0

    Reference: definition.
    """
    return seeded_cells / culture_volume


def seeding_density_per_area(seeded_cells: pl.Expr, culture_area: pl.Expr) -> pl.Expr:
    """Viable cells per surface at the start of a culture [1/m²], n₀/A: for cells that settle or attach.

    seeded_cells n₀ [-], culture_area A [m²]. Exact.

    >>> pl.select((seeding_density_per_area(pl.lit(1e8), pl.lit(0.01)) / 1e4).round(6)).item()
    1000000.0

    Reference: definition.
    """
    return seeded_cells / culture_area


def fold_expansion(harvested_cells: pl.Expr, seeded_cells: pl.Expr) -> pl.Expr:
    """Viable cells at harvest over viable cells seeded [-], n/n₀.

    harvested_cells n and seeded_cells n₀ [-]. Exact; cells taken out for samples must be counted in n.

    >>> pl.select(fold_expansion(pl.lit(5e9), pl.lit(1e8))).item()
    50.0

    Reference: definition.
    """
    return harvested_cells / seeded_cells


def population_doublings(harvested_cells: pl.Expr, seeded_cells: pl.Expr) -> pl.Expr:
    """Number of doublings of the population [-], PD = log₂(n/n₀).

    harvested_cells n and seeded_cells n₀ [-], both above zero. It counts net growth: death hides divisions.

    >>> pl.select(population_doublings(pl.lit(8e8), pl.lit(1e8)).round(6)).item()
    3.0

    Reference: Hayflick, Moorhead (1961) Exp. Cell Res. 25, 585.
    """
    return (harvested_cells / seeded_cells).log() / math.log(2)


def doubling_time(harvested_cells: pl.Expr, seeded_cells: pl.Expr, culture_time: pl.Expr) -> pl.Expr:
    """Time in which the population doubles [s], t_d = t·ln 2/ln(n/n₀).

    harvested_cells n and seeded_cells n₀ [-], culture_time t [s]. Valid for exponential growth over the whole time; a lag phase
    makes it longer. Without net growth it has no meaning: the result is then infinite or negative.

    >>> pl.select(doubling_time(pl.lit(8e8), pl.lit(1e8), pl.lit(72.0)).round(6)).item()
    24.0

    Reference: Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 12.
    """
    return culture_time * math.log(2) / (harvested_cells / seeded_cells).log()


def perfusion_per_cell(perfusion_flow: pl.Expr, cell_density: pl.Expr, culture_volume: pl.Expr) -> pl.Expr:
    """Fresh medium per viable cell and time [m³/s], CSPR = F/(X·V); 8.64·10¹⁹ times the result is pL per cell and day.

    perfusion_flow F [m³/s], viable cell_density X [1/m³], culture_volume V [m³]. Exact. At equal CSPR cells of any density find
    equal medium.

    >>> pl.select((perfusion_per_cell(pl.lit(1e-3 / 86_400), pl.lit(20e12), pl.lit(1e-3)) * 8.64e19).round(6)).item()
    50.0

    Reference: Ozturk (1996) Cytotechnology 22, 3.
    """
    return perfusion_flow / (cell_density * culture_volume)


def multiplicity_of_infection(vector_volume: pl.Expr, vector_titre: pl.Expr, exposed_cells: pl.Expr) -> pl.Expr:
    """Transducing units per cell [-], MOI = V·T/n.

    vector_volume V [m³], vector_titre T in transducing units [1/m³], exposed_cells n [-]. Exact as a ratio. The titre depends on
    the cells on which it was measured, so that lots of different assays do not compare.

    >>> pl.select(multiplicity_of_infection(pl.lit(1e-6), pl.lit(5e14), pl.lit(1e8))).item()
    5.0

    Reference: Ellis, Delbrück (1939) J. Gen. Physiol. 22, 365.
    """
    return vector_volume * vector_titre / exposed_cells


def transduced_share(multiplicity_of_infection: pl.Expr) -> pl.Expr:
    """Share of cells with one vector or more [-], 1 − exp(−MOI).

    multiplicity_of_infection [-]. An upper limit: valid for equal cells that all vectors reach (Poisson). Real cultures stay below.

    >>> pl.select(transduced_share(pl.lit(0.5)).round(4)).item()
    0.3935

    Reference: Ellis, Delbrück (1939) J. Gen. Physiol. 22, 365; Fehse et al. (2004) Gene Ther. 11, 879.
    """
    return 1 - (-multiplicity_of_infection).exp()


def vector_copies_per_cell(vector_copies: pl.Expr, reference_copies: pl.Expr) -> pl.Expr:
    """Integrated vector copies per diploid cell [-], VCN = 2·c_v/c_r.

    vector_copies c_v and reference_copies c_r of a gene that is there once per haploid genome, both from the same sample [-].
    Valid for diploid cells, after free vector has been lost (about a week).

    >>> pl.select(vector_copies_per_cell(pl.lit(1500.0), pl.lit(2000.0))).item()
    1.5

    Reference: Kunz et al. (2020) Mol. Ther. Methods Clin. Dev. 17, 448.
    """
    return 2 * vector_copies / reference_copies


def copies_per_transduced_cell(vector_copies_per_cell: pl.Expr, transduced_share: pl.Expr) -> pl.Expr:
    """Mean vector copies of the cells that have one or more [-], VCN/f.

    vector_copies_per_cell VCN of all cells [-], transduced_share f [-]. Exact where f counts all cells with a copy; silent copies
    make it too high. Authorities usually expect fewer than 5.

    >>> pl.select(copies_per_transduced_cell(pl.lit(1.5), pl.lit(0.5))).item()
    3.0

    Reference: Fehse et al. (2004) Gene Ther. 11, 879.
    """
    return vector_copies_per_cell / transduced_share


def transduction_volume_ratio(vector_volume: pl.Expr, transduction_volume: pl.Expr) -> pl.Expr:
    """Volume of vector over the whole volume during transduction [-], V_v/V.

    vector_volume V_v and transduction_volume V with cells, medium and vector [m³]. Exact. It sets how much of the medium of the
    vector reaches the cells, and the concentration in which vector and cells meet.

    >>> pl.select(transduction_volume_ratio(pl.lit(5.0), pl.lit(50.0))).item()
    0.1

    Reference: definition.
    """
    return vector_volume / transduction_volume


def waiting_time(hold_time: pl.Expr, transit_time: pl.Expr) -> pl.Expr:
    """Time that cells wait between two steps [s], hold and transit together.

    hold_time and transit_time [s]. Exact.

    >>> pl.select(waiting_time(pl.lit(3600.0), pl.lit(7200.0))).item()
    10800.0

    Reference: definition.
    """
    return hold_time + transit_time


def viability_loss_rate(viability_before: pl.Expr, viability_after: pl.Expr, waiting_time: pl.Expr) -> pl.Expr:
    """Rate at which viable cells are lost while they wait [1/s], k = ln(v₀/v)/t.

    viability_before v₀ and viability_after v [-], waiting_time t [s], all above zero. Valid for a constant rate and dead cells that
    stay countable.

    >>> pl.select((viability_loss_rate(pl.lit(0.95), pl.lit(0.9), pl.lit(86_400.0)) * 86_400).round(4)).item()
    0.0541

    Reference: first-order loss; definition.
    """
    return (viability_before / viability_after).log() / waiting_time
