// SPDX-License-Identifier: GPL-3.0-or-later
// A cut-out as the hips2fits service of CDS takes it, from its parameters.
//
//   hips            identifier or path; whoever asks here resolves it
//   width, height   pixels
//   projection      TAN (default), SIN, ARC, ZEA, STG, CAR, AIT, MOL, ...
//   coordsys        icrs (default) or galactic: the axes of the cut-out
//   ra, dec         ICRS degrees of the centre, whatever the axes
//   fov             degrees along the longer side: pixels are fov / max(width,
//                   height) wide where the projection is true
//   rotation_angle  degrees: position angle, from north through east, of the
//                   upward direction
//   wcs             instead of all these: a JSON object of FITS cards (NAXIS1,
//                   NAXIS2, CTYPE1, CRVAL1, CRPIX1, CDELT1 or CD or PC, PV,
//                   LONPOLE, SIP ...); cards that are no WCS are passed over
//   format          fits (default), png, jpg
//   min_cut, max_cut, stretch, cmap   cutout/display.h; 0.5%, 99.5%, linear,
//                   Greys_r when not given
//   object          refused: there is no name resolver
// Source: the service's parameters as astroquery 0.4.6 sends them.
// Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "cutout/display.h"
#include "cutout/parameters.h"
#include "fits/header.h"

namespace hips {

struct CutoutLimits {
  std::int64_t max_pixels = 25'000'000;
};

enum class CutoutFormat { kFits, kPng, kJpeg };

/// "image/fits", "image/png", "image/jpeg".
std::string ContentType(CutoutFormat format);

struct CutoutRequest {
  std::string hips;
  int width = 0;
  int height = 0;
  Header wcs;  ///< two axes; usable as it is, or MakeCutout says why not
  CutoutFormat format = CutoutFormat::kFits;
  Display display;
};

/// throws  Error(kUsage), one sentence for the client
CutoutRequest ParseCutoutRequest(const Parameters& parameters,
                                 const CutoutLimits& limits = {});

/// An error as hips2fits tells it: {"title": ..., "description": ...}.
std::string ErrorJson(const Error& error);

}  // namespace hips
