// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/recipe.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace hips {
namespace {

std::string Recipe(TileAddress tile, std::string_view options,
                   const std::vector<std::string>& identities) {
  return RecipeOf(tile, options, identities).Text();
}

TEST(Recipe, IsTheSameForTheSameThings) {
  EXPECT_EQ(Recipe({9, 5}, "kernel beam", {"a", "b"}),
            Recipe({9, 5}, "kernel beam", {"a", "b"}));
}

TEST(Recipe, ChangesWithEachOfItsIngredients) {
  const std::vector<std::string> all = {
      Recipe({9, 5}, "kernel beam", {"a", "b"}),
      Recipe({9, 6}, "kernel beam", {"a", "b"}),
      Recipe({8, 5}, "kernel beam", {"a", "b"}),
      Recipe({9, 5}, "kernel bilinear", {"a", "b"}),
      Recipe({9, 5}, "", {"a", "b"}), Recipe({9, 5}, "kernel beam", {"a", "c"}),
      // The order of the inputs decides sums, "first" and "last".
      Recipe({9, 5}, "kernel beam", {"b", "a"}),
      Recipe({9, 5}, "kernel beam", {"a"}),
      Recipe({9, 5}, "kernel beam", {"b"}), Recipe({9, 5}, "kernel beam", {}),
      Recipe({9, 5}, "kernel beam", {"a", "b", ""}),
      // The same letters, cut elsewhere.
      Recipe({9, 5}, "kernel beam", {"ab"}),
      Recipe({9, 5}, "kernel beam", {"", "ab"}),
      Recipe({9, 5}, "kernel beama", {"b"}),
      Recipe({9, 5}, "kernel", {" beam", "a", "b"})};
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
}

TEST(Recipe, IsThirtyTwoHexDigits) {
  const std::string text = Recipe({0, 0}, "", {});
  EXPECT_EQ(text.size(), 32U);
  EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
}

}  // namespace
}  // namespace hips
