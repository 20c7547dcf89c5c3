// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/update_arguments.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/error.h"
#include "hipsgen/command_line.h"
#include "hipsgen/output.h"
#include "ledger/commit.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

bool ChangesCut(const UpdateArguments& arguments) {
  static const std::set<std::string> kKeys = {
      "preview.cut", "preview.low", "preview.high", "preview.sigma_low",
      "preview.sigma_high"};
  const auto& keys = arguments.build.keys;
  return arguments.new_cut || !arguments.build.cut.empty() ||
         std::any_of(keys.begin(), keys.end(),
                     [](const auto& key) { return kKeys.contains(key.first); });
}

}  // namespace

void AddNewCut(CLI::App& app, UpdateArguments& arguments) {
  app.add_flag("--new-cut", arguments.new_cut,
               "of an update: choose the cut of the previews anew");
}

fs::path TakeRoot(BuildArguments& arguments) {
  for (const auto& [key, value] : arguments.keys)
    if (key == "output.path") return value;
  if (!arguments.names.empty() && HoldsHips(arguments.names.front())) {
    fs::path root = arguments.names.front();
    arguments.names.erase(arguments.names.begin());
    return root;
  }
  return OptionsOf(arguments).output.path;
}

UpdateTarget::UpdateTarget(const fs::path& root,
                           const BuildArguments& arguments) {
  RequireHips(root);
  auto output = std::make_unique<Output>(root);
  release = LoadRelease(root);
  if (release.weights)
    throw Error(ErrorKind::kUsage,
                root.string() +
                    ": holds sums of weights; update the HiPS that it belongs "
                    "to");
  options = OptionsOf(arguments, OptionsOf(release, root));
  options.output.path = root.string();
  if (options.input.paths == OptionsOf(release, root).input.paths)
    NeedInputsThere(options, root,
                    "name them where they are now: hipsgen update HIPS INPUT");
  CheckOptions(options);
  outputs.emplace(std::move(output), options);
}

PlanHints HintsOf(const UpdateArguments& arguments,
                  const UpdateTarget& target) {
  PlanHints hints = HintsOf(target.release, target.options.output.path);
  if (ChangesCut(arguments)) hints.cut.reset();
  return hints;
}

}  // namespace hips
