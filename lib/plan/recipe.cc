// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/recipe.h"

namespace hips {

Hash128 RecipeOf(TileAddress tile, std::string_view options_text,
                 std::span<const std::string> identities) {
  Hasher hasher;
  hasher.Add(std::int64_t{kPixelRulesVersion});
  hasher.Add(std::int64_t{tile.order});
  hasher.Add(tile.npix);
  hasher.Add(options_text);
  for (const std::string& identity : identities) hasher.Add(identity);
  return hasher.Result();
}

}  // namespace hips
