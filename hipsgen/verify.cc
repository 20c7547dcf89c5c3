// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/verify.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/threads.h"
#include "check/moc_file.h"
#include "hipsgen/release.h"
#include "hipsgen/tile_maker.h"
#include "hipsgen/tile_strangers.h"
#include "hipsgen/verify_ledger.h"
#include "hipsgen/verify_tile.h"
#include "hipsgen/verify_walk.h"
#include "ledger/commit.h"
#include "properties/properties.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

const std::string kJournalName = ".hipsgen/journal";
const std::string kMocName = "Moc.fits";
const std::string kPropertiesName = "properties";

/// One verification: the steps, in their order, and what they share.
class Verification {
 public:
  Verification(fs::path root, const VerifyOptions& options)
      : root_(std::move(root)), options_(options), ledger_(root_, found_) {}

  VerifyResult Run();

 private:
  void Report(FindingKind kind, std::string file, std::string message) {
    found_.Add(kind, std::move(file), std::nullopt, std::move(message));
  }

  // Changes with every commit.
  std::string Stamp() const;
  void CheckTiles(Progress& progress);
  void Draw();
  Look LookOf(TileAddress tile) const;
  bool IsWanted(TileAddress tile) const;
  int ShardOf(std::size_t index, std::size_t count) const;
  std::shared_ptr<const CellBook> Load(TileAddress cell);
  void AddCoverage(const CellBook& book);
  void ReadMocFile();
  void CheckMoc();
  bool is_ours() const { return release_ != nullptr && !release_->adopted; }

  const fs::path root_;
  const VerifyOptions& options_;
  FindingList found_;
  CheckedLedger ledger_;
  const Release* release_ = nullptr;
  std::set<TileAddress> drawn_;     ///< of a sample, with the parents
  std::vector<TileAddress> cells_;  ///< in nested order, without the top
  std::optional<Moc> moc_;          ///< as published, in the frame of the tiles

  std::mutex mutex_;  // guards what follows
  std::vector<Moc::Range> coverage_;
};

VerifyResult Verification::Run() {
  if (fs::exists(root_ / kJournalName)) {
    Report(FindingKind::kLedger, kJournalName,
           "a commit is under way or was cut short; the next build or update "
           "finishes it");
    return found_.Take();
  }
  if (!fs::exists(Ledger(root_) / "plan.json") &&
      !fs::exists(Ledger(root_) / "files.json"))
    LoadRelease(root_);  // says what is missing
  const std::string before = Stamp();
  ledger_.Read();
  release_ = ledger_.release();
  for (const TileAddress cell : ledger_.cells())
    if (IsValid(cell)) cells_.push_back(cell);
  std::sort(cells_.begin(), cells_.end());
  if (ledger_.files() == nullptr && !fs::exists(root_ / kPropertiesName))
    Report(FindingKind::kMissing, kPropertiesName, "is not there");
  {
    std::vector<std::string> rest = ledger_.Rest();
    std::size_t next = 0;
    const std::size_t all = rest.size();
    std::erase_if(rest, [&](const std::string&) {
      return ShardOf(next++, all) != options_.shard;
    });
    const auto formats = static_cast<std::int64_t>(
        release_ != nullptr ? release_->extensions.size() : 1);
    Progress progress("files",
                      std::ssize(rest) + ledger_.tiles_named() * formats,
                      options_.progress);
    ParallelFor(rest.size(), [&](std::size_t i) {
      ledger_.Check(rest[i]);
      progress.Add(1);
    });
    ReadMocFile();
    CheckTiles(progress);
  }
  if (options_.shard == 1) CheckMoc();
  if (Stamp() != before)
    throw Error(
        ErrorKind::kIo,
        root_.string() + ": was published anew meanwhile; verify it again");
  return found_.Take();
}

std::string Verification::Stamp() const {
  std::string stamp;
  for (const char* name : {"files.json", "plan.json", "journal"}) {
    struct stat facts {};
    const bool there = ::stat((Ledger(root_) / name).c_str(), &facts) == 0;
    stamp += there ? Format("{} {}.{} ", facts.st_ino, facts.st_mtim.tv_sec,
                            facts.st_mtim.tv_nsec)
                   : "- ";
  }
  return stamp;
}

std::shared_ptr<const CellBook> Verification::Load(TileAddress cell) {
  auto manifest = ledger_.Manifest(cell);
  if (!manifest) return nullptr;
  return std::make_shared<const CellBook>(*std::move(manifest));
}

// The smallest of numbers that look random, but are always the same.
void Verification::Draw() {
  using Ticket = std::pair<std::uint64_t, TileAddress>;
  const std::string seed = release_ != nullptr ? release_->plan : "";
  const auto size = static_cast<std::size_t>(options_.sample);
  std::set<Ticket> drawn;
  std::mutex mutex;
  const std::vector<TileAddress>& cells = ledger_.cells();
  ParallelFor(cells.size(), [&](std::size_t i) {
    const auto book = Load(cells[i]);
    if (!book) return;
    for (const auto& [tile, record] : book->tiles) {
      if (record == nullptr) continue;
      const Ticket ticket{
          HashOf(Format("{} {} {}", seed, tile.order, tile.npix)).low, tile};
      const std::lock_guard lock(mutex);
      drawn.insert(ticket);
      if (drawn.size() > size) drawn.erase(std::prev(drawn.end()));
    }
  });
  for (const auto& [number, tile] : drawn) {
    drawn_.insert(tile);
    if (tile.order > 0) drawn_.insert(Parent(tile));
  }
}

// Runs of neighbours: a parent's children are mostly with it.
int Verification::ShardOf(std::size_t index, std::size_t count) const {
  const auto shards = static_cast<std::size_t>(options_.shards);
  return static_cast<int>(index * shards / std::max<std::size_t>(1, count)) + 1;
}

bool Verification::IsWanted(TileAddress tile) const {
  if (options_.sample > 0 && !drawn_.contains(tile)) return false;
  if (options_.shards == 1) return true;
  if (cells_.empty() || tile.order < cells_.front().order)
    return options_.shard == 1;
  const auto found = std::lower_bound(cells_.begin(), cells_.end(),
                                      Ancestor(tile, cells_.front().order));
  return ShardOf(static_cast<std::size_t>(found - cells_.begin()),
                 cells_.size()) == options_.shard;
}

Look Verification::LookOf(TileAddress tile) const {
  if (IsWanted(tile)) return Look::kAll;
  return tile.order > 0 && IsWanted(Parent(tile)) ? Look::kPixels : Look::kNone;
}

void Verification::CheckTiles(Progress& progress) {
  if (options_.sample > 0) Draw();
  TileVerifier verifier(root_, release_, found_, progress);
  VerifyWalk walk(
      ledger_.cells(),
      [&](TileAddress cell) {
        auto book = Load(cell);
        if (book) AddCoverage(*book);
        return book;
      },
      [&](TileAddress tile, const TileRecord* record,
          const SeenChildren& children) {
        return verifier.Check(tile, record, children, LookOf(tile));
      });
  walk.Run();
  if (options_.sample > 0 || options_.shards > 1) return;
  StrangerSearch search;
  search.root = root_;
  search.cells = ledger_.cells();
  search.lost = ledger_.Lost();
  search.files = ledger_.files();
  search.manifest = [this](TileAddress cell) { return ledger_.Manifest(cell); };
  search.present = verifier.TakeCounts();
  for (const std::string& name : FindStrangers(search))
    Report(FindingKind::kUnknownFile, name,
           "lies among the tiles, but the ledger does not know it");
}

void Verification::AddCoverage(const CellBook& book) {
  if (release_ == nullptr) return;
  std::vector<TileAddress> cells;
  for (const auto& [tile, record] : book.tiles) {
    if (record == nullptr || tile.order != release_->leaf_order) continue;
    if (is_ours()) {
      const auto covered = CoverageCells(
          tile, record->coverage, release_->moc_order - release_->leaf_order);
      cells.insert(cells.end(), covered.begin(), covered.end());
    } else if (moc_ && !moc_->Touches(tile)) {
      found_.Add(FindingKind::kMocDiffers, kMocName, tile,
                 "the MOC does not touch " +
                     TilePath(tile, record->files.begin()->first));
    }
  }
  if (cells.empty()) return;
  const Moc moc = Moc::FromCells(release_->moc_order, cells);
  const std::lock_guard lock(mutex_);
  coverage_.insert(coverage_.end(), moc.ranges().begin(), moc.ranges().end());
}

// The MOC of others may count cells in another frame than that of the tiles:
// then there is nothing to compare.
void Verification::ReadMocFile() {
  if (release_ == nullptr || !ledger_.IsGood(kMocName)) return;
  try {
    std::string wanted = "C";
    if (!is_ours()) {
      if (!ledger_.IsGood(kPropertiesName)) return;
      const std::string frame =
          Properties::Parse(ReadFile(root_ / kPropertiesName))
              .GetOr("hips_frame", "equatorial");
      if (frame == "galactic") wanted = "G";
      if (frame == "ecliptic") wanted = "E";
    }
    MocFile file = ParseMocFile(ReadFile(root_ / kMocName));
    if (file.frame == wanted)
      moc_ = std::move(file.moc);
    else if (is_ours())
      Report(FindingKind::kMocDiffers, kMocName,
             "counts cells in frame '" + file.frame + "', the tiles are ICRS");
  } catch (const Error& error) {
    Report(FindingKind::kUnreadable, kMocName, error.what());
  }
}

void Verification::CheckMoc() {
  if (!is_ours() || !moc_ || !ledger_.Lost().empty()) return;
  const Moc tiles = Moc::FromRanges(release_->moc_order, std::move(coverage_));
  if (tiles == *moc_) return;
  Report(FindingKind::kMocDiffers, kMocName,
         Format("covers {:.6g} % of the sky at order {}, the tiles {:.6g} % "
                "at order {}, or other places",
                100.0 * moc_->SkyFraction(), moc_->order(),
                100.0 * tiles.SkyFraction(), tiles.order()));
}

}  // namespace

std::string_view KindName(FindingKind kind) {
  switch (kind) {
    case FindingKind::kLedger:
      return "ledger";
    case FindingKind::kMissing:
      return "missing";
    case FindingKind::kUnreadable:
      return "unreadable";
    case FindingKind::kChanged:
      return "changed";
    case FindingKind::kBadChecksum:
      return "checksum";
    case FindingKind::kWrongTile:
      return "wrong-tile";
    case FindingKind::kParentDiffers:
      return "parent";
    case FindingKind::kPreviewDiffers:
      return "preview";
    case FindingKind::kMocDiffers:
      return "moc";
    case FindingKind::kUnknownFile:
      return "unknown";
  }
  return "";
}

VerifyResult Verify(const fs::path& root, const VerifyOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  VerifyResult result = Verification(root, options).Run();
  result.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  return result;
}

Json ToJson(const VerifyResult& result, const std::string& where) {
  Json json;
  json["hips"] = where;
  json["clean"] = result.clean();
  json["tiles"] = result.tiles;
  json["files"] = result.files;
  json["bytes"] = result.bytes;
  json["seconds"] = result.seconds;
  json["findings"] = Json::array();
  for (const VerifyFinding& finding : result.findings) {
    Json item;
    item["kind"] = KindName(finding.kind);
    item["level"] = finding.is_warning() ? "warning" : "error";
    item["file"] = finding.file;
    if (finding.tile) item["tile"] = {finding.tile->order, finding.tile->npix};
    item["message"] = finding.message;
    json["findings"].push_back(std::move(item));
  }
  return json;
}

}  // namespace hips
