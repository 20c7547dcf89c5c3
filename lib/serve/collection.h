// SPDX-License-Identifier: GPL-3.0-or-later
// The HiPSes on disk, and the URL path each is served at.
//
// Found once, at the start; files are opened afresh for every request and
// `properties` is read again when it changed, so a new release needs no
// restart. Thread-safety: const functions are safe from any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "properties/properties.h"
#include "serve/served_file.h"

namespace hips {

/// One HiPS on disk.
class ServedHips {
 public:
  /// given   folder the user named; may be or contain symbolic links
  /// within  the HiPS below it, "" when it is the HiPS
  /// path    URL path, "/ASTRON/P/tgssadr"; empty: from the identifier
  /// throws  Error(kBadInput) without `properties`, or without an identifier
  ///         when one is needed
  ServedHips(std::filesystem::path given, std::filesystem::path within,
             std::string path);

  const std::string& path() const { return path_; }
  std::filesystem::path folder() const {
    return within_.empty() ? given_ : given_ / within_;
  }

  /// Latest `properties`; the ones before while the file is missing or bad.
  std::shared_ptr<const Properties> properties() const;

  /// A file of this HiPS; nullptr when there is none. See OpenBeneath.
  std::shared_ptr<const ServedFile> Open(const std::string& name) const;

 private:
  std::filesystem::path given_;
  std::filesystem::path within_;
  std::string path_;

  mutable std::mutex mutex_;
  mutable std::string etag_;
  mutable std::shared_ptr<const Properties> properties_;
};

/// Serve the HiPS in `folder` at `path` instead of at its identifier.
struct Mount {
  std::string path;
  std::filesystem::path folder;
};

class Collection {
 public:
  /// folders  each a HiPS, or a folder with HiPSes up to kSearchDepth levels
  ///          below; links are not followed in the search
  /// throws   Error(kUsage): nothing found, two HiPS on one path, a path that
  ///          cannot be served; Error(kBadInput): a named HiPS is broken. A
  ///          broken one that the search meets is left out with a warning.
  Collection(const std::vector<std::filesystem::path>& folders,
             const std::vector<Mount>& mounts);

  static constexpr int kSearchDepth = 5;

  /// Sorted by path.
  const std::vector<std::unique_ptr<const ServedHips>>& all() const {
    return hips_;
  }

  /// The HiPS with the longest path that `url_path` is or lies below, and what
  /// follows: nothing for the HiPS itself ("/A/P/x"), else the rest after the
  /// slash ("" for "/A/P/x/").
  struct Match {
    const ServedHips* hips = nullptr;
    std::optional<std::string> rest;
  };
  Match Find(std::string_view url_path) const;

 private:
  void Add(std::unique_ptr<const ServedHips> hips);

  std::vector<std::unique_ptr<const ServedHips>> hips_;
};

/// "ivo://ASTRON/P/tgssadr" → "/ASTRON/P/tgssadr"; throws Error(kBadInput)
/// when the identifier has no such path.
std::string PathFromIdentifier(std::string_view creator_did);

/// Is the path one that a HiPS may be served at: "/a/b", no empty or hidden
/// part, letters, digits and -._~+ only, none of the server's own names.
/// returns what is wrong, or nothing
std::optional<std::string> PathFault(std::string_view path);

}  // namespace hips
