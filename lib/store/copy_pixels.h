// SPDX-License-Identifier: GPL-3.0-or-later
// Float pixels out of FITS bytes. Private to lib/store.
#pragma once

#include <cstddef>
#include <span>

namespace hips {

/// Big-endian float32 as the file has it, but for byte order; what is infinite
/// is blank. Any alignment.
void CopyPixels(const std::byte* from, std::span<float> pixels);

}  // namespace hips
