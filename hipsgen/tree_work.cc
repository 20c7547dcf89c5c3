// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/tree_work.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/threads.h"
#include "hipsgen/profile.h"
#include "ledger/commit.h"

namespace hips {
namespace {

Stage parents_stage("parents again");
Stage reading_stage("reading tiles");

// The record of a parent; blank when no child has a pixel.
TileRecord MakeParent(Product& product, const TileReader& reader,
                      TileAddress parent, int width, Hierarchy hierarchy,
                      TileWriter::Batch& batch) {
  std::array<std::optional<Image<float>>, 4> pixels;
  std::array<const Image<float>*, 4> children{};
  bool any = false;
  for (int k = 0; k < 4; ++k) {
    const auto i = static_cast<std::size_t>(k);
    pixels[i] = reader.Read(Child(parent, k));
    if (!pixels[i]) continue;
    any = true;
    children[i] = &*pixels[i];
  }
  TileRecord record;
  record.tile = parent;
  if (!any) return record;
  Tile tile{parent, {}};
  {
    const Timed timed(parents_stage);
    tile.pixels = ReduceChildren(children, width, hierarchy);
  }
  RoundAsStored(product.encoding(), tile.pixels);
  return product.Emit(tile, batch);
}

}  // namespace

TileReader::TileReader(const std::filesystem::path& root)
    : stage_(StageFolder(root)), published_(root) {}

void TileReader::Drop(std::span<const TileAddress> tiles) {
  gone_.insert(tiles.begin(), tiles.end());
}

std::optional<Image<float>> TileReader::Read(TileAddress tile) const {
  const Timed timed(reading_stage);
  if (auto pixels = stage_.ReadFits(tile)) return pixels;
  if (gone_.contains(tile)) return std::nullopt;
  return published_.ReadFits(tile);
}

std::vector<TileAddress> AncestorsOf(std::span<const TileAddress> tiles) {
  std::set<TileAddress> ancestors;
  for (TileAddress tile : tiles)
    while (tile.order > 0) {
      tile = Parent(tile);
      if (!ancestors.insert(tile).second) break;
    }
  return {ancestors.begin(), ancestors.end()};
}

std::vector<TileRecord> MakeParents(Product& product, TileReader& reader,
                                    std::vector<TileAddress> parents, int width,
                                    Hierarchy hierarchy, Progress& progress) {
  std::sort(parents.begin(), parents.end());
  std::vector<TileRecord> records(parents.size());
  // Addresses sort by order: from the end, each order as a run.
  std::size_t end = parents.size();
  while (end > 0) {
    const int order = parents[end - 1].order;
    std::size_t begin = end;
    while (begin > 0 && parents[begin - 1].order == order) --begin;
    TileWriter::Batch batch;
    ParallelFor(end - begin, [&](std::size_t i) {
      ThrowIfInterrupted();
      const std::size_t at = begin + i;
      records[at] =
          MakeParent(product, reader, parents[at], width, hierarchy, batch);
      progress.Add(1);
    });
    batch.Wait();  // the next order reads them
    std::vector<TileAddress> blank;
    for (std::size_t i = begin; i < end; ++i)
      if (records[i].valid == 0) blank.push_back(records[i].tile);
    reader.Drop(blank);
    end = begin;
  }
  return records;
}

void MakeFormats(Product& product, const TileReader& reader,
                 std::span<TileRecord*> records,
                 std::span<const std::string> extensions, Progress& progress) {
  TileWriter::Batch batch;
  ParallelFor(records.size(), [&](std::size_t i) {
    ThrowIfInterrupted();
    TileRecord& record = *records[i];
    auto pixels = reader.Read(record.tile);
    if (!pixels)
      throw Error(ErrorKind::kIncomplete,
                  (product.root() / TilePath(record.tile, "fits")).string() +
                      ": is not there; hipsgen verify --repair brings it back");
    const Tile tile{record.tile, std::move(*pixels)};
    for (auto& [extension, file] : product.Write(tile, extensions, batch))
      record.files[extension] = file;
    progress.Add(1);
  });
  batch.Wait();
}

void AdoptAllsky(Product& product, const TileReader& reader,
                 std::span<const TileAddress> tiles) {
  std::vector<TileAddress> wanted;
  for (const TileAddress tile : tiles)
    if (tile.order == product.allsky().order()) wanted.push_back(tile);
  ParallelFor(wanted.size(), [&](std::size_t i) {
    if (auto pixels = reader.Read(wanted[i]))
      product.Adopt({wanted[i], std::move(*pixels)});
  });
}

}  // namespace hips
