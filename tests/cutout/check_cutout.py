#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the pixels of a FITS cut-out against the tiles that it was made from.

    check_cutout.py HIPS CUTOUT.fits [--samples 2000] [--tolerance 1e-3]

A second route: astropy says where a pixel of the cut-out lies on the sky, and
where that is in the plane of the HEALPix projection (HPX); the pixels that the
kernel wants there are taken back to the sky by astropy and named by healpy, so
nothing is known here of tiles' borders, faces and neighbours. Weights are
solved for in double precision, one place at a time. Where the grid has a kink
under the kernel, the pixels are healpy's neighbours of neighbours, and their
weights come from where they are on the sky.

The order is read from the HISTORY of the cut-out. Prints the largest
difference, relative to the largest value around, and where it is; exit status
1 beyond the tolerance, when a place without any pixel has a value, or one amid
valid pixels has none.
"""
import argparse
import os
import re
import sys
import warnings

import healpy as hp
import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import pixel_to_skycoord

NOISE = 1e-6
FWHM = np.sqrt(8 * np.log(2))


def properties_of(hips):
    with open(f"{hips}/properties", encoding="utf-8") as lines:
        pairs = [line.partition("=") for line in lines]
    return {key.strip(): value.strip() for key, _, value in pairs}


def spread(value):
    """Bit k of value to bit 2k."""
    result = np.zeros_like(value)
    for bit in range(16):
        result |= ((value >> bit) & 1) << (2 * bit)
    return result


class Hips:
    """Pixels of one order by their NESTED index."""

    def __init__(self, folder, order, width):
        self.folder, self.order, self.width = folder, order, width
        self.nside = 2**order * width
        rows, columns = np.mgrid[0:width, 0:width]
        inside = spread(width - 1 - rows) + 2 * spread(columns)
        self.place = np.empty(width * width, int)
        self.place[inside.ravel()] = np.arange(width * width)
        self.tiles = {}

    def tile(self, npix):
        if npix not in self.tiles:
            folder = f"{self.folder}/Norder{self.order}"
            path = f"{folder}/Dir{npix // 10000 * 10000}/Npix{npix}.fits"
            there = os.path.exists(path)
            self.tiles[npix] = fits.getdata(path).ravel() if there else None
        return self.tiles[npix]

    def values(self, pixels):
        size = self.width**2
        result = np.full(pixels.shape, np.nan)
        for npix in np.unique(pixels // size):
            tile = self.tile(int(npix))
            if tile is not None:
                here = pixels // size == npix
                result[here] = tile[self.place[pixels[here] % size]]
        return result


class Kernel:
    """Weights of taps along an axis: lib/resample/kernel.h, by its formulas."""

    def __init__(self, beam_pixels):
        self.is_beam = beam_pixels >= 2.0
        self.taps = (6 if beam_pixels >= 3.0 else 8) if self.is_beam else 4
        self.design = min(max(beam_pixels, 2.2), 4.0) if self.is_beam else 3.0

    def weights(self, phase):
        at = np.arange(self.taps) - (self.taps // 2 - 1)
        away = np.abs(at - phase)
        if not self.is_beam:  # Keys 1981, a = -1/2
            near = 1.5 * away**3 - 2.5 * away**2 + 1
            far = -0.5 * away**3 + 2.5 * away**2 - 4 * away + 2
            return np.where(away < 1, near, np.where(away < 2, far, 0))
        return kriging(np.abs(at[:, None] - at), away, self.design / FWHM)


def kriging(apart, away, s):
    """Weights that sum to 1, from distances among places and to the target."""
    matrix = np.exp(-(apart**2) / (4 * s * s)) + NOISE * np.eye(len(away))
    solved = np.linalg.solve(matrix, np.exp(-(away**2) / (4 * s * s)))
    ones = np.linalg.solve(matrix, np.ones(len(away)))
    return solved + (1 - solved.sum()) / ones.sum() * ones


def hpx():
    plane = WCS(naxis=2)
    plane.wcs.ctype = ["RA---HPX", "DEC--HPX"]
    plane.wcs.crpix = plane.wcs.crval = [0, 0]
    plane.wcs.cdelt = [1, 1]
    plane.wcs.set_pv([(2, 1, 4), (2, 2, 3)])
    return plane


def regular(x, y, at_x):
    """Do these places of the HPX plane lie on one grid without a kink?"""
    if np.all(np.abs(y) <= 45 + 1e-9):
        return True
    if not (np.all(y >= 45 - 1e-9) or np.all(y <= -45 + 1e-9)):
        return False
    middle = 90 * np.floor(at_x / 90) + 45
    return np.all(np.abs(x - middle) <= 90 - np.abs(y))


def on_lattice(hips, kernel, plane, lon, lat):
    """The value by the kernel; its taps' values; None where there is a kink."""
    step = 45 / hips.nside
    x, y = (float(v) for v in plane.all_world2pix(lon, lat, 1))
    # Pixel centres have i and j half-integer.
    i, j = (x + y) / (2 * step) - 0.5, (y - x) / (2 * step) - 0.5
    first = 1 - kernel.taps // 2
    taps = np.arange(first, first + kernel.taps)
    tap_i, tap_j = np.meshgrid(np.floor(i) + taps + 0.5,
                               np.floor(j) + taps + 0.5)
    tap_x, tap_y = step * (tap_i - tap_j), step * (tap_i + tap_j)
    if not regular(tap_x, tap_y, x):
        return None
    around = (tap_x.ravel() + 180) % 360 - 180
    sky = plane.all_pix2world(around, tap_y.ravel(), 1)
    pixels = hp.ang2pix(hips.nside, *sky, nest=True, lonlat=True)
    values = hips.values(pixels).reshape(tap_x.shape)
    wi, wj = kernel.weights(i - np.floor(i)), kernel.weights(j - np.floor(j))
    return wj @ values @ wi, values


def at_kink(hips, kernel, vector):
    nside = hips.nside
    pixels = np.array([hp.vec2pix(nside, *vector, nest=True)])
    for _ in range(2):
        pixels = np.unique(hp.get_all_neighbours(nside, pixels, nest=True))
        pixels = pixels[pixels >= 0]
    values = hips.values(pixels)
    places = np.array(hp.pix2vec(nside, pixels, nest=True)).T
    side = hp.nside2resol(nside)
    apart = np.linalg.norm(places[:, None] - places, axis=2) / side
    away = np.linalg.norm(places - vector, axis=1) / side
    return kriging(apart, away, kernel.design / FWHM) @ values, values


def beam_pixels(header, nside):
    return np.radians(header.get("BMIN", 0.0)) / hp.nside2resol(nside)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("hips")
    parser.add_argument("cutout")
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--tolerance", type=float, default=1e-3)
    options = parser.parse_args()
    warnings.simplefilter("ignore")

    facts = properties_of(options.hips)
    with fits.open(options.cutout) as file:
        header, data = file[0].header, file[0].data
    history = " ".join(str(line) for line in header["HISTORY"])
    order = int(re.search(r"order (\d+)", history).group(1))
    hips = Hips(options.hips, order, int(facts.get("hips_tile_width", 512)))
    frame = {"galactic": "galactic", "ecliptic": "barycentrictrueecliptic"}.get(
        facts.get("hips_frame", "equatorial"), "icrs")
    kernel = Kernel(beam_pixels(header, hips.nside))

    random = np.random.default_rng(1)
    rows = random.integers(0, data.shape[0], options.samples)
    columns = random.integers(0, data.shape[1], options.samples)
    sky = pixel_to_skycoord(columns, rows, WCS(header)).transform_to(frame)
    vectors = sky.cartesian.xyz.value.T
    plane = hpx()

    worst, where, compared, kinks, wrong_blanks = 0.0, None, 0, 0, 0
    for row, column, vector in zip(rows, columns, vectors):
        found = data[row, column]
        if np.isnan(vector).any():
            wrong_blanks += np.isfinite(found)
            continue
        lon, lat = hp.vec2ang(vector, lonlat=True)
        result = on_lattice(hips, kernel, plane, lon[0], lat[0])
        kinks += result is None
        expected, values = result or at_kink(hips, kernel, vector)
        if np.isnan(values).any():
            # At the rim the kernel shrinks; amid blanks there is no value.
            wrong_blanks += bool(np.isnan(values).all() and np.isfinite(found))
            continue
        if np.isnan(found):
            wrong_blanks += 1
            continue
        compared += 1
        scale = np.abs(values).max()
        difference = abs(found - expected) / scale if scale > 0 else 0.0
        if difference > worst:
            worst, where = difference, (int(row), int(column))
    print(f"{options.cutout}: order {order}, {compared} pixels compared, "
          f"{kinks} at kinks, largest difference {worst:.2e} at {where}, "
          f"{wrong_blanks} wrong blanks")
    return 1 if worst > options.tolerance or wrong_blanks or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
