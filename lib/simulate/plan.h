// SPDX-License-Identifier: GPL-3.0-or-later
// What a simulated survey consists of, before the first pixel: instrument,
// layout on the sky, file names, headers.
//
// Angles in radians. Plans are values; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/direction.h"
#include "fits/header.h"
#include "simulate/random.h"
#include "simulate/simulate.h"
#include "simulate/sky_plane.h"
#include "wcs/wcs.h"

namespace hips {

enum class OutlineKind {
  kFull,         ///< every pixel is valid
  kRagged,       ///< outline.h
  kPrimaryBeam,  ///< valid where the primary beam is above its cut
};

/// Gaussian: FWHM of both axes, and position angle, north to east.
struct Beam {
  double major = 0.0;
  double minor = 0.0;
  double angle = 0.0;
};

/// N(> S) per square degree = density (S / density_above)^(1 - slope),
/// between lowest and highest, Jy.
struct SourceCounts {
  double density = 0.0;
  double density_above = 0.0;
  double lowest = 0.0;
  double highest = 0.0;
  double slope = 0.0;
  double resolved = 0.0;  ///< fraction that is extended,
  double doubles = 0.0;   ///< and fraction that is a double source
};

/// One mosaic.
struct Field {
  int number = 0;
  int column = 0;  ///< place in the layout, for its name
  int row = 0;
  Direction centre;  ///< ICRS
  LonLatDeg crval;   ///< the same in the frame of the image
  int axes = 2;      ///< NAXIS: 2 or 4
  std::string file;  ///< below fits/, weights/ and rms/
};

struct SurveyPlan {
  std::string name;
  std::string telescope;
  std::uint32_t channel = 0;  ///< of its random numbers
  std::uint64_t seed = 0;
  int side = 0;  ///< pixels
  double pixel_deg = 0.0;
  Beam beam;
  double sigma = 0.0;  ///< Jy/beam: the noise of one pointing at its centre
  SourceCounts counts;
  OutlineKind outline = OutlineKind::kFull;
  double spacing = 0.0;       ///< between neighbouring fields
  double primary_beam = 0.0;  ///< FWHM; 0: no primary beam in the noise
  double primary_cut = 0.0;   ///< of kPrimaryBeam
  double frequency_hz = 0.0;
  double bandwidth_hz = 0.0;
  SimulateFrame frame = SimulateFrame::kIcrs;
  std::string projection;
  Direction centre;
  std::vector<Field> fields;

  double pixel() const { return pixel_deg * kDegree; }
  /// Step of the grid behind the noise: a pixel, or what the beam's short axis
  /// needs (noise.h).
  double noise_step() const;
  SkyPlane plane() const { return SkyPlane(centre); }
};

/// name    "lotss", "tgss" or "apertif"
/// throws  Error(kUsage) for another name, impossible options, or fields that
///         do not fit on the sky around their centre
SurveyPlan PlanSurvey(const std::string& name, const SimulateOptions& options);

/// Pixels and directions of a field, and its header without mandatory cards.
struct FieldFrame {
  Header header;
  Wcs wcs;
};

FieldFrame FrameOf(const SurveyPlan& plan, const Field& field);

/// Natural logarithm of (plan.sigma / local noise)^2: 0 without primary beam,
/// log of the squared primary beam in single pointings, and of the sum over
/// all pointings in mosaics of them.
double LogInverseVariance(const SurveyPlan& plan, const Field& field,
                          const Direction& direction);

/// The streams of random numbers under one seed and channel.
inline constexpr std::uint32_t kSkyStream = 0;
inline constexpr std::uint32_t kBrightStream = 1;
inline constexpr std::uint32_t kOutlineStream = 2;
inline constexpr std::uint32_t kNoiseStream = 16;  ///< shared; + 1 + number

inline RandomPlane StreamOf(const SurveyPlan& plan, std::uint32_t stream) {
  return {plan.seed, plan.channel, stream};
}

}  // namespace hips
