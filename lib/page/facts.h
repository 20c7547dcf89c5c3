// SPDX-License-Identifier: GPL-3.0-or-later
// What `properties` say, in words for people. Private to lib/page.
//
// Each gives "" when the keys are missing or make no sense. Plain text, not
// yet escaped.
#pragma once

#include <string>
#include <vector>

#include "properties/properties.h"

namespace hips {

/// obs_title, else obs_collection, else the path without its first '/'.
std::string TitleOf(const Properties& properties, const std::string& path);
/// "0.805″ per pixel, order 9".
std::string ResolutionText(const Properties& properties);
/// "equatorial (ICRS)".
std::string FrameText(const Properties& properties);
/// "12.5 % of the sky, 5157 deg²".
std::string CoverageText(const Properties& properties);
/// {"FITS", "PNG"}, in the order of hips_tile_format; at most 8.
std::vector<std::string> FormatNames(const Properties& properties);
/// "23 November 2026", when hips_release_date is one.
std::string ReleaseText(const Properties& properties);
/// "2.9 GB", from hips_estsize (in KB).
std::string SizeText(const Properties& properties);
/// "Radio, 120 to 168 MHz", from obs_regime, em_min and em_max (metres).
std::string BandText(const Properties& properties);

}  // namespace hips
