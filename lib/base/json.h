// SPDX-License-Identifier: GPL-3.0-or-later
// JSON values (RFC 8259) that keep the order of their keys, so that equal
// content gives equal bytes. The library is nlohmann-json; Parse failures are
// caught where files are read.
#pragma once

#include <nlohmann/json.hpp>

namespace hips {

using Json = nlohmann::ordered_json;

}  // namespace hips
