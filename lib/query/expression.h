// SPDX-License-Identifier: GPL-3.0-or-later
// Conditions on the properties of a HiPS, as the CDS MocServer's `expr` has
// them:
//
//   obs_title=*radio*&&(hips_order>=7||em_min=0.1..0.4)&!ID=CDS/*
//
//   key=value    some value of the key is it; * and ? are wildcards
//   key=a,b      ... is one of them; a and b may also be >2, <=3 or 1..5
//   key=!a,!b    none is one of them, the same as
//   key!=a,b     no value of the key is one of them, or there is no such key
//   key>v, key>=v, key<v, key<=v
//                numbers as numbers; other texts by their bytes, so that ISO
//                dates compare as dates; a missing key is neither
//   value        alone: ID=value
//   x&&y  x||y  x&!y  !x  (x)
//                and, or, and not, not; &! binds tighter than &&, && than ||
//
// Keys may have wildcards and be several (obs_title,obs_description=*HI*): one
// of them must do. A value that has && || &! ( ) or commas stands in quotes,
// single or double; a backslash protects a quote within. Parentheses that pair
// up need no quotes. Case matters in keys and always in values of ID.
// An Expression is a value; Matches is safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/mask.h"
#include "query/record.h"

namespace hips {

class Expression {
 public:
  static constexpr std::size_t kMostBytes = 8192;
  static constexpr int kMostNesting = 20;         ///< of parentheses and '!'
  static constexpr std::size_t kMostWords = 256;  ///< keys and values

  /// "" and "*" match everything.
  /// throws  Error(kUsage) with what is wrong and where
  static Expression Parse(std::string_view text);

  /// The condition key=values from a URL: ("hips_order", ">=7").
  static Expression OfField(std::string_view key, std::string_view values);

  /// Both.
  static Expression And(Expression one, Expression other);

  bool Matches(const RecordView& record, LetterCase letters) const;

  /// One value of a list.
  struct Value {
    enum class Test { kMask, kRange, kLess, kAtMost, kMore, kAtLeast };
    Test test = Test::kMask;
    bool negated = false;
    std::string text;
    double low = 0.0;  ///< of kRange
    double high = 0.0;
  };

 private:
  enum class Kind { kAnd, kOr, kNot, kField };
  class Parser;

  bool FieldMatches(const RecordView& record, LetterCase letters) const;

  Kind kind_ = Kind::kAnd;            // of nothing: true
  std::vector<Expression> operands_;  // of kAnd, kOr; one of kNot
  std::vector<std::string> keys_;     // of kField
  std::vector<Value> values_;
};

}  // namespace hips
