// SPDX-License-Identifier: GPL-3.0-or-later
// report.html: one page that tells people what a build or an update did.
//
// Self-contained HTML: maps and charts are inline SVG, nothing is loaded and no
// script runs. It follows the reader's light or dark setting and fits a phone.
// Every text is escaped, so names of files may hold anything.
// Values and a pure function; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/direction.h"
#include "healpix/tile_address.h"

namespace hips {

/// A leaf. One without a valid pixel (valid_fraction 0) is not drawn.
struct ReportTile {
  TileAddress tile;
  double valid_fraction = 0.0;  ///< share of its pixels that are not blank
  int inputs = 0;               ///< inputs that reach it
  double mean = 0.0;            ///< over valid pixels, in ReportData::unit
  double rms = 0.0;  ///< standard deviation about the mean; NaN: not known
  double min = 0.0;
  double max = 0.0;
};

struct ReportCell {
  TileAddress cell;
  std::int64_t tiles = 0;
  double seconds = 0.0;
};

/// When a part of the build was made: seconds after the first one began.
struct ReportShard {
  int number = 0;
  double start = 0.0;
  double end = 0.0;
};

/// counts[i] pixels lie in the i-th of equal parts of [low, high).
struct ReportHistogram {
  double low = 0.0;
  double high = 0.0;
  std::vector<std::uint64_t> counts;
  double cut_low = 0.0;
  double cut_high = 0.0;
  std::string unit;
  std::string stretch;  ///< "asinh"
};

struct ReportCheck {
  std::string name;
  bool passed = false;
  std::string detail;  ///< may be empty
};

struct ReportInput {
  std::string name;
  int hdu = 0;
  std::string size;  ///< "357 MB"
  int width = 0;     ///< pixels
  int height = 0;    ///< pixels
  std::string beam;  ///< "6 × 6 arcsec"; may be empty
  std::string hash;  ///< hex; the page shows the first 12 digits
};

struct ReportData {
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  std::string title;
  std::string id;            ///< "ivo://ASTRON/P/lotss"
  std::string verb;          ///< "build", "update", ...
  std::string builder;       ///< "hipsgen 0.1.0"
  std::string release_date;  ///< as in `properties`; may be empty
  Pairs facts;               ///< order, tiles, bytes, sky, kernel, ...
  Pairs changes;             ///< update: what was made again, removed, kept

  std::vector<ReportTile> leaves;  ///< in any order; may be half a million
  /// From the frame of the tiles to ICRS, in which the maps are drawn.
  Rotation to_icrs{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  std::string unit;  ///< of the pixels: "Jy/beam"
  std::optional<ReportHistogram> histogram;

  /// Processor seconds; empty where a reproducible build leaves times out.
  std::vector<std::pair<std::string, double>> stages;
  std::vector<ReportCell> slowest;  ///< slowest first; empty likewise
  std::vector<ReportShard> shards;  ///< by number; empty for one process

  Pairs skipped;  ///< input, reason
  std::vector<std::string> warnings;
  std::vector<ReportCheck> checks;
  Pairs provenance;
  std::vector<ReportInput> inputs;
};

/// The page never exceeds this, whatever the survey: maps become coarser, and
/// long tables end with how many rows they leave out.
inline constexpr std::size_t kMaxReportBytes = 1'000'000;

/// The page, UTF-8. Depends on the data only: equal data, equal bytes.
std::string ReportPage(const ReportData& data);

}  // namespace hips
