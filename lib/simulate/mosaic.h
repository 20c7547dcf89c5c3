// SPDX-License-Identifier: GPL-3.0-or-later
// One simulated mosaic: noise, components, outline.
//
// Work is spread over the surrounding arena in blocks of pixels; the pixels
// do not depend on how.
#pragma once

#include <vector>

#include "base/image.h"
#include "simulate/noise.h"
#include "simulate/plan.h"
#include "simulate/sky.h"
#include "simulate/stamps.h"

namespace hips {

struct Mosaic {
  Image<float> pixels;        ///< Jy/beam; NaN outside
  Image<float> sigma;         ///< rms of the noise there; empty unless wanted
  std::vector<Stamp> stamps;  ///< of the components in it
};

/// The part of the plane that an image covers.
/// throws  Error(kBadInput) when no pixel of it lies on the sky
PlaneBox BoxOf(const SkyPlane& plane, const Wcs& wcs);

/// noise   nullptr for none; in steps of plan.noise_step() on plan.plane()
/// Pixels off the projection are blank, with their block.
/// throws  Error(kInterrupted)
Mosaic MakeMosaic(const SurveyPlan& plan, const Field& field, const Wcs& wcs,
                  const Sky& sky, const BeamNoise* noise, bool want_sigma);

}  // namespace hips
