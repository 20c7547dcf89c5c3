// SPDX-License-Identifier: GPL-3.0-or-later
// The charts of a report. Pure; safe from any thread.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "report/report.h"

namespace hips {

/// A figure: numbers of pixels (logarithmic) by value, the cuts marked. Says so
/// in words when there is nothing to draw.
std::string HistogramChart(const ReportHistogram& histogram);

/// A table: each stage with a bar, its time, and its share of the sum.
std::string StageTable(std::span<const std::pair<std::string, double>> stages);

}  // namespace hips
