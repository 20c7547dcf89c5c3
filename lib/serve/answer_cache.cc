// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/answer_cache.h"

#include <functional>

namespace hips {
namespace {

// Of an entry beside its texts: list, map, strings.
constexpr std::size_t kOverhead = 256;
constexpr std::size_t kLargestShare = 16;

}  // namespace

AnswerCache::AnswerCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

AnswerCache::Shard& AnswerCache::ShardOf(const std::string& key) {
  return shards_[std::hash<std::string>()(key) % kShards];
}

std::optional<MadeAnswer> AnswerCache::Find(const std::string& key) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  const auto place = shard.places.find(key);
  if (place == shard.places.end()) return std::nullopt;
  shard.entries.splice(shard.entries.begin(), shard.entries, place->second);
  return place->second->answer;
}

void AnswerCache::Keep(const std::string& key, const MadeAnswer& answer) {
  const std::size_t bytes =
      kOverhead + 2 * key.size() + (answer.text ? answer.text->size() : 0);
  if (bytes > most_bytes_ / kLargestShare) return;
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  const auto drop = [&](std::list<Entry>::iterator entry) {
    shard.bytes -= entry->bytes;
    bytes_ -= entry->bytes;
    shard.places.erase(entry->key);
    shard.entries.erase(entry);
  };
  if (const auto old = shard.places.find(key); old != shard.places.end())
    drop(old->second);
  shard.entries.push_front({key, answer, bytes});
  shard.places.emplace(shard.entries.front().key, shard.entries.begin());
  shard.bytes += bytes;
  bytes_ += bytes;
  while (shard.bytes > most_bytes_ / kShards && shard.entries.size() > 1)
    drop(std::prev(shard.entries.end()));
}

}  // namespace hips
