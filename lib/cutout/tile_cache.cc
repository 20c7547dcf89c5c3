// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/tile_cache.h"

#include <exception>
#include <string_view>
#include <utility>

namespace hips {
namespace {

// Of the lists and the table, a tile.
constexpr std::size_t kOverhead = 256;

std::size_t BytesOf(const TileCache::Key& key, const TileCache::Tile& tile) {
  std::size_t bytes = kOverhead + 2 * key.release.size();
  if (tile)
    bytes += tile->pixels.size() * sizeof(float) +
             tile->colours.size() * sizeof(Rgba);
  return bytes;
}

}  // namespace

std::size_t TileCache::Hash::operator()(const Key& key) const {
  const auto mix = [](std::size_t seed, std::size_t value) {
    return (seed ^ value) * std::size_t{0x9e3779b97f4a7c15};
  };
  std::size_t hash = std::hash<std::string_view>()(key.release);
  hash = mix(hash, static_cast<std::size_t>(key.tile.npix));
  hash = mix(hash, static_cast<std::size_t>(key.tile.order));
  hash = mix(hash, static_cast<std::size_t>(key.variant));
  return hash ^ (hash >> 32);
}

TileCache::Tile TileCache::Get(const Key& key,
                               const std::function<Tile()>& load) {
  std::promise<Tile> promise;
  {
    std::unique_lock lock(mutex_);
    if (const auto found = places_.find(key); found != places_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      ++found_;
      const std::shared_future<Tile> tile = found->second->tile;
      lock.unlock();
      return tile.get();
    }
    entries_.push_front({key, promise.get_future().share(), 0});
    places_.emplace(key, entries_.begin());
    ++loaded_;
  }
  return Load(key, std::move(promise), load);
}

// The entry cannot have gone in the meantime: those being loaded stay.
TileCache::Tile TileCache::Load(const Key& key, std::promise<Tile> promise,
                                const std::function<Tile()>& load) {
  try {
    Tile tile = load();
    promise.set_value(tile);
    Keep(key, BytesOf(key, tile));
    return tile;
  } catch (...) {
    promise.set_exception(std::current_exception());
    Drop(key);
    throw;
  }
}

void TileCache::Keep(const Key& key, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  places_.at(key)->bytes = bytes;
  bytes_ += bytes;
  MakeRoom();
}

void TileCache::Drop(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(key);
  entries_.erase(place->second);
  places_.erase(place);
}

void TileCache::MakeRoom() {
  for (auto entry = entries_.end();
       bytes_ > most_bytes_ && entry != entries_.begin();) {
    --entry;
    if (entry->bytes == 0) continue;
    bytes_ -= entry->bytes;
    places_.erase(entry->key);
    entry = entries_.erase(entry);
  }
}

TileCache::Figures TileCache::figures() const {
  const std::lock_guard lock(mutex_);
  return {bytes_, entries_.size(), found_, loaded_};
}

}  // namespace hips
