// SPDX-License-Identifier: GPL-3.0-or-later
#include "derive/pixel_sample.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "encode/sample_cut.h"
#include "store/tile_fits.h"

namespace hips {
namespace {

constexpr std::size_t kTilesSampled = 16;
constexpr std::size_t kValuesATile = std::size_t{1} << 14;
// As hipsgen cuts its pictures.
constexpr double kNoisesBelow = 2.0;
constexpr double kNoisesAbove = 20.0;

// The deepest order with FITS tiles.
const StoredOrder* DeepestFits(const Inventory& inventory) {
  const StoredOrder* deepest = nullptr;
  for (const StoredOrder& order : inventory.orders())
    if (order.Has("fits")) deepest = &order;
  return deepest;
}

std::vector<TileAddress> TilesToSample(const HipsFiles& files,
                                       const StoredOrder& order) {
  const auto folders = EvenlySpread(order.folders, kTilesSampled);
  const std::size_t each =
      (kTilesSampled + folders.size() - 1) / folders.size();
  std::vector<TileAddress> chosen;
  for (const std::int64_t folder : folders) {
    std::vector<std::int64_t> npixes;
    for (const auto& [tile, extension] :
         TilesInFolder(files, order.order, folder))
      if (extension == "fits") npixes.push_back(tile.npix);
    // From the middle of each stretch: the first tiles are at a border.
    const std::size_t count = std::min(each, npixes.size());
    for (std::size_t i = 0; i < count; ++i)
      chosen.push_back(
          {order.order, npixes[(2 * i + 1) * npixes.size() / (2 * count)]});
  }
  return chosen;
}

// Every so many pixels, by a step that is no divisor of a row.
void Take(const Image<float>& pixels, std::vector<float>& values) {
  const std::size_t step = (pixels.size() / kValuesATile) | 1;
  for (std::size_t i = 0; i < pixels.size(); i += step)
    if (std::isfinite(pixels.pixels()[i])) values.push_back(pixels.pixels()[i]);
}

// Calls `use` with the tiles that can be read, until it has enough.
void ReadSome(
    const HipsFiles& files, const Inventory& inventory,
    const std::function<bool(const Bytes&, const std::string&)>& use) {
  const StoredOrder* order = DeepestFits(inventory);
  if (order == nullptr) return;
  for (const TileAddress& tile : TilesToSample(files, *order)) {
    const std::string name = TilePath(tile, "fits");
    try {
      const auto bytes = files.Read(name);
      if (bytes && use(*bytes, name)) return;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kIo) throw;
    }
  }
}

}  // namespace

std::optional<TileFacts> FactsOfTiles(const HipsFiles& files,
                                      const Inventory& inventory) {
  std::optional<TileFacts> facts;
  ReadSome(files, inventory, [&](const Bytes& bytes, const std::string& name) {
    const Header header = ReadTileHeader(bytes, name);
    facts = {static_cast<int>(header.Integer("BITPIX").value_or(0)),
             std::string(Trim(header.Text("BUNIT").value_or(""))),
             std::string(Trim(header.Text("CTYPE1").value_or("")))};
    return true;
  });
  return facts;
}

std::optional<std::pair<double, double>> CutOfTiles(
    const HipsFiles& files, const Inventory& inventory) {
  std::vector<float> values;
  ReadSome(files, inventory, [&](const Bytes& bytes, const std::string& name) {
    Take(DecodeTileFits(bytes, name), values);
    return false;
  });
  if (values.empty()) return std::nullopt;
  const SampleCut cut = NoiseCut(values, kNoisesBelow, kNoisesAbove);
  const auto [lowest, highest] =
      std::minmax_element(values.begin(), values.end());
  const double low = std::max(cut.low, double{*lowest});
  const double high = std::min(cut.high, double{*highest});
  if (low < high) return std::pair(low, high);
  return std::pair(cut.low, cut.high);
}

}  // namespace hips
