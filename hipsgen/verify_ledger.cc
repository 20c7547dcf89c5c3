// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/verify_ledger.h"

#include <algorithm>
#include <string_view>
#include <system_error>

#include "base/error.h"
#include "base/format.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "base/threads.h"
#include "hipsgen/file_bytes.h"
#include "hipsgen/output.h"
#include "hipsgen/verify_walk.h"
#include "ledger/commit.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

const std::string kPrivate = ".hipsgen";
const std::string kFileListName = kPrivate + "/files.json";
const std::string kPlanName = kPrivate + "/plan.json";
const std::string kInputsName = kPrivate + "/inputs.json";
const std::string kCells = kPrivate + "/cells/";

std::string ManifestName(TileAddress cell) {
  return kCells + Format("{}-{}.json", cell.order, cell.npix);
}

// ".hipsgen/cells/3-88.json"
std::optional<TileAddress> CellOfName(const std::string& name) {
  const std::string_view end = ".json";
  if (!name.starts_with(kCells) || !name.ends_with(end)) return std::nullopt;
  const std::string_view stem = std::string_view(name).substr(
      kCells.size(), name.size() - kCells.size() - end.size());
  const std::size_t dash = stem.find('-', 1);
  if (dash == std::string_view::npos) return std::nullopt;
  const auto order = ParseInteger(stem.substr(0, dash));
  const auto npix = ParseInteger(stem.substr(dash + 1));
  if (!order || !npix || *order > kMaxOrder) return std::nullopt;
  const TileAddress cell{static_cast<int>(*order), *npix};
  return cell == kTopCell || IsValid(cell) ? std::optional(cell) : std::nullopt;
}

std::int64_t CountTiles(const CellManifest& manifest) {
  return std::count_if(
      manifest.tiles.begin(), manifest.tiles.end(),
      [](const TileRecord& record) { return !record.files.empty(); });
}

// Does the cell hold every tile that its manifest names?
bool IsConsistent(const CellManifest& manifest) {
  const TileAddress cell = manifest.cell;
  return std::all_of(manifest.tiles.begin(), manifest.tiles.end(),
                     [cell](const TileRecord& record) {
                       if (!IsValid(record.tile)) return false;
                       if (cell == kTopCell) return true;
                       return record.tile.order >= cell.order &&
                              Ancestor(record.tile, cell.order) == cell;
                     });
}

}  // namespace

CheckedLedger::CheckedLedger(fs::path root, FindingList& findings)
    : root_(std::move(root)), findings_(findings) {}

void CheckedLedger::Read() {
  ReadLists();
  if (files_)
    ReadTheRelease();
  else
    ReadReleaseUnlisted();
  cells_ = FindCells();
  ParallelFor(cells_.size(), [this](std::size_t i) {
    ThrowIfInterrupted();
    CheckManifest(cells_[i]);
  });
}

void CheckedLedger::Report(FindingKind kind, const std::string& name,
                           const std::string& message) {
  findings_.Add(kind, name, std::nullopt, message);
}

bool CheckedLedger::SetBad(FindingKind kind, const std::string& name,
                           const std::string& message) {
  Report(kind, name, message);
  const std::lock_guard lock(mutex_);
  bad_.insert(name);
  return false;
}

bool CheckedLedger::Check(const std::string& name) {
  ThrowIfInterrupted();
  const FileRecord& record = files_->at(name);
  try {
    const auto found = TakeRecord(root_ / name);
    if (!found) return SetBad(FindingKind::kMissing, name, "is not there");
    findings_.Count(found->bytes);
    if (found->bytes != record.bytes)
      return SetBad(FindingKind::kChanged, name,
                    Format("has {} bytes, the ledger says {}", found->bytes,
                           record.bytes));
    if (found->hash != record.hash)
      return SetBad(FindingKind::kChanged, name,
                    "its bytes are not those that the ledger has the hash of");
  } catch (const Error& error) {
    return SetBad(FindingKind::kUnreadable, name, error.what());
  }
  return true;
}

bool CheckedLedger::IsListed(const std::string& name) const {
  return files_ && files_->contains(name);
}

// As Check, of a file that has its own turn to be reported.
bool CheckedLedger::IsWhole(const std::string& name) const {
  if (!IsListed(name)) return false;
  try {
    const auto found = TakeRecord(root_ / name);
    return found && found->hash == files_->at(name).hash;
  } catch (const Error&) {
    return false;
  }
}

bool CheckedLedger::IsGood(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return !bad_.contains(name) && fs::is_regular_file(root_ / name);
}

std::set<TileAddress> CheckedLedger::Lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::vector<std::string> CheckedLedger::Rest() const {
  std::vector<std::string> rest;
  if (files_)
    for (const auto& [name, record] : *files_)
      if (name != kPlanName && name != kInputsName && !CellOfName(name))
        rest.push_back(name);
  return rest;
}

std::optional<FileList> CheckedLedger::ReadList(
    const std::string& name, const std::string& consequence) {
  try {
    const auto record = TakeRecord(root_ / name);
    if (!record) {
      SetBad(FindingKind::kMissing, name, "is not there" + consequence);
      return std::nullopt;
    }
    findings_.Count(record->bytes);
    auto files = ReadFileList((root_ / name).parent_path());
    if (!files)
      SetBad(FindingKind::kChanged, name,
             "does not match its own hash" + consequence);
    return files;
  } catch (const Error& error) {
    SetBad(FindingKind::kUnreadable, name, error.what() + consequence);
    return std::nullopt;
  }
}

void CheckedLedger::ReadLists() {
  const std::string spare_name = SpareOf(kFileListName);
  files_ = ReadList(kFileListName, "");
  const bool has_spares =
      files_ ? std::any_of(files_->begin(), files_->end(),
                           [](const auto& entry) {
                             return OriginalOf(entry.first).has_value();
                           })
             : fs::exists(root_ / SpareOf(""));
  if (!has_spares) return;
  const bool has_list = files_.has_value();
  auto spare = ReadList(
      spare_name, has_list ? ""
                           : "; manifests and public files cannot be compared "
                             "with their hashes");
  if (!has_list) {
    files_ = std::move(spare);
    return;
  }
  if (spare && TakeRecord(root_ / spare_name)->hash !=
                   TakeRecord(root_ / kFileListName)->hash)
    SetBad(FindingKind::kChanged, spare_name, "is of another release");
}

// By the hashes: what they do not vouch for is not read.
void CheckedLedger::ReadTheRelease() {
  bool whole = true;
  for (const std::string& name : {kPlanName, kInputsName})
    if (!IsListed(name))
      whole = SetBad(FindingKind::kLedger, name, "files.json does not list it");
    else
      whole = Check(name) && whole;
  fs::path ledger = Ledger(root_);
  if (!whole) {
    if (!IsWhole(SpareOf(kPlanName)) || !IsWhole(SpareOf(kInputsName))) return;
    ledger = root_ / SpareOf(kPrivate);
  }
  try {
    release_ = ReadRelease(ledger);
  } catch (const Error& error) {
    Report(FindingKind::kLedger, kPlanName, error.what());
  }
}

void CheckedLedger::ReadReleaseUnlisted() {
  try {
    release_ = ReadRelease(Ledger(root_));
    if (!release_)
      SetBad(FindingKind::kMissing, kPlanName,
             "is not there; parents, previews and the MOC were not compared "
             "with the tiles");
  } catch (const Error& error) {
    SetBad(FindingKind::kLedger, kPlanName, error.what());
  }
}

std::vector<TileAddress> CheckedLedger::FindCells() const {
  std::vector<TileAddress> cells;
  if (files_) {
    for (const auto& [name, record] : *files_)
      if (const auto cell = CellOfName(name)) cells.push_back(*cell);
    return cells;
  }
  if (release_) return ManifestCells(*release_);
  std::error_code code;
  for (fs::directory_iterator entry(Ledger(root_) / "cells", code), end;
       !code && entry != end; entry.increment(code))
    if (const auto cell =
            CellOfName(kCells + entry->path().filename().string()))
      cells.push_back(*cell);
  return cells;
}

std::optional<CellManifest> CheckedLedger::ReadOne(const fs::path& ledger,
                                                   TileAddress cell) const {
  try {
    auto manifest = ReadManifest(ledger, cell);
    if (manifest && IsConsistent(*manifest)) return manifest;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInterrupted) throw;
  }
  return std::nullopt;
}

// Chooses the copy that Manifest reads.
void CheckedLedger::CheckManifest(TileAddress cell) {
  const std::string name = ManifestName(cell);
  const fs::path spare = root_ / SpareOf(kPrivate);
  bool whole = true;
  if (files_) {
    whole = Check(name);
  } else if (!fs::exists(root_ / name)) {
    whole = SetBad(FindingKind::kMissing, name, "is not there");
  }
  std::optional<CellManifest> manifest;
  if (whole) {
    manifest = ReadOne(Ledger(root_), cell);
    if (!manifest) SetBad(FindingKind::kLedger, name, "is no whole manifest");
  }
  bool from_spare = false;
  if (!manifest && (!files_ || IsWhole(SpareOf(name)))) {
    manifest = ReadOne(spare, cell);
    from_spare = manifest.has_value();
  }
  if (manifest) tiles_named_ += CountTiles(*manifest);
  const std::lock_guard lock(mutex_);
  if (from_spare) from_spare_.insert(cell);
  if (!manifest) lost_.insert(cell);
}

std::optional<CellManifest> CheckedLedger::Manifest(TileAddress cell) {
  bool from_spare = false;
  {
    const std::lock_guard lock(mutex_);
    if (lost_.contains(cell)) return std::nullopt;
    from_spare = from_spare_.contains(cell);
  }
  return ReadOne(from_spare ? root_ / SpareOf(kPrivate) : Ledger(root_), cell);
}

}  // namespace hips
