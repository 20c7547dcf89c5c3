// SPDX-License-Identifier: GPL-3.0-or-later
// FITS files put together by hand, card by card and byte by byte: what the
// readers are tested with owes nothing to the writers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace hips {

/// Cards of up to 80 characters, END and padding.
inline std::string HandMadeHeader(const std::vector<std::string>& cards) {
  std::string block;
  for (std::string card : cards) {
    card.resize(80, ' ');
    block += card;
  }
  block += "END";
  block.resize((block.size() + 2879) / 2880 * 2880, ' ');
  return block;
}

/// The lowest `bytes` bytes of each value, most significant first.
inline std::string BigEndian(const std::vector<std::int64_t>& values,
                             int bytes) {
  std::string text;
  for (const std::int64_t value : values)
    for (int i = bytes - 1; i >= 0; --i)
      text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}

inline std::string PaddedData(std::string data) {
  data.resize((data.size() + 2879) / 2880 * 2880, '\0');
  return data;
}

inline std::filesystem::path PutFile(const std::filesystem::path& path,
                                     std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

inline std::string_view AsText(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace hips
