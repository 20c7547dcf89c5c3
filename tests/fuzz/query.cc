// SPDX-License-Identifier: GPL-3.0-or-later
// Queries with their parameters already decoded, one a line.
#include "base/json.h"
#include "fuzz/fuzz.h"
#include "fuzz/parameters.h"
#include "query/moc_query.h"

namespace {

hips::HipsRecords Records() {
  hips::HipsRecords records;
  for (const char* moc : {"3/0 4/4 6/", "0/0-11", "5/"})
    records.push_back(std::make_shared<const hips::HipsRecord>(
        hips::MakeHipsRecord(hips::Properties::Parse(
                                 "creator_did = ivo://T/P/x\nhips_order = 3\n"
                                 "hips_frame = equatorial\na = b\na = c\n"),
                             hips::ParseMoc(moc), "/T/P/x")));
  return records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace hips;
  static const HipsRecords records = Records();
  const auto parameters = ParametersOf(TextOf(data, size));
  Accepts([&] {
    const MocQuery query = MocQuery::Parse(parameters);
    const QueryAnswer answer = AnswerMocQuery(query, records, "https://x");
    if (answer.content_type == kJsonType)
      Require(!Json::parse(answer.body, nullptr, false).is_discarded());
    if (answer.content_type == kFitsType)
      Require(answer.body.size() % 2880 == 0);
    Require(Select(query, records, "").size() <= records.size());
  });
  return 0;
}
