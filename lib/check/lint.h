// SPDX-License-Identifier: GPL-3.0-or-later
// Does a HiPS keep the standard, and does it hold what clients count on?
//
// Every rule has an id that stays: P properties, M MOC, T tiles, A Allsky,
// F further files, C catalogues, H HiPS lists, O what the standard leaves open.
// P to H follow the conditions of CDS Hipsgen's LINT, whose verdicts
// astronomers know; O rules are this program's own. Sampling is deterministic:
// the same HiPS gives the same findings, in the same order, on any number of
// threads. Source: HiPS 1.0 (IVOA 2017). Reads only; any bytes are survived.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check/hips_source.h"

namespace hips {

enum class Level {
  kNote,     ///< worth knowing; the HiPS is clean all the same
  kWarning,  ///< allowed or advised against; some client will suffer
  kError,    ///< breaks the standard, or the data are wrong
};

/// "note", "warning", "error".
std::string_view LevelName(Level level);

struct Rule {
  std::string_view id;
  Level level;               ///< the worst it reports
  std::string_view section;  ///< of HiPS 1.0; "-" when the standard is silent
  std::string_view title;    ///< what must hold
};

/// All rules, in the order in which findings are reported.
std::span<const Rule> Rules();

struct Finding {
  std::string rule;
  Level level = Level::kNote;
  std::string section;
  std::string file;       ///< below the root; "" when it is about the whole
  std::string message;    ///< what is wrong and what to do
  std::size_t count = 1;  ///< of like ones, when this one stands for more
};

struct LintOptions {
  /// Tiles looked into, per order and format; 0: 64 of a folder, 8 of a URL,
  /// which has to send each.
  int sample = 0;
  bool all = false;  ///< every tile instead
  int threads = 0;   ///< 0: all
};

/// The findings of one HiPS, in the order of Rules(), then by file. More than
/// kFindingsPerRule of one rule are counted in one last finding.
/// throws  Error(kIo) when the source cannot be reached at all;
///         Error(kInterrupted)
inline constexpr std::size_t kFindingsPerRule = 10;
std::vector<Finding> Lint(const HipsSource& source, const LintOptions& options);

struct LintReport {
  std::string where;
  std::vector<Finding> findings;
};

/// A HiPS list (file or URL): first the list itself, then every HiPS
/// of it that is no mirror.
std::vector<LintReport> LintList(const std::string& where,
                                 const LintOptions& options);

/// The worst level; a note when there are no findings.
Level WorstLevel(std::span<const Finding> findings);

}  // namespace hips
