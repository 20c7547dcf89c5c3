// SPDX-License-Identifier: GPL-3.0-or-later
// One input image, as far as the public may know it.
//
// Filled by the caller from what the survey scan found; used for
// metadata.fits, the progenitor index and provenance.json.
// Values; safe to copy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/direction.h"
#include "fits/header.h"

namespace hips {

struct InputRecord {
  std::string name;  ///< relative to the survey root; unique with hdu
  int hdu = 0;
  int width = 0;   ///< pixels
  int height = 0;  ///< pixels
  int bitpix = -32;
  LonLatDeg centre;               ///< ICRS
  std::vector<LonLatDeg> border;  ///< ICRS, in order, not closed
  double pixel_scale_arcsec = 0.0;
  std::optional<double> frequency_hz;
  std::optional<double> bandwidth_hz;
  std::optional<double> beam_major_arcsec;  ///< FWHM
  std::optional<double> beam_minor_arcsec;
  std::optional<double> beam_angle_deg;  ///< east of north
  std::optional<double> mjd;
  std::string object;
  std::string unit;
  Header header;  ///< all cards; what must not be published is left out here
  std::uint64_t file_size = 0;
  std::string header_hash;  ///< XXH3-128, hex
  std::string data_hash;    ///< the same of the file, or ""
};

}  // namespace hips
