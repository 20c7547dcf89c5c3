// SPDX-License-Identifier: GPL-3.0-or-later
// The rows behind OptionTable(): what a key accepts and where it goes.
//
// Private to this room. Immutable after the first call; safe from any thread.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "survey/options.h"

namespace hips {

/// What a survey file may write after the '='.
enum class OptionType {
  kText,
  kTextOrInteger,
  kTexts,  ///< text or array of texts
  kInteger,
  kNumber,
  kFlag,
  kFlagOrAuto,
};

/// "text", "a whole number", ...: what the type is called in messages.
std::string_view TypeName(OptionType type);

struct OptionRow {
  OptionHelp help;
  OptionType type = OptionType::kText;
  /// Checks and assigns. Throws Error(kUsage): what is wrong with the value,
  /// without the key.
  std::function<void(BuildOptions&, const std::vector<std::string>&)> set;
  /// The values that `set` makes the same of.
  std::function<std::vector<std::string>(const BuildOptions&)> get;
};

std::span<const OptionRow> OptionRows();
const OptionRow* FindOption(std::string_view key);

/// "unknown key pixels.kernal; did you mean pixels.kernel?"
std::string UnknownKeyMessage(std::string_view key);
/// The sections of a survey file, [metadata] among them.
std::span<const std::string> OptionSections();

}  // namespace hips
