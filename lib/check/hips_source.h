// SPDX-License-Identifier: GPL-3.0-or-later
// A HiPS to look at: a folder, or the URL of one on a web server.
//
// Files go by their path below the root, "Norder3/Dir0/Npix211.fits". A folder
// can be listed; of a URL only single files can be asked for, and its MOC says
// which ones to expect. Nothing larger than kLargestFile is read.
// Thread-safety: every call is safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hips {

/// Larger files are refused: the widest tiles in use are 64 MiB.
inline constexpr std::size_t kLargestFile = std::size_t{512} << 20;

/// What came back for one path.
struct Fetched {
  int status = 0;  ///< HTTP status; of a folder 200 or 404
  std::string body;
  /// Names in lower case; none of a folder.
  std::vector<std::pair<std::string, std::string>> headers;

  std::optional<std::string> Header(std::string_view name) const;
};

struct HipsFile {
  std::string path;  ///< below the root, with '/'
  std::uint64_t size = 0;
};

class HipsSource {
 public:
  virtual ~HipsSource() = default;

  /// The folder or URL, as it was given.
  virtual const std::string& where() const = 0;
  virtual bool remote() const = 0;

  /// throws  Error(kIo) when nothing answers, or the file is too large
  virtual Fetched Get(const std::string& path) const = 0;

  /// The bytes, or nothing when the file is not there (404, 410, 403).
  /// throws  Error(kIo): as Get, and for any other status
  std::optional<std::string> Fetch(const std::string& path) const;

  virtual bool Exists(const std::string& path) const = 0;

  /// The files of the root, of NorderK and of NorderK/DirD, sorted by path;
  /// other folders (HpxFinder, .hipsgen) are not entered. Nothing of a URL.
  virtual std::optional<std::vector<HipsFile>> List() const = 0;
};

/// where  a folder, or http[s]://HOST[:PORT]/PATH
/// throws  Error(kUsage): a malformed URL, or a path that is no folder
std::unique_ptr<HipsSource> OpenHips(const std::string& where);

/// One whole file by URL or path: a HiPS list.
/// throws  Error(kIo) when it cannot be had; Error(kUsage) as OpenHips
std::string FetchOne(const std::string& where);

}  // namespace hips
