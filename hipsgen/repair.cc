// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/repair.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/log.h"
#include "hipsgen/output.h"
#include "hipsgen/rework.h"
#include "hipsgen/tree_work.h"
#include "ledger/commit.h"
#include "ledger/spare.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr int kRepaired = 0;
constexpr int kNotRepaired = 3;
constexpr const char* kFileListName = ".hipsgen/files.json";

// The list that is whole, of the two that there are.
std::optional<FileList> WholeFileList(const fs::path& root) {
  auto files = ReadFileList(Ledger(root));
  if (!files) files = ReadFileList(root / SpareOf(".hipsgen"));
  return files;
}

// The other copy of a file that is no tile.
std::optional<Bytes> OtherCopy(const fs::path& root, const std::string& name) {
  const bool is_private = name.starts_with(".hipsgen/");
  if (!is_private) return ReadSpare(root / SpareArchive(), name);
  const std::string other = OriginalOf(name).value_or(SpareOf(name));
  if (!fs::exists(root / other)) return std::nullopt;
  const MappedFile copy(root / other);
  return Bytes(copy.bytes().begin(), copy.bytes().end());
}

void RestoreArchive(const fs::path& root, const FileList& files) {
  FileList published;
  for (const auto& [name, record] : files)
    if (!name.starts_with(".hipsgen/")) published[name] = record;
  const fs::path path = root / SpareArchive();
  const fs::path made = path.string() + ".new";
  WriteSpare(made, published,
             [&](const std::string& name) { return root / name; });
  RenameFile(made, path);
}

bool RestoreFile(const fs::path& root, const std::string& name,
                 const FileList& files) {
  if (name == SpareArchive()) {
    RestoreArchive(root, files);
    return true;
  }
  const auto copy = OtherCopy(root, name);
  const auto record = files.find(name);
  if (!copy ||
      (record != files.end() && HashOf(*copy).Text() != record->second.hash)) {
    LogError(
        Format("{}: {}", (root / name).string(),
               copy ? "its spare copy is damaged too" : "has no spare copy"));
    return false;
  }
  WriteFileAtomic(root / name, *copy, true);
  LogInfo(Format("{}: restored from its copy", (root / name).string()));
  return true;
}

// What tiles the findings name, by what has to be done with them.
struct TileRepairs {
  std::set<TileAddress> fits;      // the pixels themselves
  std::set<TileAddress> pictures;  // pixels are right, a picture is not
  std::set<TileAddress> differ;    // whole, but not what their children give
  bool moc = false;
  std::vector<std::string> strangers;

  bool empty() const {
    return fits.empty() && pictures.empty() && differ.empty() && !moc;
  }
};

void Sort(const VerifyFinding& finding, TileRepairs& repairs) {
  switch (finding.kind) {
    case FindingKind::kUnknownFile:
      repairs.strangers.push_back(finding.file);
      return;
    case FindingKind::kMocDiffers:
      repairs.moc = true;
      return;
    case FindingKind::kParentDiffers:
      if (finding.tile) repairs.differ.insert(*finding.tile);
      return;
    case FindingKind::kPreviewDiffers:
      if (finding.tile) repairs.pictures.insert(*finding.tile);
      return;
    default:
      if (!finding.tile) return;
      (finding.file.ends_with(".fits") ? repairs.fits : repairs.pictures)
          .insert(*finding.tile);
  }
}

std::vector<TileAddress> ListOf(const std::set<TileAddress>& tiles) {
  return {tiles.begin(), tiles.end()};
}

// What can be made without the leaves that cannot.
void GiveUpLeaves(int leaf_order, TileRepairs& repairs) {
  std::vector<TileAddress> lost;
  for (const TileAddress tile : repairs.fits)
    if (tile.order == leaf_order) lost.push_back(tile);
  for (const TileAddress tile : lost) repairs.fits.erase(tile);
  for (const TileAddress tile : AncestorsOf(lost)) repairs.fits.erase(tile);
  for (const TileAddress tile : lost) repairs.pictures.erase(tile);
}

bool RepairTiles(const fs::path& root, TileRepairs repairs,
                 const RepairOptions& options) {
  const Release release = LoadRelease(root);
  bool all = true;
  std::optional<BuildPlan> plan;
  if (std::any_of(
          repairs.fits.begin(), repairs.fits.end(),
          [&](TileAddress tile) { return tile.order == release.leaf_order; })) {
    try {
      plan = PlanOfRelease(release, root, options.inputs);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInterrupted) throw;
      LogError(std::string("leaves cannot be made again: ") + error.what());
      GiveUpLeaves(release.leaf_order, repairs);
      all = false;
    }
  }
  ReworkRequest request;
  for (const TileAddress tile : repairs.differ) {
    // Its ancestors were made from what it was.
    repairs.fits.insert(tile);
    for (const TileAddress above : AncestorsOf({&tile, 1}))
      repairs.fits.insert(above);
  }
  request.tiles = ListOf(repairs.fits);
  for (const TileAddress tile : repairs.fits) repairs.pictures.erase(tile);
  request.pictures = ListOf(repairs.pictures);
  request.rewrite_survey_files = repairs.moc;
  if (request.tiles.empty() && request.pictures.empty() && !repairs.moc)
    return all;
  Output(root).Prepare(JobOf(release, request));
  const ReworkSummary summary =
      Rework(root, release, request, plan ? &*plan : nullptr, options.progress);
  LogInfo(Format("{}: {} tiles made again", root.string(), summary.made));
  return all;
}

// Left by nobody knows whom; only what looks like a tile of ours goes.
bool RemoveStrangers(const fs::path& root,
                     const std::vector<std::string>& names) {
  bool all = true;
  for (const std::string& name : names) {
    const auto parsed = ParseTilePath(name);
    const bool ours =
        parsed && (parsed->extension == "fits" || parsed->extension == "png" ||
                   parsed->extension == "jpg");
    if (ours) {
      RemoveTree(root / name);
      LogInfo(Format("{}: removed", (root / name).string()));
    } else {
      LogWarning(Format("{}: is none of ours; remove it if nobody needs it",
                        (root / name).string()));
      all = false;
    }
  }
  return all;
}

}  // namespace

int Repair(const fs::path& root, const VerifyResult& found,
           const RepairOptions& options) {
  bool all = true;
  TileRepairs repairs;
  {
    const Output output(root);
    const auto files = WholeFileList(root);
    if (!files) {
      LogError(
          Format("{}: both copies of its list of files are damaged; "
                 "hipsgen build --force makes the HiPS anew",
                 root.string()));
      return kNotRepaired;
    }
    for (const VerifyFinding& finding : found.findings) {
      const bool is_list = finding.file == kFileListName ||
                           finding.file == SpareOf(kFileListName);
      if (files->contains(finding.file) || is_list) {
        if (finding.kind == FindingKind::kMocDiffers)
          Sort(finding, repairs);
        else
          all = RestoreFile(root, finding.file, *files) && all;
      } else {
        Sort(finding, repairs);
      }
    }
    all = RemoveStrangers(root, repairs.strangers) && all;
  }
  if (!repairs.empty()) all = RepairTiles(root, repairs, options) && all;
  return all ? kRepaired : kNotRepaired;
}

}  // namespace hips
