// SPDX-License-Identifier: GPL-3.0-or-later
// Noise as an interferometer's image has it: white noise on an endless plane,
// seen through the beam, with a value at any point of the plane.
//
// Quintic B-splines carry the values between the grid points; the filter
// before them is the beam divided by the spline's own response, so that the
// spectrum is that of the beam at every phase. With a beam of sigma 1.6 steps
// aliases add up to 1e-4 of the noise, less with a wider one.
// Safe from any thread.
#pragma once

#include <span>
#include <vector>

#include "simulate/random.h"

namespace hips {

class BeamNoise {
 public:
  /// sigma_u, sigma_v  of the Gaussian beam along both axes, grid steps,
  ///                   1.6 or more each
  BeamNoise(const RandomPlane& white, double sigma_u, double sigma_v);

  /// Unit-variance noise at points of the plane, in grid steps from its
  /// origin. Points should lie near each other: what lies between them is
  /// computed too. NaN points give NaN.
  void Sample(std::span<const double> u, std::span<const double> v,
              std::span<float> values) const;

 private:
  struct Window;
  Window Coefficients(int first_u, int first_v, int width, int height) const;

  RandomPlane white_;
  std::vector<float> taps_u_;  ///< from the middle tap outwards
  std::vector<float> taps_v_;
};

}  // namespace hips
