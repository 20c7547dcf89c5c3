// SPDX-License-Identifier: GPL-3.0-or-later
// A HiPS whose pixels are a formula of the direction, made as it is read; and
// files in memory.
#pragma once

#include <atomic>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/direction.h"
#include "base/format.h"
#include "healpix/cell_geometry.h"
#include "store/hips_files.h"
#include "store/tile_fits.h"

namespace hips {

inline Bytes BytesOf(std::string_view text) {
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

class MemoryFiles : public HipsFiles {
 public:
  std::map<std::string, Bytes> files;

  std::optional<Bytes> Read(const std::string& name) const override {
    const auto found = files.find(name);
    if (found == files.end()) return std::nullopt;
    return found->second;
  }
  bool Has(const std::string& name) const override {
    return files.contains(name);
  }
  std::vector<std::string> List(const std::string& folder) const override {
    std::vector<std::string> names;
    const std::string start = folder.empty() ? "" : folder + "/";
    for (const auto& [name, bytes] : files) {
      if (!name.starts_with(start)) continue;
      const std::string rest = name.substr(start.size());
      const std::string entry = rest.substr(0, rest.find('/'));
      if (names.empty() || names.back() != entry) names.push_back(entry);
    }
    return names;
  }
};

/// The value of a pixel whose centre lies in this direction, in the frame of
/// the tiles; NaN = blank.
using SkyFormula = std::function<double(const Direction&)>;

/// All tiles of orders order_min to order.
class FormulaHips : public HipsFiles {
 public:
  int order = 3;
  int order_min = 0;
  int width = 64;
  std::string frame = "equatorial";
  std::string more_properties;
  Header cards;  ///< of the tiles
  SkyFormula formula;
  /// Tiles that are not there.
  std::function<bool(TileAddress)> missing = [](TileAddress) { return false; };
  mutable std::atomic<int> reads = 0;

  std::optional<Bytes> Read(const std::string& name) const override {
    ++reads;
    if (name == "properties") return BytesOf(Properties());
    const auto path = ParseTilePath(name);
    if (!path || path->extension != "fits" || path->tile.order > order ||
        path->tile.order < order_min || missing(path->tile))
      return std::nullopt;
    Tile tile{path->tile, Image<float>(width, width)};
    for (int row = 0; row < width; ++row)
      for (int column = 0; column < width; ++column)
        tile.pixels(row, column) = static_cast<float>(
            formula(TilePixelDirection(path->tile, column, row, width)));
    TileEncoding encoding;
    encoding.common = cards;
    return EncodeTileFits(tile, encoding);
  }
  bool Has(const std::string& name) const override {
    return Read(name).has_value();
  }
  std::vector<std::string> List(const std::string& folder) const override {
    if (folder == Format("Norder{}", order)) return {"Dir0"};
    if (folder == Format("Norder{}/Dir0", order))
      return {"Npix0.fits", "Npix5.fits"};
    return {};
  }

  std::string Properties() const {
    return Format(
        "creator_did = ivo://TEST/P/formula\nobs_title = A formula\n"
        "hips_release_date = 2026-01-01T00:00Z\nhips_frame = {}\n"
        "hips_order = {}\nhips_order_min = {}\nhips_tile_width = {}\n"
        "hips_tile_format = fits\ndataproduct_type = image\n{}",
        frame, order, order_min, width, more_properties);
  }
};

/// A round Gaussian of peak 1; 0 beyond five times its width (1e-30).
inline double GaussianAt(const Direction& at, const Direction& centre,
                         double fwhm) {
  if (1.0 - Dot(at, centre) > 12.5 * fwhm * fwhm) return 0.0;
  const double distance = Separation(at, centre);
  return std::exp(-4.0 * std::log(2.0) * distance * distance / (fwhm * fwhm));
}

/// The direction of a pixel of a TAN image, north up, by the definition of the
/// projection: a step of `scale` radians a pixel on the tangent plane.
inline Direction TangentDirection(double lon_deg, double lat_deg, double scale,
                                  double east, double north) {
  const double lon = lon_deg * kDegree;
  const double lat = lat_deg * kDegree;
  const Direction c = FromLonLatDeg(lon_deg, lat_deg);
  const Direction e{-std::sin(lon), std::cos(lon), 0.0};
  const Direction n{-std::sin(lat) * std::cos(lon),
                    -std::sin(lat) * std::sin(lon), std::cos(lat)};
  const double x = east * scale;
  const double y = north * scale;
  return Normalized({c.x + x * e.x + y * n.x, c.y + x * e.y + y * n.y,
                     c.z + x * e.z + y * n.z});
}

}  // namespace hips
