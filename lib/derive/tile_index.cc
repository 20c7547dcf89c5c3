// SPDX-License-Identifier: GPL-3.0-or-later
#include "derive/tile_index.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "check/moc_file.h"

namespace hips {
namespace {

// Folders of an order whose tiles are held against the MOC. One of 10 000
// tiles takes about 20 ms.
constexpr std::size_t kFoldersSampled = 32;

// COORDSYS of a MOC in the frame of a HiPS; other bodies have none of their
// own.
std::string CoordsysOf(std::string_view frame) {
  if (frame == "galactic") return "G";
  if (frame == "ecliptic") return "E";
  return "C";
}

std::vector<Moc> AllTiles(const HipsFiles& files, const Inventory& inventory) {
  std::vector<Moc> orders;
  for (const StoredOrder& order : inventory.orders())
    orders.push_back(TilesAt(files, order));
  return orders;
}

// What keeps the MOC from speaking for the tiles; "" when nothing does.
std::string Objection(const MocFile& file, const HipsFiles& files,
                      const Inventory& inventory, const std::string& coordsys) {
  if (file.frame != coordsys)
    return Format("its frame is {}, that of the tiles is {}", file.frame,
                  coordsys);
  for (const StoredOrder& order : inventory.orders())
    for (const std::int64_t folder :
         EvenlySpread(order.folders, kFoldersSampled))
      for (const auto& [tile, extension] :
           TilesInFolder(files, order.order, folder))
        if (!file.moc.Touches(tile))
          return Format("it does not reach {}, which is there",
                        TilePath(tile, extension));
  return "";
}

// The MOC of the HiPS when it is of use; otherwise says why not.
std::optional<Moc> TrustedMoc(const HipsFiles& files,
                              const Inventory& inventory,
                              const std::string& coordsys,
                              std::string& remark) {
  const auto bytes = files.Read("Moc.fits");
  if (!bytes) return std::nullopt;
  try {
    MocFile file = ParseMocFile(
        {reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    remark = Objection(file, files, inventory, coordsys);
    if (remark.empty()) return std::move(file.moc);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kIo) throw;
    remark = error.what();
  }
  remark = "Moc.fits is not used: " + remark;
  return std::nullopt;
}

}  // namespace

TileIndex TileIndex::Of(const HipsFiles& files, const Inventory& inventory,
                        std::string_view frame) {
  TileIndex index;
  index.coordsys_ = CoordsysOf(frame);
  index.deepest_order_ = inventory.deepest_order();
  auto moc = TrustedMoc(files, inventory, index.coordsys_, index.remark_);
  if (moc) {
    index.source_ = Source::kMoc;
    index.coverage_ = *std::move(moc);
  } else {
    index.orders_ = AllTiles(files, inventory);
    index.coverage_ = CoverageOf(index.orders_);
  }
  return index;
}

bool TileIndex::MayHold(TileAddress tile) const {
  if (!IsValid(tile) || tile.order > deepest_order_) return false;
  if (source_ == Source::kMoc) return coverage_.Touches(tile);
  // The tile itself, or a tile that it can be derived from.
  return std::any_of(orders_.begin(), orders_.end(), [&](const Moc& tiles) {
    return tiles.order() >= tile.order && tiles.Touches(tile);
  });
}

Moc CoverageOf(const std::vector<Moc>& orders) {
  if (orders.empty()) return Moc(0);
  Moc coverage = orders.back();
  for (auto tiles = orders.rbegin() + 1; tiles != orders.rend(); ++tiles) {
    std::vector<Moc::Range> ranges = coverage.ranges();
    const std::size_t deeper = ranges.size();
    const int shift = 2 * (kMaxOrder - tiles->order());
    for (const std::int64_t npix : tiles->CellsAt(tiles->order()))
      if (!coverage.Touches({tiles->order(), npix}))
        ranges.emplace_back(npix << shift, (npix + 1) << shift);
    if (ranges.size() > deeper)
      coverage = Moc::FromRanges(coverage.order(), std::move(ranges));
  }
  return coverage;
}

Bytes DeriveMoc(const HipsFiles& files, const Inventory& inventory,
                std::string_view frame) {
  return CoverageOf(AllTiles(files, inventory)).Fits(CoordsysOf(frame));
}

}  // namespace hips
