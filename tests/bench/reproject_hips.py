# SPDX-License-Identifier: GPL-3.0-or-later
"""reproject_hips.py OUT THREADS IMAGE...: a HiPS with astropy's reproject.

Its HiPS writer takes one image; several are first put on one SIN grid with
reproject_and_coadd, as its documentation proposes. FITS tiles only.
"""
import sys

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from reproject import reproject_interp
from reproject.hips import reproject_to_hips
from reproject.mosaicking import find_optimal_celestial_wcs, reproject_and_coadd


def load(path):
    with fits.open(path) as hdus:
        return np.squeeze(hdus[0].data).astype(np.float32), WCS(hdus[0].header).celestial


def mosaic(images):
    if len(images) == 1:
        return images[0]
    wcs, shape = find_optimal_celestial_wcs(images, projection="SIN")
    pixels, _ = reproject_and_coadd(images, wcs, shape_out=shape,
                                    reproject_function=reproject_interp,
                                    combine_function="mean", blank_pixel_value=np.nan)
    return pixels.astype(np.float32), wcs


def main():
    out, threads, *paths = sys.argv[1:]
    reproject_to_hips(mosaic([load(path) for path in paths]), coord_system_out="equatorial",
                      reproject_function=reproject_interp, output_directory=out,
                      threads=int(threads),
                      properties={"creator_did": "ivo://BENCH/P/lotss", "obs_title": "bench"})


if __name__ == "__main__":
    main()
