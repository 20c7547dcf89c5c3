// SPDX-License-Identifier: GPL-3.0-or-later
// A MOC file as it is written, also where it breaks its standard.
//
// The room `moc` wants ICRS and makes every MOC canonical as it reads; here
// the frame and the flaws are the result.
// Source: IVOA MOC 2.0. Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "moc/moc.h"

namespace hips {

struct MocFile {
  Moc moc;
  std::string frame;    ///< COORDSYS, "C" when absent
  std::string packing;  ///< "NUNIQ" or "RANGE"
  /// What keeps it from being canonical, one sentence each.
  std::vector<std::string> flaws;
};

/// bytes   a FITS file with a space MOC in its first table
/// throws  Error(kBadInput) when there is none, or a cell that cannot be
MocFile ParseMocFile(std::string_view bytes);

/// Cells [first, last) of one order.
using CellRange = std::pair<std::int64_t, std::int64_t>;

/// The cells of `order` that the MOC touches: ascending, disjoint, merged.
std::vector<CellRange> CellRangesAt(const Moc& moc, int order);

/// Number of cells in the ranges, and the i-th of them.
std::int64_t CountCells(const std::vector<CellRange>& ranges);
std::int64_t NthCell(const std::vector<CellRange>& ranges, std::int64_t i);

}  // namespace hips
