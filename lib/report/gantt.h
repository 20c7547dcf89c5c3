// SPDX-License-Identifier: GPL-3.0-or-later
// When each shard of a build was made.
#pragma once

#include <span>
#include <string>

#include "report/report.h"

namespace hips {

/// A figure: a bar from start to end of each shard, in the order of their
/// numbers, and in words how evenly the work was cut. "" without shards.
std::string ShardChart(std::span<const ReportShard> shards);

}  // namespace hips
