// SPDX-License-Identifier: GPL-3.0-or-later
// A HiPS that a test writes into memory.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "encode/jpeg.h"
#include "encode/png.h"
#include "encode/webp.h"
#include "fits/write.h"
#include "healpix/tile_address.h"
#include "store/hips_files.h"

namespace hips {

class MemoryFiles : public HipsFiles {
 public:
  void Put(const std::string& name, Bytes bytes) {
    files_[name] = std::move(bytes);
  }
  void Put(const std::string& name, std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    files_[name] = Bytes(bytes.begin(), bytes.end());
  }
  void PutFits(TileAddress tile, const Image<float>& pixels,
               const Header& cards = {}) {
    Put(TilePath(tile, "fits"), EncodeImage(pixels, cards));
  }

  std::optional<Bytes> Read(const std::string& name) const override {
    const auto file = files_.find(name);
    if (file == files_.end()) return std::nullopt;
    return file->second;
  }

  bool Has(const std::string& name) const override {
    return files_.contains(name);
  }

  std::vector<std::string> List(const std::string& folder) const override {
    const std::string prefix = folder.empty() ? "" : folder + "/";
    std::set<std::string> names;
    for (auto file = files_.lower_bound(prefix);
         file != files_.end() && file->first.starts_with(prefix); ++file) {
      const std::string rest = file->first.substr(prefix.size());
      names.insert(rest.substr(0, rest.find('/')));
    }
    return {names.begin(), names.end()};
  }

 private:
  std::map<std::string, Bytes> files_;
};

}  // namespace hips
