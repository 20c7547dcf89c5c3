#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""astroquery.hips2fits pointed at a hipsserve.

hips2fits_check.py URL ID FOLDER

FOLDER is the HiPS itself: at the centre of a pixel of one of its tiles, a
cut-out has that pixel's value. Exit status 1 when anything is not so.
"""
import pathlib
import re
import sys

import astropy.units as u
import numpy as np
from astropy.coordinates import Angle, Latitude, Longitude
from astropy.io import fits
from astropy.wcs import WCS
from astroquery.hips2fits import hips2fits


def brightest_pixel(folder):
    """Place, value and pixel size of the brightest pixel of the deepest tiles."""
    order = max(int(path.name[6:]) for path in folder.glob("Norder*"))
    best = None
    for path in sorted((folder / ("Norder%d" % order)).glob("Dir*/*.fits")):
        with fits.open(path) as hdus:
            data, header = hdus[0].data, hdus[0].header
            inner = data[8:-8, 8:-8]
            if not np.isfinite(inner).any():
                continue
            row, column = np.unravel_index(np.nanargmax(inner), inner.shape)
            value = inner[row, column]
            if best is None or value > best[0]:
                place = WCS(header).pixel_to_world_values(column + 8, row + 8)
                size = np.degrees(np.sqrt(np.pi / 3) / (2**order * header["NAXIS1"]))
                best = value, float(place[0]), float(place[1]), size
    return best


def main():
    url, hips, folder = sys.argv[1:]
    value, ra, dec, size = brightest_pixel(pathlib.Path(folder))
    hips2fits.server = url + "/hips2fits"
    hdus = hips2fits.query(hips=hips, width=65, height=65, projection="TAN",
                           ra=Longitude(ra * u.deg), dec=Latitude(dec * u.deg),
                           fov=Angle(65 * size * u.deg), format="fits")
    data = hdus[0].data
    assert data.shape == (65, 65), data.shape
    assert abs(data[32, 32] / value - 1) < 0.01, (data[32, 32], value)
    assert hdus[0].header["BUNIT"].lower() == "jy/beam", hdus[0].header
    centre = WCS(hdus[0].header).pixel_to_world_values(32, 32)
    assert np.allclose(centre, (ra, dec), atol=1e-8), centre

    # The same place by a WCS of the caller's.
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "RA---SIN", "DEC--SIN"
    wcs.wcs.crval = ra, dec
    wcs.wcs.crpix = 21, 21
    wcs.wcs.cdelt = -size, size
    wcs.pixel_shape = wcs._naxis = [41, 41]
    by_wcs = hips2fits.query_with_wcs(hips=hips, wcs=wcs, format="fits")[0].data
    assert by_wcs.shape == (41, 41), by_wcs.shape
    assert abs(by_wcs[20, 20] / value - 1) < 0.01, (by_wcs[20, 20], value)

    picture = hips2fits.query_with_wcs(hips=hips, wcs=wcs, format="jpg", min_cut=0.0,
                                       max_cut=float(value), stretch="linear", cmap="Greys_r")
    assert picture.shape[:2] == (41, 41), picture.shape
    # Pictures have row 0 on top.
    assert picture.reshape(41, 41, -1)[20, 20].max() > 200, picture[20, 20]

    try:
        hips2fits.query(hips="no/such/hips", width=8, height=8, projection="TAN",
                        ra=Longitude(ra * u.deg), dec=Latitude(dec * u.deg),
                        fov=Angle(1 * u.deg), format="fits")
    except Exception as error:  # astroquery tells what the server's JSON says
        assert re.search("no/such/hips|HiPS", str(error)), error
    else:
        raise AssertionError("no error for a HiPS that is not there")
    print("value %.6g at the brightest pixel, %.6g and %.6g cut out"
          % (value, data[32, 32], by_wcs[20, 20]))


if __name__ == "__main__":
    main()
