// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of the sky as people write them.
// Pure; safe from any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/direction.h"
#include "moc/moc.h"

namespace hips {

/// The cells of `order` that may touch a disc, as CellsInDisc.
/// radius  radians
Moc ConeMoc(int order, const Direction& centre, double radius);

/// The cells of `order` that touch a polygon of great-circle sides, and some
/// that lie less than a cell from them.
///
/// corners  three or more, either way round, within a hemisphere
/// throws   Error(kUsage)
Moc PolygonMoc(int order, std::span<const Direction> corners);

/// "cone:RA,DEC,RADIUS" and "polygon:RA,DEC,RA,DEC,..." in degrees, the name
/// of a MOC file, or a MOC as ASCII or JSON text. `order` is for the first two.
/// throws  Error(kUsage) with what is wrong; as ReadMoc
Moc ParseRegion(const std::string& text, int order);

}  // namespace hips
