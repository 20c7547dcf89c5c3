// SPDX-License-Identifier: GPL-3.0-or-later
// The maps of a report: figures with an inline SVG, a caption and a legend.
//
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <string>

#include "report/report.h"

namespace hips {

/// Coverage, number of inputs, noise, and where on the sky that is. Cells are
/// drawn, at most `max_cells` a map; the whole sky from one twentieth of it on
/// or where the leaves lie far apart, else the part that is covered. Nothing
/// when no leaf has a valid pixel.
std::string SkyMaps(const ReportData& data, std::size_t max_cells);

/// The right ascension for the middle of a map of the whole sky, a multiple of
/// 15 degrees, that leaves most of the cells whole; 180 when it matters little.
struct CellMap;
double BestCentreRaDeg(const CellMap& map, const Rotation& to_icrs);

}  // namespace hips
