"""Shapley values: fair shares of a difference among players (Shapley 1953, Contributions to the Theory of Games II, 307).

The shares sum exactly to v(all) − v(none). With few players, every coalition is evaluated. With many, random orders are used,
each with its reverse (Castro, Gómez, Tejada 2009, Comput. Oper. Res. 36, 1726; antithetic as in Mitchell et al. 2022, JMLR 23,
43). Along each order the steps sum to the whole difference, so the sum has no sampling error for any number of orders.
"""

from math import comb

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Masks = NDArray[np.bool_]


def all_masks(players: int) -> Masks:
    """Return every coalition, (2^players, players). The bits of the row number are the coalition, the first player the lowest."""
    return np.asarray((np.arange(2**players)[:, None] >> np.arange(players)) % 2 == 1, dtype=np.bool_)


def exact(values: FloatArray) -> FloatArray:
    """Return the shares, (p, targets), from the value of every coalition.

    values: (2^p, targets) in the order of `all_masks`.
    """
    players = len(values).bit_length() - 1
    number = np.arange(len(values))
    sizes = all_masks(players).sum(axis=1)
    shares = np.zeros((players, values.shape[1]))
    for player in range(players):
        without = number[(number >> player) % 2 == 0]
        weight = 1 / (players * np.array([comb(players - 1, int(size)) for size in sizes[without]]))
        shares[player] = weight @ (values[without + 2**player] - values[without])
    return shares


def orders(players: int, pairs: int, seed: int) -> NDArray[np.int64]:
    """Return random orders, each followed by its reverse: (2·pairs, players)."""
    rng = np.random.default_rng(seed)
    drawn = np.array([rng.permutation(players) for _ in range(pairs)], dtype=np.int64).reshape(pairs, players)
    return np.stack([drawn, drawn[:, ::-1]], axis=1).reshape(2 * pairs, players)


def masks_along(order: NDArray[np.int64]) -> Masks:
    """Return the coalitions as players join in an order, from none to all: (orders, players + 1, players)."""
    place = np.argsort(order, axis=1)
    return place[:, None, :] < np.arange(order.shape[1] + 1)[None, :, None]


def along(order: NDArray[np.int64], values: FloatArray) -> FloatArray:
    """Return the change of the value when each player joins, for each order, (orders, players, targets).

    order: (orders, players); values: (orders, players + 1, targets).
    """
    steps = np.diff(values, axis=1)
    place = np.argsort(order, axis=1)
    return np.asarray(np.take_along_axis(steps, place[:, :, None], axis=1))


def error_of_mean(shares: FloatArray) -> FloatArray:
    """Return the standard error of the mean over orders, (orders, …) to (…). An order and its reverse count as one draw."""
    pairs = (shares[0::2] + shares[1::2]) / 2
    if len(pairs) < 2:
        return np.zeros(shares.shape[1:])
    return np.asarray(pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs)))
