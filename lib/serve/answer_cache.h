// SPDX-License-Identifier: GPL-3.0-or-later
// Answers that took work to make, kept as long as there is room.
//
// Bounded by bytes, the least recently used go first. A key names everything
// that the bytes depend on, the release of a HiPS among it, so nothing kept is
// ever wrong; it only falls out of use. That something does not exist is kept
// too. Thread-safety: every call is safe from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "serve/answer.h"

namespace hips {

/// What was made; no text: it does not exist.
struct MadeAnswer {
  SharedText text;
  std::string content_type;
  std::string etag;
};

class AnswerCache {
 public:
  explicit AnswerCache(std::size_t most_bytes);

  std::optional<MadeAnswer> Find(const std::string& key);
  /// What is larger than a sixteenth of all is not kept.
  void Keep(const std::string& key, const MadeAnswer& answer);

  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t kShards = 8;

  struct Entry {
    std::string key;
    MadeAnswer answer;
    std::size_t bytes = 0;
  };
  struct Shard {
    std::mutex mutex;
    std::list<Entry> entries;  // the most recently used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> places;
    std::size_t bytes = 0;
  };

  Shard& ShardOf(const std::string& key);

  const std::size_t most_bytes_;
  std::atomic<std::size_t> bytes_{0};
  std::array<Shard, kShards> shards_;
};

}  // namespace hips
