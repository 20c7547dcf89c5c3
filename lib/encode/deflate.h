// SPDX-License-Identifier: GPL-3.0-or-later
// A fast zlib stream: Huffman codes and runs of equal bytes, nothing else.
//
// Filtered noise repeats itself by chance only; searching it for repetitions
// takes four times as long as coding it and saves a tenth. Blank parts are
// runs. Data without any order are stored.
// The bytes depend on the data only. Safe from any thread.
// Sources: RFC 1950 (zlib), RFC 1951 (deflate).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace hips {

/// Room that ZlibRuns wants for `size` bytes of data.
std::size_t ZlibRunsBound(std::size_t size);

/// data     at least one byte
/// out      at least ZlibRunsBound bytes; all of them may be written to
/// returns  length of the stream
std::size_t ZlibRuns(std::span<const std::uint8_t> data,
                     std::span<std::uint8_t> out);

}  // namespace hips
