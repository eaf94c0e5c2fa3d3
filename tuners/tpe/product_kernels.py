"""Product kernels over the rows of a search space, evaluated as one product of two matrices.

Every kernel is a product over the parameters: a normal density truncated to [0, 1] for a number, for
a choice the observed option with most of the mass. Its logarithm is linear in ``(x**2, x, 1)`` of each
number and in an indicator of each option, so that all kernels at all candidates are
``coefficients(kernels) @ features(candidates).T``.
"""

from __future__ import annotations

import math

import numpy as np

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.warps import Floats

_LOG_ROOT = 0.5 * math.log(2 * math.pi)


class ProductKernels:
    """Makes features of rows and coefficients of kernels, for one space.

    What depends on the space alone is worked out once: the time of a suggestion from a few hundred
    results is the number of calls to numpy.

    Parameters
    ----------
    cube
        The space.
    """

    def __init__(self, cube: Cube) -> None:
        self.numbers = np.flatnonzero(cube.numeric)
        """The columns of numbers."""
        self.choices = np.flatnonzero(~cube.numeric)
        """The columns of choices."""
        self.options: Floats = cube.options[self.choices].astype(np.float64)
        """How many options each choice has."""
        below = {column for column, _, _ in cube.conditions}
        # The constants of numbers that always exist add up to one coefficient.
        self._partial = np.array([p for p, c in enumerate(self.numbers) if c in below], dtype=np.intp)
        self._always = np.array([p for p, c in enumerate(self.numbers) if c not in below], dtype=np.intp)
        n = len(self.numbers)
        self._first = 2 * n + 1 + len(self._partial)
        ends = np.cumsum(cube.options[self.choices])
        self._width = self._first + int(ends[-1] if len(ends) else 0)
        self._own: Floats = np.float64(self._first) + ends - cube.options[self.choices]
        self._counts = cube.options[self.choices]
        self._conditional = bool(below)
        self._lattices = [
            (place, cube.dimensions[column])
            for place, column in enumerate(self.numbers)
            if cube.dimensions[column].parameter.sampler.quantized
            or cube.dimensions[column].parameter.integer
        ]

    def features(self, rows: Floats) -> Floats:
        """The numbers in which the logarithm of a kernel is linear, for each row; shape (m, f)."""
        n = len(self.numbers)
        found: Floats = np.zeros((len(rows), self._width))
        numbers = rows[:, self.numbers]
        found[:, 2 * n] = 1.0
        if len(self._partial):
            absent = np.isnan(numbers)
            numbers[absent] = 0.0
            found[:, 2 * n + 1 : self._first] = ~absent[:, self._partial]
        np.multiply(numbers, numbers, out=found[:, :n])
        found[:, n : 2 * n] = numbers
        self._indicate(found, rows, 1.0)
        return found

    def coefficients(self, rows: Floats, sigmas: Floats, leak: float | Floats) -> Floats:
        """The coefficients of the kernel at each row; shape (k, f).

        Parameters
        ----------
        rows
            The rows of the observations; shape (k, d). Where a parameter did not exist the kernel is uniform.
        sigmas
            The deviations of the kernels over numbers, shape (k, numbers), or one for all.
        leak
            The weight of a uniform distribution over the options in a choice's kernel, relative to
            the 1 of the observed option; for all choices, or one for each.
        """
        found: Floats = np.empty((len(rows), self._width))
        self._number_coefficients(found, rows, sigmas)
        if len(self.choices):
            other = leak / (1.0 + np.asarray(leak))
            share = np.broadcast_to(other, self.options.shape)
            found[:, self._first :] = np.log(np.repeat(share, self._counts))
            self._indicate(found, rows, np.log(share + self.options / (1.0 + np.asarray(leak))))
            if self._conditional:
                absent = np.repeat(np.isnan(rows[:, self.choices]), self._counts, axis=1)
                found[:, self._first :][absent] = 0.0
        return found

    def _number_coefficients(self, found: Floats, rows: Floats, sigmas: Floats) -> None:
        from scipy.special import ndtr  # A run starts without scipy.special.

        n = len(self.numbers)
        means = rows[:, self.numbers]
        absent = np.isnan(means) if len(self._partial) else None
        if absent is not None:
            means[absent] = 0.5
        variances = self._variances(means, sigmas)
        deviations = np.sqrt(variances)
        mass = ndtr((1.0 - means) / deviations) - ndtr(-means / deviations)
        slopes = means / variances
        constant = -0.5 * means * slopes - np.log(deviations * mass) - _LOG_ROOT
        np.divide(-0.5, variances, out=found[:, :n])
        if absent is not None:
            found[:, :n][absent] = slopes[absent] = constant[absent] = 0.0
            found[:, 2 * n + 1 : self._first] = constant[:, self._partial]
            constant = constant[:, self._always]
        found[:, n : 2 * n] = slopes
        constant.sum(axis=1, out=found[:, 2 * n])

    def _variances(self, means: Floats, sigmas: Floats) -> Floats:
        """The squares of ``sigmas`` with what rounding to cells adds: a twelfth of their width squared."""
        variances: Floats = np.empty_like(means)
        variances[:] = np.square(sigmas)
        for place, dimension in self._lattices:
            variances[:, place] += np.square(dimension.widths(means[:, place])) / 12
        return variances

    def _indicate(self, table: Floats, rows: Floats, values: float | Floats) -> None:
        """Write ``values`` (one, or one a choice) where the options of ``rows`` stand in ``table``."""
        if not len(self.choices):
            return
        places = self._own + rows[:, self.choices]
        if self._conditional:
            lines, columns = np.nonzero(~np.isnan(places))
            spread = np.broadcast_to(values, places.shape)
            table[lines, places[lines, columns].astype(np.intp)] = spread[lines, columns]
        else:
            table[np.arange(len(rows))[:, None], places.astype(np.intp)] = values
