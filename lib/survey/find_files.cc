// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/find_files.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

namespace fs = std::filesystem;
using Paths = std::vector<fs::path>;

constexpr std::string_view kGlobSigns = "*?[";

bool IsFolder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool Exists(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool IsHidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

// What is in a folder, sorted by name.
Paths Entries(const fs::path& folder) {
  std::error_code failed;
  Paths entries;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end;
       it.increment(failed))
    entries.push_back(it->path());
  if (failed)
    throw IoError(Format("cannot list {}", folder.string()), failed.value());
  std::ranges::sort(entries);
  return entries;
}

// Visits a folder and those below, hidden ones not: first the real ones, then
// those that only links lead to. None twice, so links may make circles.
class FolderWalk {
 public:
  /// visit(folder, its entries); false: do not look deeper.
  using Visit = std::function<bool(const fs::path&, const Paths&)>;

  explicit FolderWalk(Visit visit) : visit_(std::move(visit)) {}

  void From(const fs::path& top) {
    Enter(top);
    while (!links_.empty()) {
      const fs::path link = links_.front();
      links_.pop_front();
      Enter(link);
    }
  }

 private:
  void Enter(const fs::path& folder) {
    std::error_code failed;
    const fs::path real = fs::canonical(folder, failed);
    if (failed || !seen_.insert(real).second) return;
    const Paths entries = Entries(folder);
    if (!visit_(folder, entries)) return;
    for (const fs::path& entry : entries) {
      if (IsHidden(entry) || !IsFolder(entry)) continue;
      if (fs::is_symlink(entry, failed))
        links_.push_back(entry);
      else
        Enter(entry);
    }
  }

  Visit visit_;
  std::set<fs::path> seen_;
  std::deque<fs::path> links_;
};

// A HiPS holds FITS files that are no mosaics: tiles, MOC, metadata.
bool IsHips(const fs::path& folder) {
  return Exists(folder / ".hipsgen") ||
         (Exists(folder / "properties") &&
          (Exists(folder / "Moc.fits") || IsFolder(folder / "Norder3")));
}

// The last `count` names of a path.
std::string PathEnd(const fs::path& path, std::ptrdiff_t count) {
  const auto names = std::distance(path.begin(), path.end());
  fs::path end;
  for (auto name = std::next(path.begin(), std::max(names - count, {}));
       name != path.end(); ++name)
    end /= *name;
  return end.generic_string();
}

// A pattern of n names is about the last n names of the path.
bool Matches(const fs::path& path, const std::string& pattern) {
  return MatchesPattern(PathEnd(path, 1 + std::ranges::count(pattern, '/')),
                        pattern);
}

bool MatchesAny(const fs::path& path,
                const std::vector<std::string>& patterns) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    return Matches(path, pattern);
  });
}

class Search {
 public:
  explicit Search(const BuildOptions& options) : input_(options.input) {
    for (const std::string& out :
         {options.output.path, options.output.weight_hips})
      if (!out.empty()) outputs_.push_back(Absolute(out));
  }

  // One thing that was asked for.
  void Add(const std::string& asked) {
    if (asked.starts_with('@')) return AddList(asked.substr(1));
    if (Exists(asked)) return AddThere(asked, true);
    if (asked.find_first_of(kGlobSigns) == std::string::npos)
      throw Error(ErrorKind::kUsage,
                  asked + ": no such file or folder; check the input paths");
    const Paths matches = ExpandGlob(asked);
    if (matches.empty())
      throw Error(ErrorKind::kUsage,
                  asked + ": no file matches; check the input paths");
    for (const fs::path& match : matches) AddThere(match, false);
  }

  FoundFiles Result() {
    std::ranges::stable_sort(found_.files, {}, &FoundFile::path);
    DropRepeated();
    return std::move(found_);
  }

 private:
  static fs::path Absolute(const fs::path& path) {
    return fs::absolute(path).lexically_normal();
  }

  void AddThere(const fs::path& path, bool by_name) {
    if (IsFolder(path))
      AddFolder(Absolute(path / ""));
    else
      AddFile(path, by_name);
  }

  void AddFile(const fs::path& path, bool by_name) {
    const fs::path absolute = Absolute(path);
    if (MatchesAny(absolute, input_.exclude)) return;
    found_.files.push_back({absolute, by_name});
  }

  bool IsOutput(const fs::path& folder) const {
    std::error_code ignored;
    return std::ranges::any_of(outputs_, [&](const fs::path& output) {
      return fs::equivalent(folder, output, ignored);
    });
  }

  void AddFolder(const fs::path& top) {
    FolderWalk([this](const fs::path& folder, const Paths& entries) {
      if (!IsSearched(folder)) return false;
      for (const fs::path& entry : entries)
        if (!IsHidden(entry) && !IsFolder(entry) && IsWanted(entry))
          AddFile(entry, false);
      return true;
    }).From(top);
  }

  bool IsSearched(const fs::path& folder) {
    if (IsOutput(folder)) return false;
    if (!IsHips(folder)) return true;
    found_.warnings.push_back(Format(
        "{} is a HiPS, not a folder of mosaics; left out", folder.string()));
    return false;
  }

  bool IsWanted(const fs::path& path) const {
    if (!input_.include.empty()) return MatchesAny(path, input_.include);
    return !FitsExtension(path.filename().string()).empty();
  }

  // One path a line, from the list's folder; '#' starts a comment.
  void AddList(const fs::path& list) {
    std::string text;
    try {
      text = ReadFile(list);
    } catch (const Error& error) {
      throw error.In("list of inputs");
    }
    for (const std::string& line : Split(text, '\n')) {
      if (line.empty() || line.front() == '#') continue;
      const fs::path path = list.parent_path() / line;
      if (Exists(path)) {
        AddThere(path, true);
        continue;
      }
      const Paths matches = ExpandGlob(path.string());
      if (matches.empty()) found_.missing.push_back(Absolute(path));
      for (const fs::path& match : matches) AddThere(match, false);
    }
  }

  // The same file asked for twice, or reached by two links, counts once.
  void DropRepeated() {
    std::map<fs::path, std::size_t> place;
    std::vector<FoundFile> kept;
    Paths repeated;
    for (FoundFile& file : found_.files) {
      std::error_code failed;
      fs::path real = fs::canonical(file.path, failed);
      if (failed) real = file.path;
      const auto [known, is_new] = place.emplace(real, kept.size());
      if (!is_new) {
        kept[known->second].by_name |= file.by_name;
        repeated.push_back(std::move(file.path));
      } else {
        kept.push_back(std::move(file));
      }
    }
    found_.files = std::move(kept);
    if (repeated.empty()) return;
    found_.warnings.push_back(Format(
        "{} reached more than once {} used once: {}{}",
        repeated.size() == 1 ? "a file" : Format("{} files", repeated.size()),
        repeated.size() == 1 ? "is" : "are", repeated.front().string(),
        repeated.size() == 1 ? "" : ", ..."));
  }

  const InputOptions& input_;
  Paths outputs_;
  FoundFiles found_;
};

// The name that a pattern without free signs stands for.
std::optional<std::string> LiteralName(const std::string& pattern) {
  std::string name;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (kGlobSigns.find(pattern[i]) != std::string_view::npos)
      return std::nullopt;
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    name += pattern[i];
  }
  return name;
}

void Expand(const fs::path& folder, const std::vector<std::string>& names,
            std::size_t first, Paths& matches);

// "**": this folder and all below.
void ExpandBelow(const fs::path& folder, const std::vector<std::string>& names,
                 std::size_t next, Paths& matches) {
  FolderWalk([&](const fs::path& below, const Paths&) {
    Expand(below, names, next, matches);
    return next < names.size();
  }).From(folder);
}

void ExpandPattern(const fs::path& folder,
                   const std::vector<std::string>& names, std::size_t first,
                   Paths& matches) {
  for (const fs::path& entry : Entries(folder)) {
    const std::string found = entry.filename().string();
    if (found.starts_with('.') && !names[first].starts_with('.')) continue;
    if (MatchesPattern(found, names[first]))
      Expand(entry, names, first + 1, matches);
  }
}

// Matches of the names of a pattern from `first` on, below `folder`.
void Expand(const fs::path& folder, const std::vector<std::string>& names,
            std::size_t first, Paths& matches) {
  if (first == names.size()) {
    matches.push_back(folder);
    return;
  }
  if (!IsFolder(folder)) return;
  if (names[first] == "**")
    return ExpandBelow(folder, names, first + 1, matches);
  const std::optional<std::string> literal = LiteralName(names[first]);
  if (!literal) return ExpandPattern(folder, names, first, matches);
  if (Exists(folder / *literal))
    Expand(folder / *literal, names, first + 1, matches);
}

}  // namespace

FoundFiles FindInputFiles(const BuildOptions& options) {
  const std::vector<std::string>& paths = options.input.paths;
  if (paths.empty())
    throw Error(ErrorKind::kUsage,
                "no input was given; name files, folders or globs");
  Search search(options);
  for (const std::string& asked : paths) search.Add(asked);
  FoundFiles found = search.Result();
  found.single_file = paths.size() == 1 && !paths[0].starts_with('@') &&
                      Exists(paths[0]) && !IsFolder(paths[0]);
  return found;
}

std::vector<std::filesystem::path> ExpandGlob(const std::string& pattern) {
  std::vector<std::string> names;
  for (const fs::path& name : fs::path(pattern).relative_path())
    if (!name.empty()) names.push_back(name.string());
  const fs::path root = fs::path(pattern).root_path();
  Paths matches;
  if (!names.empty()) Expand(root.empty() ? "." : root, names, 0, matches);
  std::ranges::sort(matches);
  matches.erase(std::unique(matches.begin(), matches.end()), matches.end());
  return matches;
}

std::string EscapedForGlob(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos)
      escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string_view FitsExtension(std::string_view name) {
  static constexpr std::string_view kExtensions[] = {
      ".fits.gz", ".fits.fz", ".fit.gz", ".fit.fz", ".fts.gz",
      ".fts.fz",  ".fits",    ".fit",    ".fts",    ".fz"};
  const std::string lower = Lower(name);
  for (const std::string_view extension : kExtensions)
    if (lower.size() > extension.size() && lower.ends_with(extension))
      return name.substr(name.size() - extension.size());
  return "";
}

std::filesystem::path CommonFolder(
    const std::vector<std::filesystem::path>& files) {
  if (files.empty()) return {};
  fs::path common = files.front().parent_path();
  for (const fs::path& file : files) {
    const fs::path folder = file.parent_path();
    const auto differs = std::mismatch(common.begin(), common.end(),
                                       folder.begin(), folder.end());
    fs::path shared;
    for (auto part = common.begin(); part != differs.first; ++part)
      shared /= *part;
    common = shared;
  }
  return common;
}

}  // namespace hips
