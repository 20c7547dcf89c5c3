// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of Describe, one a kind of thing. Private to lib/check.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/image.h"
#include "check/describe.h"
#include "check/moc_file.h"
#include "healpix/tile_address.h"

namespace hips {

/// A FITS file, HDU by HDU, and whether `hipsgen build` would take each.
Json DescribeFits(const std::filesystem::path& path,
                  const DescribeOptions& options);

/// A folder with `properties`.
Json DescribeHips(const std::filesystem::path& path);

/// A file whose path ends as a tile's does.
Json DescribeTile(const std::filesystem::path& path,
                  const ParsedTilePath& parsed);

Json DescribeMoc(const MocFile& file);

/// Centre or corner of something, degrees.
Json LonLatJson(const char* lon_name, const char* lat_name, double lon_deg,
                double lat_deg);

/// Decimal places that a person can read: 6 for degrees.
double Rounded(double value, int places);

/// The values of pixels, fed one after another.
class PixelCounter {
 public:
  void Add(double value);
  /// pixels, blank share, min, max, mean.
  Json Result() const;

 private:
  std::int64_t count_ = 0;
  std::int64_t valid_ = 0;
  double low_ = 0.0;
  double high_ = 0.0;
  double sum_ = 0.0;
};

}  // namespace hips
