// SPDX-License-Identifier: GPL-3.0-or-later
// For fuzzers: bytes as text, and what must hold whatever they are. Every
// exception but Error ends the fuzzer, as does a broken Require.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.h"

namespace hips {

inline void Require(bool holds) {
  if (!holds) std::abort();
}

/// Runs `body`; false when it refused its input with an Error, which has a
/// message of one line.
template <typename Body>
bool Accepts(Body body) {
  try {
    body();
  } catch (const Error& error) {
    const std::string_view message = error.what();
    Require(!message.empty());
    return false;
  }
  return true;
}

inline std::string_view TextOf(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace hips

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);
