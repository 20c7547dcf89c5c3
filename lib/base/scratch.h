// SPDX-License-Identifier: GPL-3.0-or-later
// Room for large decoded data within the process's memory bound.
//
// Up to a budget a piece is private memory; beyond it, a nameless file in the
// scratch folder, mapped: the system may write it out and take its pages back,
// and it is gone when the process ends, however it ends.
// Thread-safety: all functions may run in any thread; a piece may be read by
// many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace hips {

class Scratch {
 public:
  Scratch() = default;
  /// `bytes` zeros, writable.
  /// throws  Error(kIo) when neither memory nor the scratch folder has room
  explicit Scratch(std::size_t bytes);
  ~Scratch();
  Scratch(Scratch&& other) noexcept;
  Scratch& operator=(Scratch&& other) noexcept;

  std::span<std::byte> bytes() { return {data_, size_}; }
  std::span<const std::byte> bytes() const { return {data_, size_}; }
  /// Does it count against the budget?
  bool is_private() const { return private_; }

  /// From now on: at most `budget` bytes of private memory in all pieces; the
  /// others in `folder` (made when needed). Before the first call there is no
  /// bound.
  static void SetBudget(std::uint64_t budget,
                        const std::filesystem::path& folder);
  static void SetFolder(const std::filesystem::path& folder);

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  bool private_ = false;
};

}  // namespace hips
