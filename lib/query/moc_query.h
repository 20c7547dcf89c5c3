// SPDX-License-Identifier: GPL-3.0-or-later
// Which HiPSes are there and where: a subset of the CDS MocServer's query
// (https://alasky.cds.unistra.fr/MocServer/query), enough for Aladin Lite,
// astroquery.mocserver and scripts.
//
//   get        id (default), record, number, moc (smoc), example
//   fmt        ascii (default), json; of a MOC also fits
//   expr       conditions, query/expression.h
//   fields     keys of records, query/record.h
//   RA DEC SR  a cone, degrees; SR 0 when it is missing
//   stc        a circle or a polygon, query/region_match.h
//   moc        a MOC as ASCII or JSON text; one of these three regions
//   intersect  overlaps (default), enclosed, covers
//   casesensitive  true (default), false; keys and IDs always are
//   spacesys   C: only the sky; else hips_frame is it
//   order      of a MOC; max is its own
//   MAXREC     most records to select
//   anything else is a condition: ID=*tgss*, hips_order=>=7
//
// Names of the above in any case; an empty value is none. TIME and url are
// refused. With a region, HiPSes without a MOC are left out. Answers have the
// order of the records. Pure; safe from any thread. Cost: some 10 ms for a
// cone or polygon and 300 records, bounded by the limits of the parts.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "query/expression.h"
#include "query/moc_answer.h"
#include "query/record.h"
#include "query/region_match.h"

namespace hips {

/// Name and value, percent-decoded, '+' being a blank.
using QueryParameter = std::pair<std::string, std::string>;

struct MocQuery {
  enum class Get { kId, kRecord, kNumber, kMoc, kExample };

  Get get = Get::kId;
  bool as_json = false;                      ///< of everything but a MOC
  MocFormat moc_format = MocFormat::kAscii;  ///< of a MOC
  std::optional<int> moc_order;
  Expression condition;
  LetterCase letters = LetterCase::kMatters;
  FieldFilter fields;
  std::optional<Moc> region;
  Intersect intersect = Intersect::kOverlaps;
  std::optional<std::size_t> most_records;

  /// throws  Error(kUsage): what is wrong, in a sentence for the client
  static MocQuery Parse(std::span<const QueryParameter> parameters);
};

/// The records that the query selects.
HipsRecords Select(const MocQuery& query, const HipsRecords& records,
                   std::string_view base_url);

/// base_url  what hips_service_url begins with, "https://host[/path]"
QueryAnswer AnswerMocQuery(const MocQuery& query, const HipsRecords& records,
                           std::string_view base_url);

}  // namespace hips
