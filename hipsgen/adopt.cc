// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/adopt.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/text.h"
#include "base/threads.h"
#include "check/fits_bytes.h"
#include "encode/picture.h"
#include "encode/stretch.h"
#include "hipsgen/file_bytes.h"
#include "hipsgen/output.h"
#include "hipsgen/product.h"
#include "hipsgen/release.h"
#include "hipsgen/tile_maker.h"
#include "hipsgen/verify_tile.h"
#include "hipsgen/verify_walk.h"
#include "ledger/commit.h"
#include "ledger/file_list.h"
#include "moc/moc.h"
#include "properties/properties.h"
#include "store/tile_folder.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

// As a build chooses its cells.
constexpr int kCellDepth = 6;
// Finer blocks of the MOC would cost more room than they are worth: the
// published MOC stays what it is.
constexpr int kMostMocDepth = 4;
// HiPS 1.0, 4.1: orders below it are optional.
constexpr int kLowestObligatoryOrder = 3;

using Extensions = std::vector<std::string>;
using TileList = std::map<TileAddress, Extensions>;

std::string_view TextOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Error Bad(const fs::path& path, const std::string& message) {
  return Error(ErrorKind::kBadInput, path.string() + ": " + message);
}

std::string Join(const std::set<int>& orders) {
  std::string text;
  for (const int order : orders) text += Format(" {}", order);
  return text;
}

/// Stock of one HiPS, step by step.
class Stock {
 public:
  Stock(fs::path root, const AdoptOptions& options)
      : root_(std::move(root)), options_(options) {
    properties_ = Properties::Parse(ReadFile(root_ / "properties"));
  }

  AdoptSummary Take() {
    ListEverything();
    DecideOrders();
    DescribeTiles();
    DescribePictures();
    // What an earlier adopt has left is of other files, perhaps.
    Output output(root_);
    RemoveTree(StageFolder(root_));
    RemoveTree(NextLedger(root_));
    output.Prepare("adopt " + release_.plan);
    {
      Progress progress("files", summary_.tile_files + std::ssize(others_),
                        options_.progress);
      WriteManifests(progress);
      FileList files = HashOthers(progress);
      WriteRelease(NextLedger(root_), release_);
      FinishLedger(root_, std::move(files));
    }
    CommitOptions commit;
    commit.kind = CommitKind::kChanges;
    CommitStage(root_, commit);
    summary_.bytes = bytes_;
    return summary_;
  }

 private:
  void ListEverything();
  void ListOthers();
  void DecideOrders();
  void CheckNoOrderIsMissing(int lowest) const;
  void DescribeTiles();
  void DescribePictures();
  void WriteManifests(Progress& progress);
  TileRecord RecordOf(TileAddress tile, const Extensions& extensions,
                      Bytes& buffer, Progress& progress);
  void ReadFitsTile(const fs::path& path, const Bytes& bytes,
                    TileRecord& record) const;
  void CheckPicture(const fs::path& path, const Bytes& bytes) const;
  void CheckWidth(const fs::path& path, std::int64_t width,
                  std::int64_t height) const;
  FileList HashOthers(Progress& progress);
  std::optional<int> Integer(std::string_view key) const;

  const fs::path root_;
  const AdoptOptions& options_;
  Properties properties_;
  TileList tiles_;
  std::vector<std::string> others_;  ///< public files that are no tiles
  Release release_;
  AdoptSummary summary_;
  std::atomic<std::uint64_t> bytes_{0};
};

std::optional<int> Stock::Integer(std::string_view key) const {
  const auto text = properties_.Get(key);
  const auto value = text ? ParseInteger(*text) : std::nullopt;
  if (!value || *value < 0 || *value > (1 << 20)) return std::nullopt;
  return static_cast<int>(*value);
}

void Stock::ListEverything() {
  const auto found = ListTiles(root_);
  for (const char* extension : {"fits", "jpg", "png"}) {
    const auto entry = found.find(extension);
    if (entry == found.end() || entry->second.empty()) continue;
    release_.extensions.push_back(extension);
    for (const TileAddress tile : entry->second)
      tiles_[tile].push_back(extension);
    summary_.tile_files += std::ssize(entry->second);
  }
  if (tiles_.empty())
    throw Bad(root_,
              "holds no FITS, PNG or JPEG tiles, so there is nothing to "
              "adopt");
  // Builds list FITS, PNG, JPEG.
  std::sort(release_.extensions.begin(), release_.extensions.end(),
            [](const std::string& a, const std::string& b) {
              const std::string_view order = "fits png jpg";
              return order.find(a) < order.find(b);
            });
  ListOthers();
}

void Stock::ListOthers() {
  for (fs::recursive_directory_iterator entry(root_), end; entry != end;
       ++entry) {
    const fs::path name = entry->path().lexically_relative(root_);
    if (entry->is_directory()) {
      // Private, here or of a HiPS that lies within this one.
      if (entry->path().filename() == ".hipsgen")
        entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file()) continue;
    const auto parsed = ParseTilePath(name.generic_string());
    if (parsed && release_.has(parsed->extension)) continue;
    others_.push_back(name.generic_string());
  }
  std::sort(others_.begin(), others_.end());
}

void Stock::DecideOrders() {
  const int deepest = tiles_.rbegin()->first.order;
  const auto declared = Integer("hips_order");
  if (declared && *declared != deepest)
    throw Bad(root_ / "properties",
              Format("says hips_order = {}, the deepest tiles are of order {}; "
                     "correct one or the other",
                     *declared, deepest));
  const int lowest = Integer("hips_order_min")
                         .value_or(std::min(kLowestObligatoryOrder, deepest));
  CheckNoOrderIsMissing(lowest);
  if (options_.cell_order > deepest)
    throw Error(ErrorKind::kUsage,
                Format("--cell-order {}: the leaves are of order {}",
                       options_.cell_order, deepest));
  release_.adopted = true;
  release_.leaf_order = release_.sampling_order = deepest;
  release_.cell_order = options_.cell_order >= 0
                            ? options_.cell_order
                            : std::max(0, deepest - kCellDepth);
  std::set<TileAddress> cells;
  for (const auto& [tile, extensions] : tiles_)
    if (tile.order >= release_.cell_order)
      cells.insert(Ancestor(tile, release_.cell_order));
  release_.cells.assign(cells.begin(), cells.end());
  summary_.order = deepest;
  summary_.cell_order = release_.cell_order;
}

void Stock::CheckNoOrderIsMissing(int lowest) const {
  const int deepest = tiles_.rbegin()->first.order;
  for (const std::string& extension : release_.extensions) {
    std::set<int> missing;
    for (int order = lowest; order <= deepest; ++order) missing.insert(order);
    for (const auto& [tile, extensions] : tiles_)
      if (std::find(extensions.begin(), extensions.end(), extension) !=
          extensions.end())
        missing.erase(tile.order);
    if (!missing.empty())
      throw Bad(root_,
                Format("there are no {} tiles of order{}; a HiPS has them from "
                       "order {} to {}",
                       extension, Join(missing), lowest, deepest));
  }
}

// Width and encoding, from the first leaf and the properties.
void Stock::DescribeTiles() {
  release_.tile_width = Integer("hips_tile_width").value_or(512);
  release_.moc_order = release_.leaf_order;
  try {
    if (fs::exists(root_ / "Moc.fits"))
      release_.moc_order = std::clamp(
          ReadMoc(root_ / "Moc.fits").order(), release_.leaf_order,
          release_.leaf_order +
              std::min(kMostMocDepth, Log2Exact(release_.tile_width)));
  } catch (const Error& error) {
    LogWarning(error.what());
  }
  Hasher id;
  for (const auto& [key, value] : properties_.entries()) {
    id.Add(key);
    id.Add(value);
  }
  for (const auto& [tile, extensions] : tiles_) {
    id.Add(std::int64_t{tile.order});
    id.Add(tile.npix);
    for (const std::string& extension : extensions) id.Add(extension);
  }
  release_.plan = "adopted-" + id.Result().Text();
  if (!release_.has("fits")) return;
  const auto leaf =
      std::find_if(tiles_.begin(), tiles_.end(), [this](const auto& entry) {
        return entry.first.order == release_.leaf_order &&
               entry.second.front() == "fits";
      });
  Bytes bytes;
  const fs::path path = root_ / TilePath(leaf->first, "fits");
  if (!ReadInto(path, bytes) || !TextOf(bytes).starts_with("SIMPLE")) return;
  const Header header = SplitHdus(TextOf(bytes)).front().header;
  TileEncoding& encoding = release_.encoding;
  const auto bitpix = header.Integer("BITPIX");
  if (bitpix == 16 || bitpix == 32) {
    encoding.bitpix = static_cast<int>(*bitpix);
    encoding.bscale = header.Number("BSCALE").value_or(1.0);
    encoding.bzero = header.Number("BZERO").value_or(0.0);
  }
  if (const auto unit = header.Text("BUNIT"))
    encoding.common.Set("BUNIT", *unit);
  for (const char* key : {"BMAJ", "BMIN", "BPA", "RESTFRQ"})
    if (const auto value = header.Number(key)) encoding.common.Set(key, *value);
}

void Stock::DescribePictures() {
  const auto cut = properties_.NumberPair("hips_pixel_cut");
  if (cut && cut->first < cut->second) {
    release_.preview.low = cut->first;
    release_.preview.high = cut->second;
  }
  const std::string stretch =
      Lower(properties_.GetOr("hips_pixel_function", "linear"));
  const std::vector<std::string> names = StretchNames();
  if (std::find(names.begin(), names.end(), stretch) != names.end())
    release_.preview.stretch = stretch;
  if (Lower(properties_.GetOr("hips_hierarchy", "")) == "median")
    release_.hierarchy = "median";
}

void Stock::WriteManifests(Progress& progress) {
  std::map<TileAddress, std::vector<TileList::const_iterator>> cells;
  cells[kTopCell];
  for (auto tile = tiles_.cbegin(); tile != tiles_.cend(); ++tile)
    cells[CellOf(release_, tile->first)].push_back(tile);
  std::vector<TileAddress> addresses;
  addresses.reserve(cells.size());
  for (const auto& [cell, tiles] : cells) addresses.push_back(cell);
  summary_.tiles = std::ssize(tiles_);
  ParallelFor(addresses.size(), [&](std::size_t i) {
    const auto& tiles = cells.at(addresses[i]);
    CellManifest manifest{release_.plan, addresses[i],
                          std::vector<TileRecord>(tiles.size())};
    ParallelFor(tiles.size(), [&](std::size_t k) {
      Bytes buffer;
      manifest.tiles[k] =
          RecordOf(tiles[k]->first, tiles[k]->second, buffer, progress);
    });
    WriteManifest(NextLedger(root_), manifest);
  });
}

TileRecord Stock::RecordOf(TileAddress tile, const Extensions& extensions,
                           Bytes& buffer, Progress& progress) {
  TileRecord record;
  record.tile = tile;
  for (const std::string& extension : extensions) {
    ThrowIfInterrupted();
    const fs::path path = root_ / TilePath(tile, extension);
    if (!ReadInto(path, buffer)) throw Bad(path, "has gone meanwhile");
    record.files[extension] = {buffer.size(), HashOf(buffer).Text()};
    bytes_ += buffer.size();
    if (extension == "fits")
      ReadFitsTile(path, buffer, record);
    else
      CheckPicture(path, buffer);
    progress.Add(1);
  }
  // How much of a picture is blank is not known.
  if (!record.files.contains("fits"))
    record.valid = std::int64_t{release_.tile_width} * release_.tile_width;
  return record;
}

void Stock::ReadFitsTile(const fs::path& path, const Bytes& bytes,
                         TileRecord& record) const {
  Image<float> pixels;
  try {
    if (TextOf(bytes).starts_with("SIMPLE")) {
      const std::vector<HduView> hdus = SplitHdus(TextOf(bytes));
      for (const HduView& hdu : hdus)
        if (const std::string flaw = ChecksumFlaw(hdu); !flaw.empty())
          throw Error(ErrorKind::kBadInput, "is damaged: " + flaw);
      if (!ShapeOf(hdus).compressed) pixels = PixelsOf(hdus);
    }
  } catch (const Error& error) {
    throw error.In(path.string());
  }
  // Packed by gzip or in a compressed image: the long way.
  if (pixels.empty()) pixels = ReadTileFits(path);
  CheckWidth(path, pixels.width(), pixels.height());
  AddStatistics(pixels, record);
  if (record.tile.order == release_.leaf_order)
    record.coverage =
        CoverageBits(pixels, release_.moc_order - release_.leaf_order);
}

void Stock::CheckPicture(const fs::path& path, const Bytes& bytes) const {
  try {
    const Picture picture = DecodePicture(bytes);
    CheckWidth(path, picture.pixels.width(), picture.pixels.height());
  } catch (const Error& error) {
    if (std::string_view(error.what()).starts_with(path.string())) throw;
    throw error.In(path.string());
  }
}

void Stock::CheckWidth(const fs::path& path, std::int64_t width,
                       std::int64_t height) const {
  if (width != release_.tile_width || height != release_.tile_width)
    throw Bad(path, Format("has {} x {} pixels, hips_tile_width is {}", width,
                           height, release_.tile_width));
}

FileList Stock::HashOthers(Progress& progress) {
  std::vector<FileRecord> records(others_.size());
  ParallelFor(others_.size(), [&](std::size_t i) {
    ThrowIfInterrupted();
    const auto record = TakeRecord(root_ / others_[i]);
    if (!record) throw Bad(root_ / others_[i], "has gone meanwhile");
    records[i] = *record;
    bytes_ += record->bytes;
    progress.Add(1);
  });
  FileList files;
  for (std::size_t i = 0; i < others_.size(); ++i)
    files[others_[i]] = records[i];
  summary_.other_files = std::ssize(others_);
  return files;
}

}  // namespace

AdoptSummary Adopt(const fs::path& root, const AdoptOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  if (!HoldsHips(root))
    throw Error(
        ErrorKind::kUsage,
        root.string() + ": holds no HiPS: there is no file named properties");
  if (fs::exists(Ledger(root) / "plan.json") && !options.force)
    throw Error(ErrorKind::kUsage,
                root.string() +
                    ": has a ledger already, so there is nothing to do; "
                    "--force takes stock again and forgets how the tiles were "
                    "made");
  AdoptSummary summary = Stock(root, options).Take();
  summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  return summary;
}

Json ToJson(const AdoptSummary& summary, const std::string& where) {
  Json json;
  json["hips"] = where;
  json["order"] = summary.order;
  json["cell_order"] = summary.cell_order;
  json["tiles"] = summary.tiles;
  json["tile_files"] = summary.tile_files;
  json["other_files"] = summary.other_files;
  json["bytes"] = summary.bytes;
  json["seconds"] = summary.seconds;
  return json;
}

}  // namespace hips
