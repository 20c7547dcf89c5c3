// SPDX-License-Identifier: GPL-3.0-or-later
// report.html of a build or an update: what the plan, the manifests and the
// run's clocks say, for the page that lib/report makes of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hipsgen/build_plan.h"
#include "hipsgen/product.h"
#include "hipsgen/publish_files.h"
#include "hipsgen/staged_files.h"
#include "publish/properties_file.h"

namespace hips {

/// facts  without survey_files
/// d      what properties say
void PutReport(const BuildPlan& plan, const Product& product,
               const ReleaseFacts& facts, const HipsDescription& d,
               const RunFacts& run, StagedFiles& stage);

}  // namespace hips
