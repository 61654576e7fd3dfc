"""Filtration in one pass through depth, sterile and virus filters: load, flux and plugging."""

import polars as pl


def filter_throughput(volume: pl.Expr, area: pl.Expr) -> pl.Expr:
    """Volume filtered per area of a filter [m³/m²], V/A: the load of the filter.

    volume V [m³], area A [m²]. Exact. At equal throughput two filters of one type hold back equal deposits per area.

    >>> pl.select(filter_throughput(pl.lit(2.0), pl.lit(10.0))).item()
    0.2

    Reference: definition.
    """
    return volume / area


def filter_flux(volume: pl.Expr, area: pl.Expr, time: pl.Expr) -> pl.Expr:
    """Mean flux through a filter [m/s], J = V/(A·t); 3.6·10⁶ times the result is L/(m²·h).

    volume V [m³], area A [m²], time t [s]. Exact.

    >>> pl.select((filter_flux(pl.lit(2.0), pl.lit(10.0), pl.lit(7200.0)) * 3.6e6).round(6)).item()
    100.0

    Reference: definition.
    """
    return volume / (area * time)


def load_per_area(concentration: pl.Expr, volume: pl.Expr, area: pl.Expr) -> pl.Expr:
    """What reaches a filter per area [kg/m², or cells 1/m²], c·V/A.

    concentration c of cells [1/m³] or of a substance [kg/m³], volume V [m³], area A [m²]. Exact.

    >>> pl.select(load_per_area(pl.lit(5.0), pl.lit(2.0), pl.lit(10.0))).item()
    1.0

    Reference: definition.
    """
    return concentration * volume / area


def permeability(flux: pl.Expr, pressure: pl.Expr) -> pl.Expr:
    """Flux per pressure [m/(s·Pa)], L = J/Δp: falls while a filter plugs, and with the viscosity of the liquid.

    flux J [m/s], pressure difference Δp [Pa]. Valid for laminar flow through the pores.

    >>> pl.select((permeability(pl.lit(100 / 3.6e6), pl.lit(1e5)) * 3.6e6 * 1e5).round(6)).item()
    100.0

    Reference: Darcy (1856); Doran (2013) Bioprocess Engineering Principles, 2nd edition, chapter 11.
    """
    return flux / pressure


def plugging(throughput: pl.Expr, capacity: pl.Expr) -> pl.Expr:
    """Share of the capacity of a filter that is used [-], V/Vmax.

    throughput V/A and capacity Vmax/A [m³/m²]. Vmax is the throughput of the plugged filter, from a test at constant pressure.
    Valid where pores narrow gradually; other mechanisms of plugging have no finite Vmax.

    >>> pl.select(plugging(pl.lit(0.2), pl.lit(0.8))).item()
    0.25

    Reference: Badmington et al. (1995) Pharm. Technol. 19, 64.
    """
    return throughput / capacity


def flux_left(throughput: pl.Expr, capacity: pl.Expr) -> pl.Expr:
    """Flux over the flux of the clean filter at constant pressure [-], J/J₀ = (1 − V/Vmax)².

    throughput V/A and capacity Vmax/A [m³/m²]. Valid where pores narrow gradually (standard blocking), for a throughput below the
    capacity.

    >>> pl.select(flux_left(pl.lit(0.4), pl.lit(0.8))).item()
    0.25

    Reference: Hermans, Bredée (1936) J. Soc. Chem. Ind. 55, 1; Badmington et al. (1995) Pharm. Technol. 19, 64.
    """
    return (1 - throughput / capacity) ** 2


def least_filter_area(volume: pl.Expr, capacity: pl.Expr, clean_flux: pl.Expr, time: pl.Expr) -> pl.Expr:
    """Area that filters a volume in a given time at constant pressure [m²], A = V·(1/Vmax + 1/(J₀·t)).

    volume V [m³], capacity Vmax/A [m³/m²], clean_flux J₀ [m/s], time t [s]. Valid where pores narrow gradually. Plants add a
    factor of safety of 1.3 to 2.

    >>> pl.select(least_filter_area(pl.lit(1.0), pl.lit(1.0), pl.lit(1e-4), pl.lit(10_000.0)).round(6)).item()
    2.0

    Reference: Badmington et al. (1995) Pharm. Technol. 19, 64.
    """
    return volume * (1 / capacity + 1 / (clean_flux * time))
