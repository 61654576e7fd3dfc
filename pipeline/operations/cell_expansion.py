"""Features of cell therapy: expansion, transduction and waiting. Inputs are in SI units.

Inputs: seeded_cells and harvested_cells (viable), culture_volume, culture_area, culture_time, perfusion_flow, cell_density
(viable, at the time of the perfusion flow); vector_volume, vector_titre (transducing units per volume), exposed_cells,
transduction_volume (cells, medium and vector), vector_copies and reference_copies of a gene of the same sample,
transduced_share as measured; hold_time, transit_time, viability_before and viability_after them.
"""

import polars as pl

from pipeline import similarity
from pipeline.domain.process.operation_kinds import quantities
from pipeline.operations.feature import Feature
from pipeline.operations.unit_operation import UnitOperation

ELLIS = "Ellis, Delbrück (1939) J. Gen. Physiol. 22, 365"
FEHSE = "Fehse et al. (2004) Gene Ther. 11, 879"
KUNZ = "Kunz et al. (2020) Mol. Ther. Methods Clin. Dev. 17, 448"
DEFINITION = "definition"

EXPANDED = ("harvested_cells", "seeded_cells")
VECTOR = ("vector_volume", "vector_titre", "exposed_cells")
COPIES = ("vector_copies", "reference_copies")
WAITED = ("hold_time", "transit_time")

INPUTS = quantities(
    seeded_cells=("cell", "viable cells at the start"),
    harvested_cells=("cell", "viable cells at harvest"),
    culture_volume=("mL", "volume of the culture"),
    culture_area=("cm2", "surface on which the cells grow"),
    culture_time=("d", "time from seeding to harvest"),
    perfusion_flow=("mL/d", "fresh medium per time"),
    cell_density=("cell/mL", "viable cells per volume at the time of the perfusion flow"),
    vector_volume=("mL", "volume of vector"),
    vector_titre=("1/mL", "transducing units per volume of vector"),
    exposed_cells=("cell", "viable cells at transduction"),
    transduction_volume=("mL", "volume of cells, medium and vector at transduction"),
    vector_copies=("copies", "copies of the vector in a sample"),
    reference_copies=("copies", "copies of a gene in the same sample that is there once per haploid genome"),
    transduced_share=("%", "share of cells with the vector, as measured"),
    hold_time=("h", "time in which cells are held"),
    transit_time=("h", "time in which cells travel"),
    viability_before=("%", "viability before hold and transit"),
    viability_after=("%", "viability after hold and transit"),
)


def expected_transduced_share(*vector: pl.Expr) -> pl.Expr:
    """Share of cells with a vector if all cells are alike [-]; takes the inputs `VECTOR` in their order."""
    return similarity.transduced_share(similarity.multiplicity_of_infection(*vector))


def copies_per_transduced_cell(vector_copies: pl.Expr, reference_copies: pl.Expr, transduced_share: pl.Expr) -> pl.Expr:
    """Mean vector copies of the transduced cells [-]."""
    average = similarity.vector_copies_per_cell(vector_copies, reference_copies)
    return similarity.copies_per_transduced_cell(average, transduced_share)


def viability_loss_rate(
    viability_before: pl.Expr, viability_after: pl.Expr, hold_time: pl.Expr, transit_time: pl.Expr
) -> pl.Expr:
    """Loss of viable cells per time of waiting [1/s]."""
    waited = similarity.waiting_time(hold_time, transit_time)
    return similarity.viability_loss_rate(viability_before, viability_after, waited)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "seeding_density",
        "1/mL",
        ("seeded_cells", "culture_volume"),
        similarity.seeding_density,
        "Viable cells per volume at the start: signals between cells, time to harvest",
        DEFINITION,
    ),
    Feature(
        "seeding_density_per_area",
        "1/cm^2",
        ("seeded_cells", "culture_area"),
        similarity.seeding_density_per_area,
        "Viable cells per surface at the start, for cells that settle or attach",
        DEFINITION,
    ),
    Feature(
        "fold_expansion",
        "dimensionless",
        EXPANDED,
        similarity.fold_expansion,
        "Viable cells at harvest over viable cells seeded",
        DEFINITION,
    ),
    Feature(
        "population_doublings",
        "dimensionless",
        EXPANDED,
        similarity.population_doublings,
        "Doublings of the population: age and differentiation of the cells",
        "Hayflick, Moorhead (1961) Exp. Cell Res. 25, 585",
    ),
    Feature(
        "doubling_time",
        "h",
        (*EXPANDED, "culture_time"),
        similarity.doubling_time,
        "Time in which the population doubles",
        "Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 12",
    ),
    Feature(
        "perfusion_per_cell",
        "pL/d",
        ("perfusion_flow", "cell_density", "culture_volume"),
        similarity.perfusion_per_cell,
        "Fresh medium per viable cell and day (CSPR)",
        "Ozturk (1996) Cytotechnology 22, 3",
    ),
    Feature(
        "multiplicity_of_infection",
        "dimensionless",
        VECTOR,
        similarity.multiplicity_of_infection,
        "Transducing units per cell (MOI)",
        ELLIS,
    ),
    Feature(
        "expected_transduced_share",
        "percent",
        VECTOR,
        expected_transduced_share,
        "Share of cells with a vector if all cells are alike: an upper limit",
        FEHSE,
    ),
    Feature(
        "transduction_volume_ratio",
        "percent",
        ("vector_volume", "transduction_volume"),
        similarity.transduction_volume_ratio,
        "Volume of vector in the volume during transduction: how often vector and cells meet",
        DEFINITION,
    ),
    Feature(
        "vector_copies_per_cell",
        "dimensionless",
        COPIES,
        similarity.vector_copies_per_cell,
        "Vector copies per cell, mean of all cells (VCN)",
        KUNZ,
    ),
    Feature(
        "copies_per_transduced_cell",
        "dimensionless",
        (*COPIES, "transduced_share"),
        copies_per_transduced_cell,
        "Vector copies per cell, mean of the transduced cells: safety",
        FEHSE,
    ),
    Feature(
        "waiting_time", "h", WAITED, similarity.waiting_time, "Time that cells wait: hold and transit together", DEFINITION
    ),
    Feature(
        "viability_loss_rate",
        "1/d",
        ("viability_before", "viability_after", *WAITED),
        viability_loss_rate,
        "Viable cells lost per time of waiting: compares routes and containers",
        DEFINITION,
    ),
)

OPERATION = UnitOperation(inputs=INPUTS, features=FEATURES)
