// SPDX-License-Identifier: GPL-3.0-or-later
// XXH3-128 content hashes: identity of tiles, recipes and headers.
//
// Not cryptographic. The text form is 32 lower-case hex digits, most
// significant first (the library's canonical form). Safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace hips {

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const Hash128&) const = default;

  std::string Text() const;
};

Hash128 HashOf(std::span<const std::byte> bytes);
Hash128 HashOf(std::string_view text);

/// A hash fed piece by piece; Add of a text or number also adds its length or
/// width, so "ab","c" and "a","bc" differ.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void AddBytes(const void* data, std::size_t size);
  void Add(std::string_view text);
  void Add(std::int64_t value);
  void Add(double value);
  Hash128 Result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hips
