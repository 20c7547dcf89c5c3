// SPDX-License-Identifier: GPL-3.0-or-later
// One HiPS as a query sees it: its properties, with ID and URL, and its
// coverage; and the text of records.
//
// Values; safe from any thread. The texts are those of the CDS MocServer: ASCII
// as `properties` files are, JSON with every value a string.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "moc/moc.h"
#include "properties/properties.h"

namespace hips {

struct HipsRecord {
  std::string id;          ///< "ASTRON/P/tgssadr"
  std::string path;        ///< URL path on this server, encoded; may be empty
  Properties properties;   ///< ID first; hips_service_url is filled in later
  std::optional<Moc> moc;  ///< ICRS; without one, no region finds the record
};

/// Many records, in the order of answers.
using HipsRecords = std::vector<std::shared_ptr<const HipsRecord>>;

/// Adds what a MocServer adds: ID, moc_sky_fraction and moc_order of the MOC,
/// and obs_initial_ra, _dec, _fov (degrees) when the creator left them out.
///
/// path  URL path at which this server has the HiPS, encoded
HipsRecord MakeHipsRecord(const Properties& properties, std::optional<Moc> moc,
                          std::string_view path);

/// "ivo://CDS/P/DSS2/color" and "ivo://CDS?P/DSS2/color" → "CDS/P/DSS2/color",
/// by creator_did, else publisher_did, else creator_id/obs_id; "" without them.
std::string RecordId(const Properties& properties);

/// A record with the URL that the client of one request must use. Refers to
/// the record; `base_url` is "http://host:port", without '/' at the end.
class RecordView {
 public:
  RecordView(const HipsRecord& record, std::string_view base_url);

  const HipsRecord& record() const { return record_; }

  /// visit(key, value) for every entry, in order; true from it ends the walk.
  /// returns  did it end so?
  template <typename Visit>
  bool AnyEntry(Visit visit) const {
    for (const auto& [key, value] : record_.properties.entries()) {
      const bool is_url = !url_.empty() && key == kServiceUrl;
      if (visit(std::string_view(key),
                is_url ? std::string_view(url_) : std::string_view(value)))
        return true;
    }
    return false;
  }

 private:
  static constexpr std::string_view kServiceUrl = "hips_service_url";

  const HipsRecord& record_;
  std::string url_;
};

/// Which keys of a record are wanted: "ID, hips_*, !hips_copyright".
class FieldFilter {
 public:
  /// Masks separated by commas; those with '!' take keys out again. Nothing,
  /// or only such masks, wants all keys.
  /// throws  Error(kUsage) for more than 100
  static FieldFilter Parse(std::string_view masks);

  bool Wants(std::string_view key) const;

 private:
  std::vector<std::string> wanted_;
  std::vector<std::string> unwanted_;
};

/// "key                  = value" lines.
std::string RecordText(const RecordView& view, const FieldFilter& fields);

/// Every value a string; a key that repeats has an array of them.
Json RecordJson(const RecordView& view, const FieldFilter& fields);

}  // namespace hips
