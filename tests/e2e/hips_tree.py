# SPDX-License-Identifier: GPL-3.0-or-later
"""A HiPS folder, read by astropy and healpy only."""
import os
import re

import healpy as hp
import numpy as np
from astropy.io import fits


def noise(pixels):
    """1.4826 times the median absolute deviation of the valid pixels."""
    values = pixels[np.isfinite(pixels)]
    return 1.4826 * np.median(np.abs(values - np.median(values)))


class Tree:
    def __init__(self, root):
        self.root = root
        self.properties = {}
        with open(os.path.join(root, "properties"), encoding="utf-8") as file:
            for line in file:
                if "=" in line and not line.startswith("#"):
                    key, value = line.split("=", 1)
                    self.properties[key.strip()] = value.strip()
        self.order = int(self.properties["hips_order"])
        self.width = int(self.properties.get("hips_tile_width", 512))

    def tiles(self, extension, order):
        """NESTED numbers of the tiles of an order, ascending."""
        found = []
        folder = os.path.join(self.root, "Norder%d" % order)
        for _, _, names in os.walk(folder):
            for name in names:
                match = re.fullmatch(r"Npix(\d+)\." + extension, name)
                if match:
                    found.append(int(match[1]))
        return sorted(found)

    def path(self, order, npix, extension="fits"):
        return os.path.join(self.root, "Norder%d" % order,
                            "Dir%d" % (npix // 10000 * 10000),
                            "Npix%d.%s" % (npix, extension))

    def pixels(self, order, npix):
        return fits.getdata(self.path(order, npix)).astype(float)

    def directions(self, order, npix):
        """ICRS longitude and latitude (deg) of every pixel, [row][column]."""
        w = self.width
        row, column = np.mgrid[0:w, 0:w]
        x = np.zeros((w, w), np.int64)
        for bit in range(w.bit_length() - 1):
            x |= (((w - 1 - row) >> bit) & 1).astype(np.int64) << (2 * bit)
            x |= ((column >> bit) & 1).astype(np.int64) << (2 * bit + 1)
        return hp.pix2ang(2 ** order * w, npix * w * w + x, nest=True, lonlat=True)
