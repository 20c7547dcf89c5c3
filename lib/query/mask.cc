// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/mask.h"

#include <cstddef>

namespace hips {
namespace {

char Folded(char c, LetterCase letters) {
  const bool fold = letters == LetterCase::kIgnored && c >= 'A' && c <= 'Z';
  return fold ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool MatchesMask(std::string_view text, std::string_view mask,
                 LetterCase letters) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t t = 0;
  std::size_t m = 0;
  // After a mismatch only the last star can take more: earlier ones have
  // already taken as little as they can.
  std::size_t star = kNone;
  std::size_t after_star = 0;
  while (t < text.size()) {
    if (m < mask.size() && mask[m] == '*') {
      star = m++;
      after_star = t;
    } else if (m < mask.size() &&
               (mask[m] == '?' ||
                Folded(mask[m], letters) == Folded(text[t], letters))) {
      ++m;
      ++t;
    } else if (star != kNone) {
      m = star + 1;
      t = ++after_star;
    } else {
      return false;
    }
  }
  while (m < mask.size() && mask[m] == '*') ++m;
  return m == mask.size();
}

}  // namespace hips
