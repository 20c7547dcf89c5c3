// SPDX-License-Identifier: GPL-3.0-or-later
// The HiPSes on disk, and the URL path each is served at.
//
// Files are opened, or looked at, for every request and `properties` is read
// again when it changed, so a new release needs no restart; for HiPSes that
// come and go a new Collection takes over what the old one knows.
// Thread-safety: const functions are safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "properties/properties.h"
#include "serve/hips_state.h"
#include "serve/metrics.h"
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
  /// The same folder as `before`, whose `properties` cannot be used now: what
  /// they were counts until they can.
  explicit ServedHips(const ServedHips& before);
  ServedHips& operator=(const ServedHips&) = delete;

  const std::string& path() const { return path_; }
  std::filesystem::path folder() const { return files_.path(); }
  const ServedFolder& files() const { return files_; }

  /// Latest `properties`; the ones before while the file is missing or bad.
  std::shared_ptr<const Properties> properties() const;

  /// The same as clients get them, as far as that is known.
  Properties LatestProperties() const;

  /// A file of this HiPS; nullptr when there is none. See OpenBeneath.
  std::shared_ptr<const ServedFile> Open(const std::string& name) const {
    return files_.Open(name);
  }

  /// What is known of the release; nullptr until somebody called Learn.
  std::shared_ptr<const HipsState> state() const;
  /// Are the files others than what is known, for so long that Learn would look
  /// at them again? Folders of tiles that come count after a while only: others
  /// may be coming.
  bool IsOutOfDate() const;
  /// Have folders of tiles come, or gone, that Learn waits for others of?
  bool IsBehind() const;
  /// What is known is in doubt: the next Learn makes it anew, whatever the
  /// files say.
  void Doubt() const { is_doubted_ = true; }
  /// A tile is there that is not known of. True when it is time to learn
  /// again: not for every tile of a HiPS that is just being copied.
  bool DoubtBecauseOfTile() const;
  /// The same, made first where it is not there or the files are others now;
  /// takes up to a second then. One thread works, others wait.
  /// throws  Error(kIo), Error(kBadInput), when nothing is known at all
  std::shared_ptr<const HipsState> Learn() const;
  /// Takes over what another object knows of the same folder.
  void LearnFrom(const ServedHips& other) const;

  /// The word that hips_status has here instead of its creator's; "" is none.
  void SetStatus(std::string status) { status_ = std::move(status); }
  void SetMeter(HipsMeter* meter) { meter_ = meter; }
  HipsMeter* meter() const { return meter_; }

 private:
  const ServedFolder files_;
  std::string path_;
  std::string status_;
  HipsMeter* meter_ = nullptr;

  mutable std::mutex mutex_;
  mutable std::string etag_;
  mutable std::shared_ptr<const Properties> properties_;

  mutable std::mutex learning_;  // guards failed_, too
  mutable StateTag failed_;      ///< of what no state could be made of
  mutable std::mutex state_mutex_;
  mutable std::shared_ptr<const HipsState> state_;
  mutable std::atomic<bool> is_doubted_ = false;
  mutable std::atomic<std::int64_t> next_ms_ = 0;  ///< for new folders
};

/// Serve the HiPS in `folder` at `path` instead of at its identifier.
struct Mount {
  std::string path;
  std::filesystem::path folder;
};

/// Another path for a HiPS: "/tgss" for "/ASTRON/P/tgssadr".
struct Alias {
  std::string path;    ///< fit for PathFault
  std::string target;  ///< the path of a HiPS that is served
};

/// What this server is to the HiPSes whose paths match: the word replaces the
/// one of their creators in lists and in `properties` (HiPS 1.0, 5.4).
struct StatusRule {
  std::string pattern;  ///< of the path, with * and ?: "/CDS/P/*"
  std::string status;   ///< "master", "mirror" or "partial"
};

class Collection;

struct CollectionOptions {
  std::vector<Alias> aliases;
  std::vector<StatusRule> statuses;  ///< the first that matches counts
  Metrics* metrics = nullptr;        ///< for numbers of each HiPS
  bool may_be_empty = false;
  /// What is served until now: a HiPS in it whose `properties` became unusable
  /// is served as it was. nullptr: nothing.
  const Collection* before = nullptr;
};

class Collection {
 public:
  /// folders  each a HiPS, or a folder with HiPSes up to kSearchDepth levels
  ///          below; links are not followed in the search
  /// A folder that is mounted, or was met already, is not served twice.
  /// throws   Error(kUsage): nothing found, two named HiPS on one path, a path
  ///          that cannot be served, no such folder; Error(kBadInput), Error(
  ///          kIo): a named HiPS is broken. One that the search meets and that
  ///          is broken, or whose path is taken, is left out with a warning.
  Collection(const std::vector<std::filesystem::path>& folders,
             const std::vector<Mount>& mounts,
             const CollectionOptions& options = {});

  static constexpr int kSearchDepth = 5;

  /// Sorted by path.
  const std::vector<std::unique_ptr<const ServedHips>>& all() const {
    return hips_;
  }

  /// Takes over what another collection knows of folders that are here too.
  void LearnFrom(const Collection& other) const;

  /// The HiPS with the longest path that `url_path` is or lies below, and what
  /// follows: nothing for the HiPS itself ("/A/P/x"), else the rest after the
  /// slash ("" for "/A/P/x/").
  struct Match {
    const ServedHips* hips = nullptr;
    std::optional<std::string> rest;
  };
  Match Find(std::string_view url_path) const;

  /// The HiPS in that folder, or nullptr.
  const ServedHips* In(const std::filesystem::path& folder) const;

 private:
  enum class Naming { kByUser, kFound };
  void AddMounts(const std::vector<Mount>& mounts,
                 const CollectionOptions& options);
  void AddFolder(const std::filesystem::path& folder,
                 const CollectionOptions& options);
  void Add(std::unique_ptr<ServedHips> hips, Naming naming,
           const CollectionOptions& options);
  void AddAliases(const std::vector<Alias>& aliases);
  void WarnOfUnusedRules(const std::vector<StatusRule>& rules) const;

  std::vector<std::unique_ptr<const ServedHips>> hips_;
  std::unordered_map<std::string_view, const ServedHips*> places_;
  std::vector<std::string> alias_paths_;  // what places_ refers to
  std::size_t longest_path_ = 0;
  std::map<std::filesystem::path, const ServedHips*> folders_;  // canonical
};

/// "ivo://ASTRON/P/tgssadr" → "/ASTRON/P/tgssadr"; throws Error(kBadInput)
/// when the identifier has no such path.
std::string PathFromIdentifier(std::string_view creator_did);

/// Is the path one that a HiPS may be served at: "/a/b", no empty or hidden
/// part, letters, digits and -._~+ only, none of the server's own names.
/// returns what is wrong, or nothing
std::optional<std::string> PathFault(std::string_view path);

}  // namespace hips
