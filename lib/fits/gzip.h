// SPDX-License-Identifier: GPL-3.0-or-later
// Gzipped files, inflated in one go into room that the memory bound knows.
// Private to lib/fits. Pure but for that room; safe from any thread.
#pragma once

#include <cstddef>
#include <span>

#include "base/scratch.h"

namespace hips {

bool IsGzip(std::span<const std::byte> bytes);

struct Inflated {
  Scratch room;          ///< at least `size` bytes
  std::size_t size = 0;  ///< of the file inside
};

/// All members of a gzip file, one after the other.
/// throws  Error(kBadInput) when it is damaged or cut off; Error(kIo)
Inflated InflateGzip(std::span<const std::byte> bytes);

}  // namespace hips
