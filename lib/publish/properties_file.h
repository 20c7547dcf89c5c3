// SPDX-License-Identifier: GPL-3.0-or-later
// The `properties` of a HiPS, from what the build knows and the user says.
//
// Keys are those of HiPS 1.0 (hips_version 1.4), section 4.4.1, and those of
// the 2.0 draft and of Hipsgen that clients read. Absent values give no line:
// an empty value is an error in the standard. Pure functions but for
// ReleaseDate; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "properties/properties.h"

namespace hips {

struct HipsDescription {
  std::string id;  ///< AUTH/P/name, with or without ivo://
  std::string title;
  std::string frame = "equatorial";
  int order = 3;
  int order_min = 0;
  int tile_width = 512;
  std::vector<std::string> formats = {"fits"};  ///< fits png jpeg; first is
                                                ///< what clients are offered
  std::string status = "public master clonableOnce";

  std::optional<int> pixel_bitpix;                 ///< of FITS tiles
  std::optional<int> data_bitpix;                  ///< of the inputs
  std::optional<std::pair<double, double>> cut;    ///< physical values
  std::optional<std::pair<double, double>> range;  ///< of the whole survey
  std::string stretch;                             ///< of the pictures
  std::string unit;                                ///< "Jy/beam"
  std::optional<double> input_pixel_scale_deg;     ///< the finest input

  double initial_ra_deg = 0.0;  ///< ICRS
  double initial_dec_deg = 0.0;
  double initial_fov_deg = 180.0;
  std::optional<double> sky_fraction;  ///< 0..1
  std::optional<std::uint64_t> size_kb;
  std::optional<std::int64_t> tile_count;  ///< over all formats

  std::string sampling;    ///< "bilinear", "beam-matched 6 taps"
  std::string overlay;     ///< "mean"
  std::string hierarchy;   ///< "mean"
  std::string processing;  ///< free text: kernel, predicted error, weights
  std::string builder;     ///< "hipsgen 0.1.0"
  std::string progenitor;  ///< prov_progenitor: where the inputs come from

  std::optional<double> t_min_mjd;
  std::optional<double> t_max_mjd;
  std::optional<double> em_min_m;  ///< wavelength, metres
  std::optional<double> em_max_m;

  std::string release_date;   ///< YYYY-mm-ddTHH:MMZ, as ReleaseDate() gives
  std::string creation_date;  ///< of the first release; "": release_date

  /// The user's own, in order. The first of a key replaces what is above,
  /// further ones of the same key are added; an empty value removes the key.
  std::vector<std::pair<std::string, std::string>> metadata;
};

/// throws  Error(kUsage) when the metadata holds a key that is no key (blank,
///         '=', '#') or contradicts what is on disk: hips_order,
///         hips_order_min, hips_tile_width, hips_tile_format, hips_frame,
///         hips_pixel_bitpix, hips_version, dataproduct_type, creator_did
Properties PropertiesOf(const HipsDescription& description);

/// "YYYY-mm-ddTHH:MMZ" of seconds since 1970-01-01T00:00Z; years 1970..9999.
std::string ReleaseDateOf(std::int64_t unix_seconds);

/// ReleaseDateOf SOURCE_DATE_EPOCH, else of now.
/// throws  Error(kUsage) when SOURCE_DATE_EPOCH is no number of seconds
std::string ReleaseDate();

}  // namespace hips
