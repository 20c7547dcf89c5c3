// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a file that is put together in memory.
//
// A vector whose memory, once it is large, begins at a page: so a disk can
// fetch it from where it is (base/direct_file.h), without a copy in between.
// Thread-safety: as std::vector.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace hips {

/// Memory of kLarge bytes and more begins at a multiple of kPage.
template <typename T>
struct PageAllocator {
  using value_type = T;
  static constexpr std::size_t kPage = 4096;
  static constexpr std::size_t kLarge = std::size_t{64} << 10;

  PageAllocator() = default;
  template <typename U>
  explicit(false) PageAllocator(const PageAllocator<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    return static_cast<T*>(
        bytes < kLarge ? ::operator new(bytes)
                       : ::operator new (bytes, std::align_val_t{kPage}));
  }
  void deallocate(T* memory, std::size_t count) {
    if (count * sizeof(T) < kLarge) {
      ::operator delete(memory);
    } else {
      ::operator delete (memory, std::align_val_t{kPage});
    }
  }

  bool operator==(const PageAllocator&) const = default;
};

using Bytes = std::vector<std::byte, PageAllocator<std::byte>>;

}  // namespace hips
