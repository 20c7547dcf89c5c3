#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaf tiles of a HiPS against a slow second route, pixel by pixel.

    oracle_check.py HIPS INPUT.fits... --kernel bilinear|bicubic|lanczos3|nearest
                    [--every N] [--sigma S]

Second route: healpy gives the direction of every tile pixel, astropy (or pyerfa)
takes it to the frame of the input, astropy through its full WCS, numpy sums the kernel in
double precision, and the inputs that have the pixel are averaged.

A pixel is interior when every input is either valid all around it (kernel
radius and one pixel more) or blank all around it.  Interior pixels must agree:
99.9 % within 1e-4 of the noise, the largest within 1e-3.  Outside the interior
only the valid mask counts, and it may differ only within one input pixel of an
edge; the mask to compare with is bilinear's for every kernel but nearest,
since a wide kernel falls back to it beside a blank.  Exit status 0 when all
holds.
"""
import argparse
import sys
import warnings

import astropy.units as u
import erfa
import healpy as hp
import numpy as np
from astropy.coordinates import ICRS, SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import wcs_to_celestial_frame
from scipy.ndimage import binary_dilation, binary_erosion

import hips_tree

warnings.simplefilter("ignore")

RADIUS = {"nearest": 1, "bilinear": 1, "bicubic": 2, "lanczos3": 3}


def weights(kernel, offset):
    """Weight of a tap at a distance of `offset` pixels."""
    t = np.abs(offset)
    if kernel == "bilinear":
        return np.clip(1 - t, 0, None)
    if kernel == "bicubic":
        near = (1.5 * t - 2.5) * t * t + 1
        far = ((-0.5 * t + 2.5) * t - 4) * t + 2
        return np.where(t < 1, near, np.where(t < 2, far, 0.0))
    return np.where(t < 3, np.sinc(t) * np.sinc(t / 3), 0.0)


def native(frame, ra, dec):
    """ICRS to the frame of an input, radians.

    Galactic and FK4 through ERFA: astropy's own galactic frame is tied to FK5
    and lies 25 mas from the Hipparcos definition that ERFA and we follow."""
    if frame.name == "galactic":
        return erfa.icrs2g(ra, dec)
    sky = SkyCoord(ICRS(ra * u.rad, dec * u.rad))
    if frame.name == "fk4" and frame.equinox.byear == 1950:
        fk5 = sky.transform_to("fk5").spherical
        lon, lat, _, _ = erfa.fk54z(fk5.lon.rad, fk5.lat.rad, 1950.0)
        return lon, lat
    place = sky.transform_to(frame).spherical
    return place.lon.rad, place.lat.rad


class Input:
    def __init__(self, path, kernel):
        with fits.open(path, memmap=False) as file:
            hdu = next(h for h in file if h.data is not None and h.is_image)
            self.wcs = WCS(hdu.header).celestial
            self.pixels = np.squeeze(hdu.data).astype(float)
        self.frame = wcs_to_celestial_frame(self.wcs)
        valid = np.isfinite(self.pixels)
        reach = RADIUS[kernel] + 1
        box = np.ones((2 * reach + 1, 2 * reach + 1), bool)
        self.all_valid = binary_erosion(valid, box, border_value=0)
        self.all_blank = ~binary_dilation(valid, box)
        near = np.ones((3, 3), bool)
        self.edge = binary_dilation(valid, near) & ~binary_erosion(
            valid, near, border_value=0)
        self.pad = reach + 1

    def place(self, directions):
        lon, lat = native(self.frame, *np.radians(directions))
        with np.errstate(invalid="ignore"):
            return self.wcs.wcs_world2pix(np.degrees(lon), np.degrees(lat), 0)

    def mask(self, mask, x, y, outside):
        height, width = mask.shape
        ok = np.isfinite(x) & np.isfinite(y)
        column = np.floor(np.where(ok, x, -1e6) + 0.5).astype(int)
        row = np.floor(np.where(ok, y, -1e6) + 0.5).astype(int)
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        out = np.full(x.shape, outside)
        out[inside] = mask[row[inside], column[inside]]
        # A strip around the image is neither: its kernel may reach inside.
        strip = ~inside & (column >= -self.pad) & (row >= -self.pad) & (
            column < width + self.pad) & (row < height + self.pad)
        out[strip] = False
        return out, strip

    def sample(self, x, y, kernel):
        """Values where every tap that counts is valid, else NaN."""
        ok = np.isfinite(x) & np.isfinite(y)
        x, y = np.where(ok, x, -1e6), np.where(ok, y, -1e6)
        height, width = self.pixels.shape
        if kernel == "nearest":
            taps = [(np.floor(x + 0.5).astype(int), np.floor(y + 0.5).astype(int), 1.0)]
        else:
            reach = RADIUS[kernel]
            x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
            steps = range(1 - reach, reach + 1)
            wx = [weights(kernel, x - x0 - k) for k in steps]
            wy = [weights(kernel, y - y0 - k) for k in steps]
            if kernel == "lanczos3":
                sx, sy = sum(wx), sum(wy)
                wx, wy = [w / sx for w in wx], [w / sy for w in wy]
            taps = [(x0 + i, y0 + j, a * b) for j, b in zip(steps, wy)
                    for i, a in zip(steps, wx)]
        total = np.zeros(x.shape)
        for column, row, weight in taps:
            inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            value = np.full(x.shape, np.nan)
            value[inside] = self.pixels[row[inside], column[inside]]
            total += np.where(weight == 0, 0.0, weight * value)
        return np.where(ok, total, np.nan)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("hips")
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--kernel", default="bilinear", choices=RADIUS)
    parser.add_argument("--every", type=int, default=1, help="every N-th leaf")
    parser.add_argument("--sigma", type=float, help="noise; default: of the inputs")
    option = parser.parse_args()
    inputs = [Input(path, option.kernel) for path in option.inputs]
    tree = hips_tree.Tree(option.hips)
    order = tree.order
    sigma = option.sigma or np.median([hips_tree.noise(i.pixels) for i in inputs])
    differences, mask_far, mask_near, interior_count = [], 0, 0, 0
    for npix in tree.tiles("fits", order)[:: option.every]:
        ours = tree.pixels(order, npix)
        directions = tree.directions(order, npix)
        total, count = np.zeros(ours.shape), np.zeros(ours.shape, int)
        covered = np.zeros(ours.shape, bool)
        mask_kernel = "nearest" if option.kernel == "nearest" else "bilinear"
        interior, near_edge = np.ones(ours.shape, bool), np.zeros(ours.shape, bool)
        for item in inputs:
            x, y = item.place(directions)
            value = item.sample(x, y, option.kernel)
            covered |= np.isfinite(item.sample(x, y, mask_kernel))
            good = np.isfinite(value)
            total[good] += value[good]
            count += good
            valid, strip = item.mask(item.all_valid, x, y, False)
            blank, _ = item.mask(item.all_blank, x, y, True)
            interior &= valid | (blank & ~strip)
            edge, strip1 = item.mask(item.edge, x, y, False)
            near_edge |= edge | strip1
        with np.errstate(invalid="ignore"):
            want = (total / count).astype(np.float32).astype(float)
        want[count == 0] = np.nan
        use = interior & np.isfinite(want)
        interior_count += int(use.sum())
        difference = np.abs(ours[use] - want[use]) / sigma
        differences.append(np.where(np.isnan(difference), np.inf, difference))
        wrong = np.isfinite(ours) != covered
        mask_far += int((wrong & ~near_edge).sum())
        mask_near += int((wrong & near_edge).sum())
    d = np.concatenate(differences)
    if not d.size:
        print("no interior pixel to compare")
        return 1
    p999, worst = np.percentile(d, 99.9), d.max()
    good = p999 <= 1e-4 and worst <= 1e-3 and mask_far == 0
    print("order %d, %d interior pixels, |difference| / noise: median %.3g, 99.9 %% %.3g, "
          "largest %.3g; mask differs at %d edge pixels and %d others: %s" %
          (order, interior_count, np.median(d), p999, worst, mask_near, mask_far,
           "agree" if good else "DISAGREE"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
