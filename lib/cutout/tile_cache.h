// SPDX-License-Identifier: GPL-3.0-or-later
// Decoded tiles, kept as long as there is room.
//
// Bounded by bytes; the least recently used go first. That a tile is missing is
// kept, too. Two threads that want the same tile decode it once: the second
// waits. A failure is not kept: whoever asks next tries again.
// Thread-safety: every call is safe from any thread. A tile stays valid for
// who holds it, also when it is dropped here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/image.h"
#include "encode/picture.h"
#include "healpix/tile_address.h"

namespace hips {

/// The pixels of a FITS tile, or the colours of a picture; row 0 at the bottom.
struct DecodedTile {
  Image<float> pixels;  ///< blank = NaN
  Image<Rgba> colours;  ///< blank has alpha 0
};

class TileCache {
 public:
  /// nullptr: there is no such tile.
  using Tile = std::shared_ptr<const DecodedTile>;

  struct Key {
    std::string release;  ///< HipsFacts::key
    TileAddress tile;
    int variant = 0;  ///< for what else is made of a tile

    bool operator==(const Key&) const = default;
  };

  struct Figures {
    std::size_t bytes = 0;
    std::size_t tiles = 0;     ///< missing ones among them
    std::uint64_t found = 0;   ///< since the start
    std::uint64_t loaded = 0;  ///< since the start
  };

  /// most_bytes  of what is kept; a tile that is larger alone is not kept
  explicit TileCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// The tile, from here or from `load`, which runs without a lock.
  /// throws  what load throws
  Tile Get(const Key& key, const std::function<Tile()>& load);

  Figures figures() const;

 private:
  struct Entry {
    Key key;
    std::shared_future<Tile> tile;
    std::size_t bytes = 0;  ///< 0 while it is being loaded
  };
  using Entries = std::list<Entry>;  // the most recently used first
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };

  Tile Load(const Key& key, std::promise<Tile> promise,
            const std::function<Tile()>& load);
  void Keep(const Key& key, std::size_t bytes);
  void Drop(const Key& key);
  void MakeRoom();

  const std::size_t most_bytes_;
  mutable std::mutex mutex_;  // guards what follows
  Entries entries_;
  std::unordered_map<Key, Entries::iterator, Hash> places_;
  std::size_t bytes_ = 0;
  std::uint64_t found_ = 0;
  std::uint64_t loaded_ = 0;
};

}  // namespace hips
