// SPDX-License-Identifier: GPL-3.0-or-later
// Memory that a thread keeps from one picture to the next.
//
// Fresh memory costs more than what is written into it: the system hands out
// zeroed pages one fault at a time, up to 0.4 ms for the 256 KiB of one tile.
// Not thread-safe: one a thread, so `thread_local`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace hips {

class PictureRoom {
 public:
  /// Room for `size` bytes of any content; what was there before is lost.
  std::span<std::uint8_t> Room(std::size_t size) {
    if (size > size_) {
      bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(size);
      size_ = size;
    }
    return {bytes_.get(), size};
  }

  /// Gives back what is more than tiles need; call when a picture is done.
  void Trim() {
    if (size_ <= kKept) return;
    bytes_.reset();
    size_ = 0;
  }

 private:
  static constexpr std::size_t kKept = std::size_t{4} << 20;

  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace hips
