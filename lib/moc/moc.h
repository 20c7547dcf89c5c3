// SPDX-License-Identifier: GPL-3.0-or-later
// A space MOC: a part of the sky as HEALPix cells.
//
// Kept as sorted, disjoint, non-touching ranges of cells at order 29; `order`
// is the resolution it claims, and every range begins and ends on a cell border
// of that order. Canonical by construction: equal skies and orders are equal.
// Source: IVOA MOC 2.0. Thread-safety: as std::vector.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fits/write.h"
#include "healpix/tile_address.h"

namespace hips {

class Moc {
 public:
  /// [first, last) at order 29, within [0, 12 * 4^29).
  using Range = std::pair<std::int64_t, std::int64_t>;

  /// An empty MOC of resolution `order` (0..29, else Error(kUsage)).
  explicit Moc(int order = kMaxOrder);

  /// cells in any order, repeated or nested; deeper ones than `order` are
  /// widened to their ancestor at `order`. An invalid cell is Error(kUsage).
  static Moc FromCells(int order, const std::vector<TileAddress>& cells);
  /// ranges in any order, overlapping or not, widened to cells of `order`.
  /// throws  Error(kUsage) when one is empty, reversed or outside the sphere
  static Moc FromRanges(int order, std::vector<Range> ranges);

  int order() const { return order_; }
  bool empty() const { return ranges_.empty(); }
  /// Ascending, at least one cell of order 29 apart.
  const std::vector<Range>& ranges() const { return ranges_; }

  /// The cells, siblings merged, sorted by order, then index.
  std::vector<TileAddress> Cells() const;
  /// The cells of one order that the MOC touches, ascending.
  std::vector<std::int64_t> CellsAt(int order) const;
  /// Does the MOC touch the cell?
  bool Touches(TileAddress cell) const;
  /// Share of the sphere, 0..1.
  double SkyFraction() const;
  /// Of the finer of the two orders.
  Moc Union(const Moc& other) const;

  /// "3/5 7-9 4/42"; ends with "N/" when no cell has the MOC's own order.
  std::string Ascii() const;
  /// {"3":[5,7,8,9],"4":[42]}; ends with "N":[] in the same case.
  std::string JsonText() const;

  /// NUNIQ table of MOC 2.0 that 1.x readers understand.
  /// frame  COORDSYS: "C" is ICRS, the only one of MOC 2.0; "G" and "E" for
  ///        Moc.fits of a galactic or ecliptic HiPS
  Bytes Fits(std::string_view frame = "C") const;

  bool operator==(const Moc&) const = default;

 private:
  int order_;
  std::vector<Range> ranges_;
};

/// ASCII or JSON serialisation. Commas may stand for blanks and orders may come
/// in any order; the deepest one named, even without cells, is the MOC's own.
/// throws  Error(kUsage)
Moc ParseMoc(std::string_view text);

/// A MOC file: NUNIQ or RANGE, MOC 1.x or 2.0, columns of 32 or 64 bits.
/// throws  Error(kBadInput) when it is none, or its frame is not ICRS, with the
///         file's name; Error(kIo)
Moc ReadMoc(const std::filesystem::path& path);

}  // namespace hips
