// SPDX-License-Identifier: GPL-3.0-or-later
// Files of a HiPS that no disk holds: pictures rendered on request, tiles,
// Allsky, MOC and preview that the HiPS lacks.
//
// What was made is kept in the workshop's answers, by release; that something
// cannot be made, too. Safe from any thread.
#pragma once

#include <optional>
#include <string>

#include "serve/names.h"
#include "serve/site.h"

namespace hips {

/// Does the query of a URL ("cut=0,1&cmap=viridis") ask for a rendered tile?
/// Queries of other words are none of ours, and passed over.
bool AsksForRendering(const ServedName& name, std::string_view query);

/// Might a file that is not stored be made? False is certain.
bool MayBeDerived(const HipsState& state, const ServedName& name);

/// Names a made file in the workshop's answers.
std::string MadeKey(const ServedHips& hips, const HipsState& state,
                    const ServedName& name, std::string_view query);

/// Made now, and kept. No text: it cannot be had.
/// throws  Error(kUsage) for a query that cannot be; Error(kBadInput) and
///         Error(kIo) when tiles cannot be read
MadeAnswer MakeRendering(const Site& site, const ServedHips& hips,
                         const HipsState& state, const ServedName& name,
                         std::string_view query);
MadeAnswer MakeDerived(const Site& site, const ServedHips& hips,
                       const HipsState& state, const ServedName& name);

/// Names and values of a query, decoded, '+' being a blank; what is no such
/// pair is left out.
std::vector<std::pair<std::string, std::string>> QueryPairs(
    std::string_view query);

/// The strong tag of bytes, quotes included.
std::string TagOfBytes(std::string_view bytes);

}  // namespace hips
