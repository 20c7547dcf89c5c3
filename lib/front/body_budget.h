// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory the answers have that wait for their readers.
//
// A body that was made (a cut-out, a rendered tile) stays in memory until its
// reader has it, at whatever pace. Files are not counted: they stay on disk. A
// body that several answers share is counted once in all, and for each client
// that reads it. Thread-safety: every call is safe from any thread; one Hold
// is one thread's at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "front/addresses.h"
#include "serve/answer.h"

namespace hips {

/// Bytes in memory; empty for a file.
std::string_view MemoryOf(const BodyPart& part);

class BodyBudget {
 public:
  /// Counts bodies until the end of its life.
  class Hold {
   public:
    Hold() = default;
    ~Hold() { Release(); }
    Hold(Hold&& other) noexcept { *this = std::move(other); }
    Hold& operator=(Hold&& other) noexcept;

    /// Does it count anything?
    explicit operator bool() const { return budget_ != nullptr; }

   private:
    friend class BodyBudget;
    void Release();

    BodyBudget* budget_ = nullptr;
    ClientTable::Handle client_;
    std::uint64_t bytes_ = 0;      // all of it
    std::uint64_t own_bytes_ = 0;  // what nobody shares
    std::vector<SharedText> shared_;
  };

  /// most_bytes, most_a_client  as in FrontLimits; 0 counts as 1
  BodyBudget(std::uint64_t most_bytes, std::uint64_t most_a_client);
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;

  /// May another body be made for this client? One of any size may when there
  /// is none yet. client  nullptr: has no limit of its own
  bool HasRoom(const ClientRecord* client) const;
  /// Is there twice as much as there should be? Then not even small ones may.
  bool IsFull() const { return bytes_ / 2 >= most_bytes_; }
  /// More than half of it is held: readers should be quick.
  bool IsScarce() const { return bytes_ > most_bytes_ / 2; }
  /// Counts what of `parts` is in memory, whether there is room or not. The
  /// budget outlives what it returns.
  Hold Count(const ClientTable::Handle& client,
             std::span<const BodyPart> parts);
  /// Counted now.
  std::uint64_t bytes() const { return bytes_; }

 private:
  const std::uint64_t most_bytes_;
  const std::uint64_t most_a_client_;
  std::atomic<std::uint64_t> bytes_{0};
  std::mutex mutex_;                                     // guards holders_
  std::unordered_map<const std::string*, int> holders_;  // of shared bodies
};

}  // namespace hips
