// SPDX-License-Identifier: GPL-3.0-or-later
// A small picture of a coverage: the whole sky, as SVG to stand in a page.
//
// Mollweide's projection, equal areas, ICRS; right ascension 180 deg in the
// middle and increasing to the left, north up. Colours are the style sheet's:
// classes sky, cover, net, rim, here. Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "moc/moc.h"

namespace hips {

/// Squares across and down; the drawing is as many units wide and high.
inline constexpr int kCoverageWidth = 256;
inline constexpr int kCoverageHeight = 128;

/// An <svg> element of a few kilobytes (250 at most, whatever the coverage),
/// hidden from screen readers: the page says the share of the sky in words.
/// Squares whose centre lies in a cell of order 6 that the MOC touches are
/// filled (<path class="cover">, a run of squares "Mx yhNv1h-Nz" each), and
/// those that hold the centre of such a cell where the cells are few. A
/// coverage of less than about 14 deg across gets a ring around it.
///
/// frame  of the MOC's cells, as hips_frame has it: "equatorial", "galactic" or
///        "ecliptic"; nothing is drawn of any other
std::string CoverageSvg(const Moc& moc, std::string_view frame = "equatorial");

}  // namespace hips
