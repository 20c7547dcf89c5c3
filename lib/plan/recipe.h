// SPDX-License-Identifier: GPL-3.0-or-later
// What decides the pixels of a tile, as one hash.
//
// Same recipe, same bytes. A recipe holds the tile, the identities of the
// inputs that reach it, in order, the options that matter, and the version of
// the pixel rules. Pure; safe from any thread.
#pragma once

#include <span>
#include <string>

#include "base/hash.h"
#include "healpix/tile_address.h"

namespace hips {

/// Raised whenever equal inputs and options would give other pixels.
inline constexpr int kPixelRulesVersion = 2;

/// options_text  every option that matters, in a fixed textual form
/// identities    of the inputs that reach the tile, in the survey's order
Hash128 RecipeOf(TileAddress tile, std::string_view options_text,
                 std::span<const std::string> identities);

}  // namespace hips
