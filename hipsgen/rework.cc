// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/rework.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/text.h"
#include "healpix/cell_geometry.h"
#include "hipsgen/leaf_set.h"
#include "hipsgen/manifest_merge.h"
#include "hipsgen/output.h"
#include "hipsgen/pipeline.h"
#include "hipsgen/staged_files.h"
#include "hipsgen/tile_maker.h"
#include "hipsgen/tree_work.h"
#include "ledger/commit.h"
#include "publish/properties_file.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

using Texts = std::vector<std::string>;

std::string FormatOf(const std::string& extension) {
  return extension == "jpg" ? "jpeg" : extension;
}

bool Holds(const Texts& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// The release as the request leaves it.
Release After(const Release& before, const ReworkRequest& request) {
  Release after = before;
  for (const std::string& extension : request.add_formats)
    after.extensions.push_back(extension);
  std::erase_if(after.extensions, [&](const std::string& extension) {
    return Holds(request.drop_formats, extension);
  });
  if (request.preview) after.preview = *request.preview;
  if (request.drop_order) {
    --after.leaf_order;
    after.moc_order = std::min(after.moc_order, after.leaf_order);
    if (after.cell_order > after.leaf_order)
      throw Error(ErrorKind::kUsage,
                  Format("order {} is that of the cells, the deepest that can "
                         "go; build again with --order {}",
                         before.leaf_order, after.leaf_order));
  }
  return after;
}

// The options that a later update starts from.
void Remember(const Release& before, const fs::path& root, Release& after) {
  if (after.adopted) return;
  BuildOptions options = OptionsOf(before, root);
  options.output.formats.clear();
  for (const std::string& extension : after.extensions)
    options.output.formats.push_back(FormatOf(extension));
  if (!(after.preview == before.preview)) {
    options.preview.cut = "explicit";
    options.preview.low = after.preview.low;
    options.preview.high = after.preview.high;
    options.preview.stretch = after.preview.stretch;
    options.preview.colormap = after.preview.colormap;
    options.preview.invert = after.preview.invert;
    options.preview.jpeg_quality = after.preview.jpeg_quality;
    options.preview.png_effort = after.preview.png_effort;
  }
  if (after.leaf_order != before.leaf_order)
    options.pixels.order = Format("{}", after.leaf_order);
  after.options = RememberedOptions(options, root);
  Texts identities;
  for (const ReleasedInput& input : after.inputs)
    identities.push_back(input.identity);
  after.plan = PlanIdOf(after.recipe_options, after.cell_order, after.preview,
                        after.extensions, !options.output.weight_hips.empty(),
                        identities);
}

/// The work itself, step by step.
class Reworker {
 public:
  Reworker(const fs::path& root, const Release& before,
           const ReworkRequest& request, ProgressStyle style)
      : root_(root),
        before_(before),
        request_(request),
        after_(After(before, request)),
        writer_(MakeTileWriter(root)),
        product_(root, after_.extensions, after_.encoding,
                 StyleOf(after_.preview), after_.tile_width, after_.leaf_order,
                 writer_),
        reader_(root),
        style_(style) {
    product_.ReadWith([this](TileAddress tile) { return reader_.Read(tile); });
    for (const TileAddress cell : ManifestCells(before))
      if (auto manifest = ReadManifest(Ledger(root), cell))
        for (TileRecord& record : manifest->tiles) {
          const TileAddress tile = record.tile;
          records_[tile] = std::move(record);
        }
    if (!request.formats.empty()) product_.WriteOnly(request.formats);
  }

  void Check() const {
    if (after_.extensions.empty())
      throw Error(ErrorKind::kUsage, "no format would be left");
    for (const std::string& extension : request_.formats)
      if (!after_.has(extension))
        throw Error(ErrorKind::kUsage,
                    Format("{}: has no {} tiles", root_.string(), extension));
    if (!before_.has("fits"))
      throw Error(ErrorKind::kUsage,
                  root_.string() +
                      ": has no FITS tiles that others could be made from; "
                      "build again with --formats fits,png");
  }

  ReworkSummary Run(const BuildPlan* plan) {
    const auto start = std::chrono::steady_clock::now();
    const std::vector<TileAddress> tiles = ChooseTiles();
    std::vector<std::int64_t> leaves;
    std::vector<TileAddress> parents;
    for (const TileAddress tile : tiles) {
      if (tile.order == before_.leaf_order)
        leaves.push_back(tile.npix);
      else
        parents.push_back(tile);
    }
    CheckChildren(tiles);
    Progress progress("tiles", CountOf(tiles.size()), style_);
    if (!leaves.empty()) MakeLeaves(leaves, *plan, progress);
    TakeMade(MakeParents(product_, reader_, parents, after_.tile_width,
                         ParseHierarchy(after_.hierarchy), progress));
    MakePictures(progress);
    const auto changed = CountChanged();
    if (request_.drop_order) DropOrder();
    if (changed > 0 || HasNewShape()) Remember(before_, root_, after_);
    WriteRelease(NextLedger(root_), after_);
    removed_ = MergeManifests(root_, before_, after_, changes_);
    if (request_.preview || !request_.add_formats.empty() ||
        !request_.drop_formats.empty())
      ChangeFormats(progress);
    const FileList files = StageSurvey(changed);
    FinishLedger(root_, files);
    ReworkSummary summary;
    summary.output = root_;
    summary.made = made_;
    summary.changed = changed;
    summary.removed = static_cast<std::int64_t>(removed_.size());
    CommitOptions commit;
    commit.kind = CommitKind::kChanges;
    commit.removed = std::move(removed_);
    commit.keep_previous = request_.keep_previous;
    CommitStage(root_, commit);
    summary.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
    return summary;
  }

 private:
  bool HasNewShape() const {
    return request_.preview || !request_.add_formats.empty() ||
           !request_.drop_formats.empty() || request_.drop_order;
  }

  std::int64_t CountOf(std::size_t tiles) const {
    const bool all = request_.preview || !request_.add_formats.empty();
    return static_cast<std::int64_t>(tiles + request_.pictures.size() +
                                     (all ? records_.size() : 0));
  }

  // Of an order, in the region; parents of the order below, whatever the
  // ledger says of the order itself.
  std::vector<TileAddress> ChooseTiles() const {
    std::set<TileAddress> chosen(request_.tiles.begin(), request_.tiles.end());
    if (request_.order) {
      const int below = std::min(*request_.order + 1, before_.leaf_order);
      for (const auto& [tile, record] : records_) {
        if (tile.order != below || record.valid == 0) continue;
        const TileAddress wanted = Ancestor(tile, *request_.order);
        if (!request_.region || request_.region->Touches(wanted))
          chosen.insert(wanted);
      }
    }
    if (request_.propagate)
      for (const TileAddress tile :
           AncestorsOf(std::vector(chosen.begin(), chosen.end())))
        chosen.insert(tile);
    return {chosen.begin(), chosen.end()};
  }

  // Children that are there by the ledger, and not made in this run.
  void CheckChildren(const std::vector<TileAddress>& tiles) const {
    const std::set<TileAddress> chosen(tiles.begin(), tiles.end());
    for (const TileAddress tile : tiles) {
      if (tile.order == before_.leaf_order) continue;
      for (int k = 0; k < 4; ++k) {
        const TileAddress child = Child(tile, k);
        const auto record = records_.find(child);
        if (record == records_.end() || record->second.valid == 0 ||
            chosen.contains(child) ||
            fs::exists(root_ / TilePath(child, "fits")))
          continue;
        throw Error(
            ErrorKind::kIncomplete,
            Format("{}: is not there, so order {} cannot be made from "
                   "order {}; hipsgen regenerate --order {} comes first",
                   (root_ / TilePath(child, "fits")).string(), tile.order,
                   child.order, child.order));
      }
    }
  }

  void MakeLeaves(const std::vector<std::int64_t>& leaves,
                  const BuildPlan& plan, Progress& progress) {
    const LeafSet wanted(before_.leaf_order, leaves);
    TileMaker maker(plan, product_, nullptr, {}, progress, &wanted);
    maker.MakeAll();
    for (const PlannedCell& cell : plan.cells)
      if (auto manifest = ReadManifest(MadeLedger(root_), cell.address))
        TakeMade(std::move(manifest->tiles));
  }

  void MakePictures(Progress& progress) {
    std::vector<TileRecord> made;
    for (const TileAddress tile : request_.pictures) {
      const auto record = records_.find(tile);
      if (record != records_.end() && !changes_.made.contains(tile))
        made.push_back(record->second);
    }
    std::vector<TileRecord*> records;
    for (TileRecord& record : made) records.push_back(&record);
    MakeFormats(product_, reader_, records, after_.pictures(), progress);
    TakeMade(std::move(made));
  }

  // Formats that were not written again keep their files.
  void TakeMade(std::vector<TileRecord> made) {
    made_ += static_cast<std::int64_t>(made.size());
    for (TileRecord& record : made) {
      const auto before = records_.find(record.tile);
      if (before == records_.end()) continue;
      if (record.valid > 0)
        record.files.insert(before->second.files.begin(),
                            before->second.files.end());
    }
    changes_.AddMade(std::move(made));
  }

  std::int64_t CountChanged() const {
    std::int64_t changed = 0;
    for (const auto& [tile, record] : changes_.made) {
      const auto before = records_.find(tile);
      const bool same =
          before != records_.end() &&
          std::all_of(record.files.begin(), record.files.end(),
                      [&](const auto& file) {
                        const auto old = before->second.files.find(file.first);
                        return old != before->second.files.end() &&
                               old->second.hash == file.second.hash;
                      });
      changed += same ? 0 : 1;
    }
    return changed;
  }

  // The order above becomes that of the leaves.
  void DropOrder() {
    std::map<TileAddress, std::set<int>> inputs;
    for (const auto& [tile, record] : records_)
      if (tile.order == before_.leaf_order) {
        changes_.gone.insert(tile);
        inputs[Parent(tile)].insert(record.inputs.begin(), record.inputs.end());
      }
    for (const auto& [tile, numbers] : inputs) {
      const auto found = records_.find(tile);
      if (found == records_.end()) continue;
      TileRecord record = found->second;
      record.inputs.assign(numbers.begin(), numbers.end());
      changes_.made[tile] = std::move(record);
    }
  }

  void ChangeFormats(Progress& progress) {
    const Texts pictures =
        request_.preview ? after_.pictures() : request_.add_formats;
    for (const TileAddress cell : ManifestCells(after_)) {
      auto manifest = ReadManifest(NextLedger(root_), cell);
      if (!manifest) continue;
      std::vector<TileRecord*> records;
      for (TileRecord& record : manifest->tiles) {
        for (const std::string& extension : request_.drop_formats)
          if (record.files.erase(extension) > 0)
            removed_.push_back(TilePath(record.tile, extension));
        if (record.valid > 0) records.push_back(&record);
      }
      MakeFormats(product_, reader_, records, pictures, progress);
      made_ += static_cast<std::int64_t>(pictures.empty() ? 0 : records.size());
      WriteManifest(NextLedger(root_), *manifest);
    }
  }

  // What the tiles of the next release add up to.
  struct Sums {
    std::vector<TileAddress> thumbs;
    std::vector<TileAddress> coverage;
    std::int64_t files = 0;
    std::uint64_t bytes = 0;
  };

  Sums AddUp() const {
    Sums sums;
    for (const TileAddress cell : ManifestCells(after_)) {
      const auto manifest = ReadManifest(NextLedger(root_), cell);
      if (!manifest) continue;
      for (const TileRecord& record : manifest->tiles) {
        if (record.valid == 0) continue;
        if (record.tile.order == product_.allsky_order())
          sums.thumbs.push_back(record.tile);
        if (record.tile.order == after_.leaf_order) {
          const auto cells =
              CoverageCells(record.tile, record.coverage,
                            after_.moc_order - after_.leaf_order);
          sums.coverage.insert(sums.coverage.end(), cells.begin(), cells.end());
        }
        for (const auto& [extension, file] : record.files) {
          ++sums.files;
          sums.bytes += file.bytes;
        }
      }
    }
    return sums;
  }

  // As a build counts them: without the page and properties themselves.
  static std::uint64_t BytesOf(const FileList& files) {
    std::uint64_t bytes = 0;
    for (const auto& [name, file] : files)
      if (name != "properties" && name != "index.html" && name != "aladin.js" &&
          name != "report.html")
        bytes += file.bytes;
    return bytes;
  }

  FileList StageSurvey(std::int64_t changed) {
    FileList files = ReadFileList(Ledger(root_)).value_or(FileList{});
    std::erase_if(files, [](const auto& file) {
      return file.first.starts_with(".hipsgen/");
    });
    if (changed == 0 && !HasNewShape() && !request_.rewrite_survey_files)
      return files;
    const Sums sums = AddUp();
    const Moc moc = Moc::FromCells(after_.moc_order, sums.coverage);
    StagedFiles stage(root_);
    AdoptAllsky(product_, reader_, sums.thumbs);
    const PreviewStyle style = StyleOf(after_.preview);
    PutAllsky(product_, style, stage);
    PutPreview(product_, after_.leaf_order, ViewOf(moc), style, stage);
    if (request_.drop_order || request_.rewrite_survey_files)
      stage.Put("Moc.fits", moc.Fits());
    for (const auto& [name, file] : stage.files()) files[name] = file;
    DropOldFiles(files);
    Properties properties = Properties::Parse(ReadFile(root_ / "properties"));
    EditProperties(properties, sums, moc, BytesOf(files));
    if (!before_.adopted) PutPage(properties, stage);
    stage.Put("properties", properties.Text());
    for (const auto& [name, file] : stage.files()) files[name] = file;
    return files;
  }

  void EditProperties(Properties& properties, const Sums& sums, const Moc& moc,
                      std::uint64_t other_bytes) const {
    const auto set_if = [&](const char* key, const std::string& value) {
      if (properties.Get(key)) properties.Set(key, value);
    };
    properties.Set("hips_release_date", ReleaseDate());
    Texts formats;
    for (const std::string& extension : after_.extensions)
      formats.push_back(FormatOf(extension));
    std::stable_partition(formats.begin(), formats.end(),
                          [](const std::string& f) { return f != "fits"; });
    if (after_.extensions != before_.extensions) {
      std::string text;
      for (const std::string& format : formats)
        text += (text.empty() ? "" : " ") + format;
      properties.Set("hips_tile_format", text);
    }
    set_if("hips_nb_tiles", Format("{}", sums.files));
    set_if("hips_estsize",
           Format("{}", (sums.bytes + other_bytes + 1023) / 1024));
    if (request_.drop_order || request_.rewrite_survey_files)
      properties.Set("moc_sky_fraction", NumberText(moc.SkyFraction()));
    if (request_.drop_order) {
      properties.Set("hips_order", Format("{}", after_.leaf_order));
      properties.Set("hips_pixel_scale",
                     NumberText(CellSide(after_.leaf_order) /
                                after_.tile_width / kDegree));
    }
    if (request_.preview) {
      properties.Set("hips_pixel_cut", NumberText(after_.preview.low) + " " +
                                           NumberText(after_.preview.high));
      set_if("hips_pixel_function", after_.preview.stretch);
    }
  }

  // Allsky files of formats and orders that went.
  void DropOldFiles(FileList& files) {
    std::erase_if(files, [this](const auto& file) {
      const auto& name = file.first;
      const std::size_t at = name.find("/Allsky.");
      if (at == std::string::npos) return false;
      const std::string extension = name.substr(name.rfind('.') + 1);
      const bool lost = !after_.has(extension);
      if (lost) removed_.push_back(name);
      return lost;
    });
  }

  const fs::path root_;
  const Release& before_;
  const ReworkRequest& request_;
  Release after_;
  TileWriter writer_;
  Product product_;
  TileReader reader_;
  const ProgressStyle style_;
  std::map<TileAddress, TileRecord> records_;
  ManifestChanges changes_;
  std::vector<std::string> removed_;
  std::int64_t made_ = 0;
};

}  // namespace

ReworkSummary Rework(const fs::path& root, const Release& release,
                     const ReworkRequest& request, const BuildPlan* plan,
                     ProgressStyle progress) {
  Reworker reworker(root, release, request, progress);
  reworker.Check();
  return reworker.Run(plan);
}

bool NeedsMosaics(const Release& release, const ReworkRequest& request) {
  return request.order == release.leaf_order ||
         std::any_of(request.tiles.begin(), request.tiles.end(),
                     [&](TileAddress tile) {
                       return tile.order == release.leaf_order;
                     });
}

BuildPlan PlanOfRelease(const Release& release, const fs::path& root,
                        const std::vector<std::string>& inputs) {
  if (release.weights)
    throw Error(ErrorKind::kUsage,
                root.string() +
                    ": holds sums of weights; its leaves are made with those "
                    "of the HiPS that it belongs to");
  if (release.adopted)
    throw Error(ErrorKind::kUsage,
                root.string() +
                    ": was adopted, so its mosaics are not known; leaves "
                    "cannot be made again");
  BuildOptions options = OptionsOf(release, root);
  if (!inputs.empty())
    options.input.paths = inputs;
  else
    NeedInputsThere(options, root, "say where they are now with --inputs");
  BuildPlan plan = MakePlan(options, HintsOf(release, root));
  const Release now = ReleaseOf(plan, root);
  for (std::size_t i = 0;
       i < std::max(now.inputs.size(), release.inputs.size()); ++i) {
    const bool gone = i >= now.inputs.size();
    const bool added = i >= release.inputs.size();
    if (!gone && !added && now.inputs[i].identity == release.inputs[i].identity)
      continue;
    throw Error(ErrorKind::kUsage,
                Format("{}: is not what the HiPS was made from; hipsgen update "
                       "makes what changed",
                       (gone ? release : now).inputs[i].name));
  }
  if (now.recipe_options != release.recipe_options)
    throw Error(ErrorKind::kUsage,
                root.string() +
                    ": was made by other rules than those of this program; "
                    "hipsgen update makes it anew");
  return plan;
}

std::string JobOf(const Release& release, const ReworkRequest& request) {
  Hasher hasher;
  hasher.Add(release.plan);
  hasher.Add(std::int64_t{request.order.value_or(-1)});
  for (const auto* tiles : {&request.tiles, &request.pictures})
    for (const TileAddress tile : *tiles) {
      hasher.Add(std::int64_t{tile.order});
      hasher.Add(tile.npix);
    }
  if (request.region) hasher.Add(request.region->Ascii());
  for (const auto* list :
       {&request.formats, &request.add_formats, &request.drop_formats}) {
    hasher.Add(std::int64_t{-1});
    for (const std::string& text : *list) hasher.Add(text);
  }
  hasher.Add(
      std::int64_t{(request.propagate ? 1 : 0) | (request.drop_order ? 2 : 0)});
  if (request.preview) {
    hasher.Add(request.preview->low);
    hasher.Add(request.preview->high);
    hasher.Add(request.preview->stretch + " " + request.preview->colormap);
  }
  return "rework " + hasher.Result().Text();
}

}  // namespace hips
