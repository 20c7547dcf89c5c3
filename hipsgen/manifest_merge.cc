// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/manifest_merge.h"

#include <algorithm>
#include <stdexcept>

#include "base/format.h"
#include "ledger/commit.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

std::vector<TileRecord> RecordsOf(const fs::path& ledger, TileAddress cell) {
  auto manifest = ReadManifest(ledger, cell);
  if (!manifest) return {};
  return std::move(manifest->tiles);
}

void Renumber(const std::vector<int>& numbers, TileRecord& record) {
  if (numbers.empty()) return;
  for (int& input : record.inputs) {
    const auto at = static_cast<std::size_t>(input);
    const int number = at < numbers.size() ? numbers[at] : -1;
    if (number < 0)
      throw std::logic_error(Format("tile {}/{} keeps an input that is gone",
                                    record.tile.order, record.tile.npix));
    input = number;
  }
}

void AddLost(const TileRecord& before, const TileRecord* after,
             std::vector<std::string>& lost) {
  for (const auto& [extension, file] : before.files)
    if (after == nullptr || !after->files.contains(extension))
      lost.push_back(TilePath(before.tile, extension));
}

}  // namespace

void ManifestChanges::AddMade(std::vector<TileRecord> records) {
  for (TileRecord& record : records) {
    const TileAddress tile = record.tile;
    made[tile] = std::move(record);
  }
}

std::vector<std::string> MergeManifests(const fs::path& root,
                                        const Release& earlier,
                                        const Release& next,
                                        ManifestChanges& changes) {
  std::map<TileAddress, std::vector<TileAddress>> made_in;
  for (const auto& [tile, record] : changes.made)
    made_in[CellOf(next, tile)].push_back(tile);
  std::set<TileAddress> cells(earlier.cells.begin(), earlier.cells.end());
  cells.insert(next.cells.begin(), next.cells.end());
  cells.insert({-1, 0});
  const std::set<TileAddress> next_cells(next.cells.begin(), next.cells.end());

  std::vector<std::string> lost;
  for (const TileAddress cell : cells) {
    CellManifest manifest{next.plan, cell, {}};
    const auto keep = [&](TileRecord&& record) {
      // A leaf that turned out blank is remembered; a parent is not.
      if (record.valid > 0 || record.tile.order == next.leaf_order)
        manifest.tiles.push_back(std::move(record));
    };
    for (TileRecord& before : RecordsOf(Ledger(root), cell)) {
      const auto made = changes.made.find(before.tile);
      if (made != changes.made.end()) {
        AddLost(before, &made->second, lost);
      } else if (changes.gone.contains(before.tile)) {
        AddLost(before, nullptr, lost);
      } else {
        Renumber(changes.inputs, before);
        keep(std::move(before));
      }
    }
    for (const TileAddress tile : made_in[cell])
      keep(std::move(changes.made[tile]));
    std::sort(manifest.tiles.begin(), manifest.tiles.end(),
              [](const TileRecord& a, const TileRecord& b) {
                return a.tile < b.tile;
              });
    if (cell.order < 0 || next_cells.contains(cell))
      WriteManifest(NextLedger(root), manifest);
  }
  return lost;
}

}  // namespace hips
