// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/staged_files.h"

#include "base/file.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/log.h"
#include "ledger/commit.h"
#include "page/aladin_script.h"
#include "publish/index_page.h"

namespace hips {

StagedFiles::StagedFiles(const std::filesystem::path& root, FileList published)
    : root_(root), published_(std::move(published)) {}

bool StagedFiles::IsPublished(const std::string& name,
                              const FileRecord& record) const {
  const auto found = published_.find(name);
  if (found == published_.end() || found->second.hash != record.hash)
    return false;
  std::error_code code;
  return std::filesystem::file_size(root_ / name, code) == record.bytes &&
         !code;
}

void StagedFiles::Put(const std::string& name,
                      std::span<const std::byte> bytes) {
  const FileRecord record{bytes.size(), HashOf(bytes).Text()};
  bytes_ += bytes.size();
  files_[name] = record;
  if (IsPublished(name, record)) return;
  const std::filesystem::path path = StageFolder(root_) / name;
  MakeFolders(path.parent_path());
  WriteFile(path, bytes);
}

void StagedFiles::Put(const std::string& name, std::string_view text) {
  Put(name, std::as_bytes(std::span(text)));
}

void PutAllsky(Product& product, const PreviewStyle& style,
               StagedFiles& stage) {
  if (product.allsky().empty()) return;
  const PreviewEncoder encoder(style);
  for (const std::string& extension : product.extensions()) {
    const std::string name =
        Format("Norder{}/Allsky.{}", product.allsky().order(), extension);
    if (extension == "fits")
      stage.Put(name, product.allsky().Fits(product.encoding().common));
    else
      stage.Put(name, product.allsky().Preview(
                          encoder, extension == "png" ? PictureFormat::kPng
                                                      : PictureFormat::kJpeg));
  }
}

void PutPreview(Product& product, int leaf_order, const SkyView& view,
                const PreviewStyle& style, StagedFiles& stage) {
  PreviewImageOptions options;
  options.order_max = product.deepest_readable(leaf_order);
  options.tile_width = product.tile_width();
  const TileSource tiles = [&](TileAddress tile) -> std::optional<Tile> {
    auto pixels = product.Read(tile);
    if (!pixels) return std::nullopt;
    return Tile{tile, std::move(*pixels)};
  };
  stage.Put("preview.jpg", PreviewImage(tiles, view, options, style));
}

void PutPage(const Properties& properties, StagedFiles& stage) {
  IndexPageOptions page;
  page.files = {{"properties", "properties"},
                {"Moc.fits", "coverage (MOC)"},
                {"metadata.fits", "headers of the inputs"},
                {"provenance.json", "how it was made"},
                {"preview.jpg", "preview"},
                {"report.html", "report of the build"}};
  stage.Put("index.html", IndexPage(properties, page));
  const auto script = FindAladinScript();
  if (script)
    stage.Put("aladin.js", ReadFile(*script));
  else
    LogWarning(properties.GetOr("creator_did", "this HiPS") +
               ": Aladin Lite's script was not found, so index.html shows no "
               "sky; run scripts/setup, or name it in HIPS_ALADIN_JS");
}

}  // namespace hips
