// SPDX-License-Identifier: GPL-3.0-or-later
// Files beside the tiles, on their way to the next release.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "encode/preview.h"
#include "hipsgen/product.h"
#include "ledger/file_list.h"
#include "properties/properties.h"
#include "publish/preview_image.h"

namespace hips {

/// Writes files below the staging area and remembers what they are.
class StagedFiles {
 public:
  /// published  files that stay when they are put again with the same bytes:
  ///            only remembered then, not written
  explicit StagedFiles(const std::filesystem::path& root,
                       FileList published = {});

  /// name  relative to the root of the HiPS
  void Put(const std::string& name, std::span<const std::byte> bytes);
  void Put(const std::string& name, std::string_view text);

  std::uint64_t bytes() const { return bytes_; }  ///< of all files so far
  const FileList& files() const { return files_; }

 private:
  bool IsPublished(const std::string& name, const FileRecord& record) const;

  std::filesystem::path root_;
  FileList published_;
  std::uint64_t bytes_ = 0;
  FileList files_;
};

/// The Allsky files of the thumbs that the product was given, in its formats.
void PutAllsky(Product& product, const PreviewStyle& style, StagedFiles& stage);

/// preview.jpg, from the product's tiles.
void PutPreview(Product& product, int leaf_order, const SkyView& view,
                const PreviewStyle& style, StagedFiles& stage);

/// index.html, and the script it shows the sky with.
void PutPage(const Properties& properties, StagedFiles& stage);

}  // namespace hips
