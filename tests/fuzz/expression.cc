// SPDX-License-Identifier: GPL-3.0-or-later
// Expressions of a query: accepted ones match some records, and x&&!x none.
#include "query/expression.h"

#include "fuzz/fuzz.h"
#include "query/some_records.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace hips;
  static const HipsRecords records = SomeRecords();
  const std::string text(TextOf(data, size));
  Accepts([&] {
    const Expression expression = Expression::Parse(text);
    for (const auto& record : records)
      for (const LetterCase letters :
           {LetterCase::kMatters, LetterCase::kIgnored})
        expression.Matches(RecordView(*record, "http://x"), letters);
  });
  Accepts([&] {
    const Expression none =
        Expression::Parse("(" + text + ")&&!(" + text + ")");
    // The parentheses may have been closed within.
    if (text.find_first_of("()'\"") != std::string::npos) return;
    for (const auto& record : records)
      Require(!none.Matches(RecordView(*record, ""), LetterCase::kMatters));
  });
  return 0;
}
