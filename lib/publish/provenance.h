// SPDX-License-Identifier: GPL-3.0-or-later
// provenance.json: what this HiPS was made of, and how.
//
// Enough to make it again from the same files, nothing that tells where they
// lay: paths are cut to names. Equal arguments give equal bytes; the only date
// is the caller's. Pure function; safe from any thread.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "publish/input_record.h"

namespace hips {

struct Provenance {
  std::string creator_did;
  std::string title;
  std::string release_date;
  std::string builder;  ///< "hipsgen 0.1.0"
  /// Version of the rules that turn inputs into pixels.
  std::string pixel_rules;
  /// What was decided about the pixels: order, kernel, weights, ... in order.
  std::vector<std::pair<std::string, std::string>> decisions;
  /// Options as set ("pixels.kernel", "beam"), in order.
  std::vector<std::pair<std::string, std::string>> options;
  /// Name and version of libraries that touch pixels.
  std::vector<std::pair<std::string, std::string>> libraries;
  /// Inputs that were left out, with the reason.
  std::vector<std::pair<std::string, std::string>> skipped;
  std::vector<std::string> warnings;
};

/// UTF-8 JSON, indented, with a newline at its end.
std::string ProvenanceJson(const Provenance& provenance,
                           std::span<const InputRecord> inputs);

}  // namespace hips
