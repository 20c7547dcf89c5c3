// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/hips_files.h"

#include <algorithm>
#include <system_error>

#include "base/error.h"
#include "base/file.h"

namespace hips {

namespace fs = std::filesystem;

std::optional<Bytes> FolderFiles::Read(const std::string& name) const {
  if (!Has(name)) return std::nullopt;
  const MappedFile file(root_ / name);
  const auto bytes = file.bytes();
  return Bytes(bytes.begin(), bytes.end());
}

bool FolderFiles::Has(const std::string& name) const {
  std::error_code code;
  return fs::is_regular_file(root_ / name, code);
}

std::vector<std::string> FolderFiles::List(const std::string& folder) const {
  const fs::path path = folder.empty() ? root_ : root_ / folder;
  std::vector<std::string> names;
  std::error_code code;
  if (!fs::is_directory(path, code)) return names;
  for (const auto& entry : fs::directory_iterator(path, code))
    names.push_back(entry.path().filename().string());
  if (code) throw IoError(path.string(), code.value());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace hips
