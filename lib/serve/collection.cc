// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/collection.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "base/text.h"
#include "query/mask.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxPropertiesBytes = 1 << 20;
// A HiPS that is being copied is learned anew after this and twenty times what
// learning took: it takes no more than a twentieth of a processor.
constexpr std::int64_t kLeastIntervalMs = 500;
constexpr std::int64_t kShareOfLearning = 20;
constexpr std::array<std::string_view, 6> kOwnNames = {
    "/hipslist", "/hipslist.json", "/healthz",
    "/metrics",  "/index.html",    "/hips2fits"};
// What lies below them is the server's own, too.
constexpr std::array<std::string_view, 4> kOwnFolders = {
    "/-/", "/view/", "/moc/", "/MocServer/"};

Properties ReadProperties(const ServedFile& file) {
  if (file.byte_count() > kMaxPropertiesBytes)
    throw Error(ErrorKind::kBadInput, "properties: too large to be true");
  return Properties::Parse(file.Read());
}

bool IsHips(const fs::path& given, const fs::path& within) {
  const auto file = OpenBeneath(given, within, "properties");
  return file && file->byte_count() <= kMaxPropertiesBytes &&
         LooksLikeHips(Properties::Parse(file->Read()));
}

// "Norder3": such a path would hide tiles of the HiPS above it.
bool IsTileFolder(std::string_view name) {
  constexpr std::string_view kNorder = "Norder";
  return name.starts_with(kNorder) && name.size() > kNorder.size() &&
         std::all_of(name.begin() + kNorder.size(), name.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

bool HasTilePart(std::string_view path) {
  const std::vector<std::string> parts = Split(path, '/');
  return std::any_of(parts.begin(), parts.end(), IsTileFolder);
}

// Folders in `folder`, sorted: the search meets HiPSes in the same order on
// every machine. Hidden ones and links are left out.
std::vector<fs::path> SubFolders(const fs::path& folder) {
  std::vector<fs::path> names;
  std::error_code code;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(folder, code)) {
    const fs::path name = entry.path().filename();
    std::error_code ignored;
    if (name.native().starts_with('.') || !entry.is_directory(ignored))
      continue;
    if (!entry.is_symlink(ignored)) {
      names.push_back(name);
    } else if (fs::exists(entry.path() / "properties", ignored)) {
      LogWarning(
          Format("{}: a symbolic link, not followed; to serve it, give "
                 "it as a folder of its own",
                 entry.path().string()));
    }
  }
  if (code) LogWarning(IoError(folder.string(), code.value()).what());
  std::sort(names.begin(), names.end());
  return names;
}

// HiPSes below `given`/`within`; a HiPS is not searched for others, nor is a
// folder of tiles that lacks its properties: what is in it (HpxFinder) is none.
// before  what is served until now: a HiPS there stays one as long as it has a
//         properties file, of whatever kind
void Search(const fs::path& given, const fs::path& within, int depth,
            const Collection* before, std::vector<fs::path>& found) {
  const fs::path folder = given / within;
  std::error_code ignored;
  try {
    if (IsHips(given, within) ||
        (before != nullptr && before->In(folder) != nullptr &&
         fs::exists(folder / "properties", ignored))) {
      found.push_back(within);
      return;
    }
  } catch (const Error& error) {
    if (before != nullptr && before->In(folder) != nullptr) {
      found.push_back(within);
      return;
    }
    if (within.empty()) throw error.In(folder.string());
    LogWarning(Format("{}; not served", error.In(folder.string()).what()));
    return;
  }
  const std::vector<fs::path> names = SubFolders(folder);
  if (std::any_of(names.begin(), names.end(), [](const fs::path& name) {
        return IsTileFolder(name.native());
      })) {
    LogWarning(
        Format("{}: tiles, but no properties file of a HiPS beside "
               "them; not served",
               folder.string()));
    return;
  }
  if (depth == 0) return;
  for (const fs::path& name : names)
    Search(given, within / name, depth - 1, before, found);
}

fs::path Canonical(const fs::path& folder) {
  std::error_code ignored;
  return fs::weakly_canonical(folder, ignored);
}

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string IdentifierOf(const Properties& properties) {
  const auto creator = properties.Get("creator_did");
  return creator ? *creator : properties.GetOr("publisher_did", "");
}

bool IsPathCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') ||
         std::string_view("/-._~+").find(c) != std::string_view::npos;
}

}  // namespace

ServedHips::ServedHips(fs::path given, fs::path within, std::string path)
    : files_(std::move(given), std::move(within)), path_(std::move(path)) {
  const auto current = properties();
  if (!current || !LooksLikeHips(*current))
    throw Error(ErrorKind::kBadInput,
                folder().string() + ": no HiPS: no properties file of one");
  if (!path_.empty()) return;
  try {
    path_ = PathFromIdentifier(IdentifierOf(*current));
  } catch (const Error& error) {
    throw error.In(folder().string());
  }
}

ServedHips::ServedHips(const ServedHips& before)
    : files_(before.files_.given(), before.files_.within()),
      path_(before.path_),
      properties_(before.properties()) {}

std::shared_ptr<const Properties> ServedHips::properties() const {
  const std::lock_guard lock(mutex_);
  try {
    const auto file = Open("properties");
    if (file && file->ETag() != etag_) {
      etag_ = file->ETag();  // once: what is bad is said once, too
      Properties read = ReadProperties(*file);
      if (!LooksLikeHips(read))
        throw Error(ErrorKind::kBadInput, "no HiPS: no properties file of one");
      properties_ = std::make_shared<const Properties>(std::move(read));
    }
  } catch (const Error& error) {
    // One HiPS that is being repaired must not take the list of all away.
    if (!properties_) throw error.In(folder().string());
    LogWarning(error.In(folder().string()).what());
  }
  return properties_;
}

Properties ServedHips::LatestProperties() const {
  const auto known = state();
  if (known && known->tag.files == StateTagOf(files_).files)
    return known->properties;
  return *properties();
}

std::shared_ptr<const HipsState> ServedHips::state() const {
  const std::lock_guard lock(state_mutex_);
  return state_;
}

bool ServedHips::IsBehind() const {
  const auto known = state();
  if (!known) return false;
  const StateTag now = StateTagOf(files_);
  return known->tag.files == now.files && known->tag != now;
}

bool ServedHips::IsOutOfDate() const {
  const auto known = state();
  if (!known || is_doubted_) return true;
  const StateTag now = StateTagOf(files_);
  return known->tag.files != now.files ||
         (known->tag != now && NowMs() >= next_ms_);
}

std::shared_ptr<const HipsState> ServedHips::Learn() const {
  const std::lock_guard work(learning_);
  std::shared_ptr<const HipsState> known = state();
  if (!IsOutOfDate()) return known;
  const bool was_doubted = is_doubted_.exchange(false);
  const StateTag now = StateTagOf(files_);
  if (known && !was_doubted && now == failed_) return known;
  const std::int64_t start_ms = NowMs();
  try {
    auto made = MakeHipsState(files_, path_, status_);
    const std::int64_t now_ms = NowMs();
    next_ms_ =
        now_ms + kLeastIntervalMs + kShareOfLearning * (now_ms - start_ms);
    const std::lock_guard lock(state_mutex_);
    return state_ = std::move(made);
  } catch (const NoDescriptors&) {
    is_doubted_ = true;
    if (!known) throw;
    return known;
  } catch (const Error& error) {
    if (!known) throw error.In(folder().string());
    LogWarning(Format("{}: {}; it is served as it was", path_, error.what()));
    failed_ = now;
    return known;
  }
}

bool ServedHips::DoubtBecauseOfTile() const {
  if (NowMs() < next_ms_) return false;
  Doubt();
  return true;
}

void ServedHips::LearnFrom(const ServedHips& other) const {
  if (other.status_ != status_ || other.path_ != path_) return;
  auto known = other.state();
  if (other.is_doubted_) is_doubted_ = true;
  next_ms_ = other.next_ms_.load();
  const std::lock_guard lock(state_mutex_);
  state_ = std::move(known);
}

Collection::Collection(const std::vector<fs::path>& folders,
                       const std::vector<Mount>& mounts,
                       const CollectionOptions& options) {
  // First: a folder that is mounted is not served at its identifier, too.
  AddMounts(mounts, options);
  for (const fs::path& folder : folders) AddFolder(folder, options);
  if (hips_.empty() && !options.may_be_empty)
    throw Error(ErrorKind::kUsage,
                "nothing to serve: name a HiPS, a folder "
                "that holds some, or a mount");
  std::sort(hips_.begin(), hips_.end(),
            [](const auto& a, const auto& b) { return a->path() < b->path(); });
  AddAliases(options.aliases);
  WarnOfUnusedRules(options.statuses);
}

void Collection::AddMounts(const std::vector<Mount>& mounts,
                           const CollectionOptions& options) {
  for (const Mount& mount : mounts) {
    const auto fault = [&](const std::string& what) {
      return Error(ErrorKind::kUsage, Format("mount {}: {}", mount.path, what));
    };
    if (const auto bad = PathFault(mount.path)) throw fault(*bad);
    std::error_code ignored;
    if (!fs::is_directory(mount.folder, ignored))
      throw fault(mount.folder.string() + ": no such folder");
    Add(std::make_unique<ServedHips>(mount.folder, "", mount.path),
        Naming::kByUser, options);
  }
}

void Collection::AddFolder(const fs::path& folder,
                           const CollectionOptions& options) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    throw Error(ErrorKind::kUsage, folder.string() + ": no such folder");
  std::vector<fs::path> found;
  Search(folder, "", kSearchDepth, options.before, found);
  if (found.empty() && !options.may_be_empty)
    throw Error(ErrorKind::kUsage,
                Format("{}: no HiPS in it: no folder up to {} levels down has "
                       "a properties file of one",
                       folder.string(), kSearchDepth));
  for (const fs::path& within : found) {
    if (folders_.contains(Canonical(folder / within))) continue;
    // The user named this one: its faults end the program. Others do not.
    const Naming naming = within.empty() ? Naming::kByUser : Naming::kFound;
    std::unique_ptr<ServedHips> hips;
    try {
      hips = std::make_unique<ServedHips>(folder, within, "");
    } catch (const Error& error) {
      const ServedHips* before =
          options.before ? options.before->In(folder / within) : nullptr;
      if (before == nullptr && naming == Naming::kByUser) throw;
      LogWarning(Format("{}; {}", error.what(),
                        before ? "served as it was" : "not served"));
      if (before == nullptr) continue;
      hips = std::make_unique<ServedHips>(*before);
    }
    Add(std::move(hips), naming, options);
  }
}

void Collection::Add(std::unique_ptr<ServedHips> hips, Naming naming,
                     const CollectionOptions& options) {
  const auto other = places_.find(hips->path());
  if (other != places_.end()) {
    const std::string fault = Format(
        "two HiPS at {}: {} and {}; leave one out or give it "
        "another path with --mount /PATH=DIR",
        hips->path(), other->second->folder().string(),
        hips->folder().string());
    if (naming == Naming::kByUser) throw Error(ErrorKind::kUsage, fault);
    LogWarning(fault + "; the first is served");
    return;
  }
  for (const StatusRule& rule : options.statuses)
    if (MatchesMask(hips->path(), rule.pattern, LetterCase::kMatters)) {
      hips->SetStatus(rule.status);
      break;
    }
  if (options.metrics != nullptr)
    hips->SetMeter(&options.metrics->ForHips(hips->path()));
  folders_.emplace(Canonical(hips->folder()), hips.get());
  longest_path_ = std::max(longest_path_, hips->path().size());
  hips_.push_back(std::move(hips));
  places_.emplace(hips_.back()->path(), hips_.back().get());
}

void Collection::AddAliases(const std::vector<Alias>& aliases) {
  alias_paths_.reserve(aliases.size());
  for (const Alias& alias : aliases) {
    const auto target = places_.find(alias.target);
    if (target == places_.end())
      throw Error(ErrorKind::kUsage,
                  Format("alias {}: no HiPS at {}", alias.path, alias.target));
    alias_paths_.push_back(alias.path);
    longest_path_ = std::max(longest_path_, alias.path.size());
    if (!places_.emplace(alias_paths_.back(), target->second).second)
      throw Error(ErrorKind::kUsage,
                  Format("alias {}: a HiPS is there already", alias.path));
  }
}

void Collection::WarnOfUnusedRules(const std::vector<StatusRule>& rules) const {
  for (const StatusRule& rule : rules)
    if (std::none_of(hips_.begin(), hips_.end(), [&](const auto& hips) {
          return MatchesMask(hips->path(), rule.pattern, LetterCase::kMatters);
        }))
      LogWarning(
          Format("status {}: no HiPS here has such a path", rule.pattern));
}

void Collection::LearnFrom(const Collection& other) const {
  for (const auto& hips : hips_) {
    const auto known = other.places_.find(hips->path());
    if (known != other.places_.end() &&
        known->second->folder() == hips->folder())
      hips->LearnFrom(*known->second);
  }
}

const ServedHips* Collection::In(const fs::path& folder) const {
  const auto found = folders_.find(Canonical(folder));
  return found == folders_.end() ? nullptr : found->second;
}

// From the longest path that ends before a '/' to the shortest. None is longer
// than the longest that is served: clients may send thousands of slashes.
Collection::Match Collection::Find(std::string_view url_path) const {
  std::size_t end = url_path.size();
  if (end > longest_path_) end = url_path.rfind('/', longest_path_);
  for (; end != std::string_view::npos && end > 0;
       end = url_path.rfind('/', end - 1)) {
    const auto place = places_.find(url_path.substr(0, end));
    if (place == places_.end()) continue;
    if (end == url_path.size()) return {place->second, std::nullopt};
    return {place->second, std::string(url_path.substr(end + 1))};
  }
  return {};
}

std::string PathFromIdentifier(std::string_view creator_did) {
  constexpr std::string_view kScheme = "ivo://";
  if (!creator_did.starts_with(kScheme))
    throw Error(ErrorKind::kBadInput,
                Format("creator_did \"{}\" is not an ivo:// identifier; give "
                       "the HiPS a path with --mount /PATH=DIR",
                       creator_did));
  std::string path = Format("/{}", creator_did.substr(kScheme.size()));
  // Old identifiers separate the authority by '?': ivo://CDS?P/DSS2/red.
  std::replace(path.begin(), path.end(), '?', '/');
  if (const auto fault = PathFault(path))
    throw Error(ErrorKind::kBadInput,
                Format("creator_did \"{}\" makes no URL path ({}); give the "
                       "HiPS a path with --mount /PATH=DIR",
                       creator_did, *fault));
  return path;
}

std::optional<std::string> PathFault(std::string_view path) {
  if (!path.starts_with('/') || path.size() == 1)
    return "a path starts with '/' and names something";
  if (path.ends_with('/')) return "no '/' at the end";
  if (path.find("/.") != std::string_view::npos)
    return "a part starts with '.'";
  if (path.find("//") != std::string_view::npos) return "an empty part";
  if (HasTilePart(path)) return "a part is named as folders of tiles are";
  if (!std::all_of(path.begin(), path.end(), IsPathCharacter))
    return "letters, digits and -._~+ only";
  if (std::find(kOwnNames.begin(), kOwnNames.end(), path) != kOwnNames.end())
    return "the server's own name";
  for (const std::string_view own : kOwnFolders)
    if (path.starts_with(own) || path == own.substr(0, own.size() - 1))
      return "the server's own name";
  return std::nullopt;
}

}  // namespace hips
