// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/stop_writers.h"

#include <string>
#include <system_error>
#include <vector>

#include "base/file.h"
#include "base/format.h"
#include "hipsgen/output.h"
#include "ledger/commit.h"

namespace hips {

void StopWriters(const std::filesystem::path& root) {
  const std::filesystem::path scratch = Ledger(root) / "scratch";
  std::vector<std::filesystem::path> folders;
  std::error_code code;
  for (std::filesystem::directory_iterator entry(scratch, code), end;
       !code && entry != end; entry.increment(code))
    if (entry->path().filename().string().starts_with("making-"))
      folders.push_back(entry->path());
  for (const std::filesystem::path& folder : folders) {
    // Under another name nobody adds to it while it is removed.
    const std::filesystem::path ended =
        scratch / Format("ended-{}", folder.filename().string());
    std::filesystem::rename(folder, ended, code);
    if (!code) RemoveTree(ended);
  }
}

}  // namespace hips
