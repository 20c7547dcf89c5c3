// SPDX-License-Identifier: GPL-3.0-or-later
// FITS bytes that no library has touched, for tests of readers.
#pragma once

#include <string>
#include <vector>

namespace hips {

/// A primary HDU: the cards padded, END, the data as they are.
inline std::string HandMade(const std::vector<std::string>& cards,
                            const std::string& data) {
  std::string text;
  for (std::string card : cards) {
    card.resize(80, ' ');
    text += card;
  }
  text += "END";
  text.resize((text.size() + 2879) / 2880 * 2880, ' ');
  return text + data;
}

}  // namespace hips
