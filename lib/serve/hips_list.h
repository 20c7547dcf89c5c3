// SPDX-License-Identifier: GPL-3.0-or-later
// The HiPS list of a node, as the standard has it and as JSON.
//
// Source: HiPS 1.0 (IVOA 2017), 5.2. Pure functions, safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "serve/collection.h"

namespace hips {

/// One record a HiPS: its properties with hips_service_url = base_url + path,
/// separated by empty lines.
///
/// base_url  "http://host:port", without '/' at the end
std::string HipsListText(const Collection& collection,
                         std::string_view base_url);

/// An array with an object a HiPS; a key that repeats becomes an array.
std::string HipsListJson(const Collection& collection,
                         std::string_view base_url);

/// The keys that a record of the list must have and this one has not.
std::vector<std::string> MissingListKeys(const Properties& properties);

}  // namespace hips
