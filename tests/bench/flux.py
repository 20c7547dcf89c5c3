# SPDX-License-Identifier: GPL-3.0-or-later
"""Fluxes of simulated sources in the deepest tiles of a HiPS, against the truth."""
import csv
import json
import pathlib
import sys

import healpy as hp
import numpy as np
from scipy.optimize import least_squares

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from hips_tree import Tree

ENOUGH = 50  # sources; when they are fewer, fainter ones are taken too
AT_MOST = 1000
BRIGHT = (300, 100, 30, 10)  # peaks, in units of the noise


def isolated_sources(survey):
    """Point sources without a neighbour within four beams: the beam's FWHM
    (arcsec) and rows of ra, dec (deg), peak."""
    beam = json.loads((survey / "survey.json").read_text())["beam"][0]
    with open(survey / "truth.csv", encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file)
                if r["kind"] == "point" and float(r["nn"]) > 4 * beam and int(r["ncover"]) >= 1]
    for above in BRIGHT:
        bright = [r for r in rows if float(r["peak"]) > above * float(r["sigma"])]
        if len(bright) >= ENOUGH:
            break
    return beam, [[float(r[key]) for key in ("ra", "dec", "peak")] for r in bright[:AT_MOST]]


def interleave(ix, iy):
    index = np.zeros(np.broadcast(ix, iy).shape, np.int64)
    for bit in range(20):
        index |= ((ix >> bit) & 1) << (2 * bit) | ((iy >> bit) & 1) << (2 * bit + 1)
    return index


def deinterleave(index):
    ix = sum(((index >> (2 * bit)) & 1) << bit for bit in range(20))
    iy = sum(((index >> (2 * bit + 1)) & 1) << bit for bit in range(20))
    return ix, iy


class Patches:
    """Squares of pixels around places, within one tile; the last tile is kept."""

    def __init__(self, root):
        self.tree = Tree(root)
        self.known = set(self.tree.tiles("fits", self.tree.order))
        self.nside = 2 ** self.tree.order * self.tree.width
        self.npix = None
        self.pixels = None

    def pixel_arcsec(self):
        return np.degrees(np.sqrt(np.pi / 3) / self.nside) * 3600

    def around(self, ra, dec, reach):
        """Values and offsets east and north (arcsec), or None at an edge or a blank."""
        width = self.tree.width
        npix, inside = divmod(int(hp.ang2pix(self.nside, ra, dec, nest=True, lonlat=True)),
                              width * width)
        ix, iy = deinterleave(inside)
        if not (reach <= min(ix, iy) and max(ix, iy) < width - reach) or npix not in self.known:
            return None
        if npix != self.npix:
            self.npix, self.pixels = npix, self.tree.pixels(self.tree.order, npix)
        steps = np.arange(-reach, reach + 1)
        xs, ys = np.meshgrid(ix + steps, iy + steps)
        values = self.pixels[width - 1 - xs, ys]
        if not np.isfinite(values).all():
            return None
        lon, lat = hp.pix2ang(self.nside, npix * width * width + interleave(xs, ys), nest=True,
                              lonlat=True)
        east = ((lon - ra + 180) % 360 - 180) * np.cos(np.radians(dec)) * 3600
        return values.ravel(), east.ravel(), ((lat - dec) * 3600).ravel()


def fitted_peak(values, east, north, beam, guess):
    """Of a round Gaussian with free place and width; None when there is no fit."""
    def misfit(p):
        peak, e, n, fwhm = p
        return peak * np.exp(-4 * np.log(2) * ((east - e) ** 2 + (north - n) ** 2) / fwhm ** 2) \
            - values / guess
    fit = least_squares(misfit, [1.0, 0.0, 0.0, beam])
    return fit.x[0] * guess if fit.success else None


def flux_error(root, survey):
    """Median of fitted peak / true peak - 1 in percent, and of how many sources."""
    beam, sources = isolated_sources(pathlib.Path(survey))
    patches = Patches(root)
    reach = int(np.ceil(1.5 * beam / patches.pixel_arcsec()))
    ratios = []
    for ra, dec, peak in sources:
        patch = patches.around(ra, dec, reach)
        found = fitted_peak(*patch, beam, peak) if patch else None
        if found is not None:
            ratios.append(found / peak)
    return (100 * (float(np.median(ratios)) - 1) if ratios else float("nan")), len(ratios)
