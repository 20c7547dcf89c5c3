// SPDX-License-Identifier: GPL-3.0-or-later
// What the `properties` of a copy say.
//
// A copy may be made of a clonable HiPS only. It is a mirror, or partial when
// it lacks orders or formats; a HiPS that may be cloned once has copies that
// may not be cloned. hips_release_date is that of the original.
// Pure functions; safe from any thread.
// Source: HiPS 1.0 (IVOA 2017), 5.3, and the 2.0 draft.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "properties/properties.h"

namespace hips {

enum class Cloning {
  kAllowed,    ///< clonable: copies may be copied
  kOnce,       ///< clonableOnce, or nothing said: copies may not
  kForbidden,  ///< unclonable
};

/// By the words of hips_status; the strictest counts when several are there.
Cloning CloningOf(const Properties& properties);

/// hips_status of a copy: "public mirror clonable".
/// status   of what is copied; "" is the standard's default
/// partial  does the copy lack something? A copy of a partial one always does
/// throws   Error(kUsage) when it may not be copied
std::string StatusOfCopy(std::string_view status, bool partial);

/// What a copy has, where that is less than the original.
struct CopyScope {
  std::optional<int> order_min;
  std::optional<int> order;
  std::optional<std::string> formats;  ///< as hips_tile_format, "png fits"
};

/// The `properties` of a copy at `service_url`.
/// throws  Error(kUsage) when it may not be copied
Properties PropertiesOfCopy(const Properties& original,
                            const std::string& service_url,
                            const CopyScope& scope = {});

/// The record of a HiPS at `service_url`, which must be absolute to be of use
/// in a HiPS list. The first line stays where it was; the addresses of other
/// mirrors (hips_service_url_1, ...) stay unless they are this one.
Properties WithServiceUrl(const Properties& properties,
                          const std::string& service_url);

}  // namespace hips
