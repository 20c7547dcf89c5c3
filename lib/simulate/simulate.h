// SPDX-License-Identifier: GPL-3.0-or-later
// Mosaics of a known sky: LoTSS-, TGSS- and Apertif-like surveys for demos,
// tests and benches, with the truth beside them.
//
//   OUT/lotss/fits/P183+50_00-mosaic.fits        SIN, 1.5" pixels, 6" beam,
//       ragged NaN outline, some with a hole; noise of the mosaicked beams
//   OUT/tgss/fits/R01D01_5x5.MOSAIC.FITS         6.2" pixels, 25" beam, full
//       rectangles of 5 deg (size large), even noise
//   OUT/apertif/fits/190807041/00/image_mf_02.fits   4" pixels, beam 11.6" x
//       11.6"/sin(dec), corrected for the primary beam and cut at 25 % of it
//   OUT/<survey>/weights/..., rms/...   on request; same names and geometry:
//       1/sigma^2, and sigma in Jy/beam
//   OUT/<survey>/truth.csv    every component that some mosaic shows
//   OUT/<survey>/survey.json  beam (arcsec), pixel (deg), noise, files, seed
//
// Columns of truth.csv:
//   id ra dec     ICRS degrees; ids count from 0, brightest first
//   peak total    Jy/beam of the component alone after convolution with the
//                 beam, without noise; Jy
//   maj min pa    deconvolved Gaussian: FWHM in arcsec; degrees, north to east
//   kind          point, resolved, or lobe (part of a double source)
//   nn            arcsec to the nearest other component
//   ncover        mosaics in which it and pixels 8 away from it are valid
//   sigma         noise there in the best of these, Jy/beam
//
// All mosaics of a survey look at one sky: components everywhere, and the
// noise too unless asked otherwise. Noise is Gaussian, has the correlation of
// white noise seen through the beam, and its rms is the stated sigma. Where a
// primary beam was divided out, it scales what overlapping mosaics share.
//
// The bytes depend on the options only, never on threads or time: random
// numbers are counted (Philox), amplitudes are made with IEEE arithmetic, and
// positions from the WCS are rounded to 2^-14 pixel before use, so that the
// last bit of a maths library does not reach the pixels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/direction.h"

namespace hips {

/// Side of LoTSS / TGSS / Apertif mosaics, pixels, and how many there are.
enum class SimulateSize {
  kTiny,    ///< 252 / 252 / 200;    2 x 2, 2 x 1, 7
  kSmall,   ///< 1000 / 1000 / 800;  2 x 2, 2 x 1, 7
  kMedium,  ///< 5000 / 1500 / 1024; 3 x 3, 3 x 2, 40
  kLarge,   ///< 8938 / 2903 / 2049; 3 x 3, 3 x 3, 40
};

enum class SimulateFrame { kIcrs, kFk5, kFk4, kGalactic };

enum class SimulateAxes {
  kSurvey,  ///< as the survey has them: LoTSS 2, TGSS and Apertif 4
  kTwo,
  kFour,   ///< longitude, latitude, FREQ, STOKES
  kMixed,  ///< every other mosaic has 4
};

enum class SimulateNoise {
  kShared,       ///< mosaics carry one noise where they overlap
  kIndependent,  ///< each mosaic has its own
  kNone,         ///< components only; sigma is what there would be
};

struct SimulateOptions {
  std::filesystem::path out;
  std::vector<std::string> surveys{"lotss", "tgss", "apertif"};
  SimulateSize size = SimulateSize::kSmall;
  /// Mosaics a survey; 0: what the size has. Apertif fills observations of 40
  /// beams one after another.
  int fields = 0;
  std::uint64_t seed = 20240501;
  /// ICRS centre of the mosaics, anywhere on the sky; each survey has its own
  /// default: LoTSS 183.16 +49.75, TGSS 0.4 +41.2 (RA 0, dec 41.81 inside),
  /// Apertif 212 +53.
  std::optional<LonLatDeg> centre;
  SimulateFrame frame = SimulateFrame::kIcrs;
  /// SIN, TAN, ARC, STG, ZEA, NCP, CAR, CEA, MER, SFL, PAR, MOL, AIT, COP,
  /// COE, COD, COO, BON or HPX; each with its reference point in mid-mosaic.
  std::string projection = "SIN";
  SimulateAxes axes = SimulateAxes::kSurvey;
  /// -32, -64, or 16: scaled between the extremes of each mosaic, 2 axes only.
  int bitpix = -32;
  bool weights = false;  ///< also maps of 1/sigma^2
  bool rms = false;      ///< also maps of sigma
  SimulateNoise noise = SimulateNoise::kShared;
  bool overwrite = false;  ///< replace earlier simulations in OUT
};

struct SimulateStep {
  std::string survey;
  int mosaics_done = 0;  ///< of all surveys
  int mosaics_total = 0;
  std::int64_t pixels = 0;  ///< in the mosaic that has just been written
};

struct SimulatedSurvey {
  std::string name;
  std::filesystem::path root;  ///< OUT/<name>
  int mosaics = 0;
  int side = 0;                 ///< pixels
  std::int64_t bytes = 0;       ///< of the mosaics, without maps beside them
  std::int64_t components = 0;  ///< rows of truth.csv
};

/// Writes the surveys; work is spread over the threads of the surrounding
/// arena (base/threads.h), one mosaic in memory at a time: about 3 times its
/// file (5 times with maps).
///
/// progress  may be empty; called on the calling thread after each mosaic
/// throws  Error(kUsage) for options that do not fit, and when a survey is
///         already in OUT and `overwrite` is not set; Error(kIo);
///         Error(kInterrupted), with truth.csv missing
std::vector<SimulatedSurvey> Simulate(
    const SimulateOptions& options,
    const std::function<void(const SimulateStep&)>& progress = {});

}  // namespace hips
