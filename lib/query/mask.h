// SPDX-License-Identifier: GPL-3.0-or-later
// Words with wildcards: '*' stands for any text, also none, '?' for one byte.
//
// Unlike the shell's patterns these have no brackets, which identifiers and
// titles contain. Pure; safe from any thread.
#pragma once

#include <string_view>

namespace hips {

enum class LetterCase { kMatters, kIgnored };

/// ASCII letters only are folded. At most text.size() * mask.size() steps.
bool MatchesMask(std::string_view text, std::string_view mask,
                 LetterCase letters);

/// Does the word contain a wildcard?
inline bool HasWildcard(std::string_view word) {
  return word.find_first_of("*?") != std::string_view::npos;
}

}  // namespace hips
