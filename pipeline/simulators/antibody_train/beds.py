"""Packed beds: volume, compression, and plates. Shared by capture and polishing."""

import numpy as np

from pipeline.simulators.arrays import Array


def bed_volume(diameter: Array, height_cm: Array) -> Array:
    """Volume of the bed [L], π/4·d²·L; diameter [m], height [cm]."""
    return np.asarray(np.pi / 4 * diameter**2 * height_cm / 100 * 1000)


def aspect(diameter: Array, height_cm: Array) -> Array:
    """Diameter of the bed over its height [-]."""
    return np.asarray(diameter / (height_cm / 100))


def compression(velocity: Array, diameter: Array, height_cm: Array) -> Array:
    """Share by which flow compresses the bed [-]; velocity [cm/h].

    The wall carries a part of the drag. It carries less in a wide bed: the velocity times the bed height at which a bed of soft
    beads collapses falls with the diameter over the height to a plateau (Stickel, Fotopoulos 2001, Biotechnol. Prog. 17, 744).
    Here the compression is 0.3 times the drag over its critical value, which is 2.4 times as large in a thin bed as in a wide one.
    """
    critical = 12_000 * (1 + 1.4 / (1 + aspect(diameter, height_cm) / 0.4))  # cm²/h
    return np.asarray(np.minimum(0.3 * velocity * height_cm / critical, 0.5))


def tracer_plate_height(velocity: Array, diameter: Array, height_cm: Array) -> Array:
    """Reduced height of a plate of the packed bed for a tracer [-], in diameters of a bead; velocity [cm/h].

    Packing and slow diffusion give 2.5 + 0.004·u. The distributors of a wide and short bed add dispersion outside of the bed, here
    0.9 times diameter over height (Carta, Jungbauer 2020, Protein Chromatography, 2nd edition, chapter 9, for the form).
    """
    return np.asarray(2.5 + 0.004 * velocity + 0.9 * aspect(diameter, height_cm))


def plates(height_cm: Array, reduced: Array, bead: float) -> Array:
    """Number of plates [-], L/(h·d); height of the bed [cm], reduced plate height [-], diameter of a bead [m]."""
    return np.asarray(height_cm / 100 / (reduced * bead))
