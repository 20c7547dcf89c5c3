// SPDX-License-Identifier: GPL-3.0-or-later
// From what was asked for (files, folders, globs, lists) to files.
//
// Private to this room. Sorted results, whatever the file system's order.
// Functions; safe from any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "survey/options.h"

namespace hips {

struct FoundFile {
  std::filesystem::path path;  ///< absolute, normal; links as they were given
  bool by_name = false;        ///< named itself, not found by a search
};

struct FoundFiles {
  std::vector<FoundFile> files;  ///< sorted by path, each file once
  std::vector<std::filesystem::path> missing;  ///< named by a list, not there
  std::vector<std::string> warnings;
  bool single_file = false;  ///< exactly one file was asked for, by its name
};

/// throws  Error(kUsage) when nothing was asked for, a path is not there or a
///         glob matches nothing; Error(kIo)
FoundFiles FindInputFiles(const BuildOptions& options);

/// Files that match a glob, sorted. `*`, `?` and `[...]` stay within a folder;
/// the name `**` is any number of folders. Hidden names only match when the
/// pattern spells the dot.
std::vector<std::filesystem::path> ExpandGlob(const std::string& pattern);

/// The text as a pattern that matches nothing but itself.
std::string EscapedForGlob(std::string_view text);

/// The extension of a FITS name (".fits", ".FITS.gz", ".fits.fz", ".fz", ...),
/// "" for any other name.
std::string_view FitsExtension(std::string_view name);

/// The deepest folder that holds all files.
std::filesystem::path CommonFolder(
    const std::vector<std::filesystem::path>& files);

}  // namespace hips
