// SPDX-License-Identifier: GPL-3.0-or-later
// What a simulated survey holds, for whoever checks images made of it:
// truth.csv and survey.json. Columns and units: simulate.h.
//
// Add() is for one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulate/mosaic.h"
#include "simulate/plan.h"
#include "simulate/sky.h"

namespace hips {

class Truth {
 public:
  Truth(const SurveyPlan& plan, const Sky& sky);

  /// Counts what a finished mosaic shows.
  void Add(const Field& field, const Mosaic& mosaic);

  /// The table of the components that some mosaic shows, with a header line.
  std::string Csv() const;
  /// How many rows it has.
  std::int64_t shown() const;

 private:
  const SurveyPlan& plan_;
  const Sky& sky_;
  std::vector<int> cover_;
  std::vector<double> sigma_;
};

/// bytes  of all mosaics
std::string SurveyJson(const SurveyPlan& plan, const SimulateOptions& options,
                       std::int64_t bytes, std::int64_t components);

}  // namespace hips
