// SPDX-License-Identifier: GPL-3.0-or-later
// The tiles of one HiPS, decoded, by way of a cache.
//
// Thread-safety: one TileSource a request and thread; files and cache are
// shared.
#pragma once

#include <cstdint>
#include <limits>

#include "cutout/hips_facts.h"
#include "cutout/tile_cache.h"
#include "store/hips_files.h"

namespace hips {

/// What is read of a HiPS that has both: the pixels of its FITS tiles, or the
/// colours of its pictures.
enum class TileKind { kFits, kPicture };

class TileSource {
 public:
  /// All arguments must outlive it.
  TileSource(const HipsFiles& files, const HipsFacts& facts, TileCache& cache,
             TileKind kind)
      : files_(files), facts_(facts), cache_(cache), kind_(kind) {}

  /// From now on, at most so many tiles are read from files; then Get throws
  /// Error(kUsage). What is in the cache does not count.
  void SetMostReads(std::int64_t reads) { reads_left_ = reads; }

  /// A tile; nullptr when there is none.
  /// throws  Error(kBadInput) naming the file when it cannot be decoded or has
  ///         not the width that the HiPS says; Error(kIo)
  TileCache::Tile Get(TileAddress tile);

  /// The same made smaller, width >> halvings pixels wide (at least 1): means
  /// of the valid pixels of each block.
  TileCache::Tile GetReduced(TileAddress tile, int halvings);

  const HipsFacts& facts() const { return facts_; }
  TileKind kind() const { return kind_; }

 private:
  template <typename Make>
  TileCache::Tile Share(const TileCache::Key& key, const Make& make);
  TileCache::Tile Read(TileAddress tile);

  const HipsFiles& files_;
  const HipsFacts& facts_;
  TileCache& cache_;
  TileKind kind_;
  std::int64_t reads_left_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace hips
