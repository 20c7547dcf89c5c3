// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/expression.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

using Value = Expression::Value;
using Test = Expression::Value::Test;

constexpr std::string_view kId = "ID";

// ---- Tests of one value ----

// The sign of `value` against `reference`.
int Compare(std::string_view value, std::string_view reference) {
  const auto a = ParseNumber(value);
  const auto b = ParseNumber(reference);
  if (a && b) return *a < *b ? -1 : *a > *b ? 1 : 0;
  // "2024-05-06T07:08Z" and "2024-05-06T07:08" are one moment.
  if (value.ends_with('Z')) value.remove_suffix(1);
  if (reference.ends_with('Z')) reference.remove_suffix(1);
  const int order = value.compare(reference);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

bool IsWithin(std::string_view text, double low, double high) {
  const auto number = ParseNumber(text);
  return number && *number >= low && *number <= high;
}

bool Holds(const Value& value, std::string_view text, LetterCase letters) {
  switch (value.test) {
    case Test::kMask:
      return MatchesMask(text, value.text, letters);
    case Test::kRange:
      return IsWithin(text, value.low, value.high);
    case Test::kLess:
      return Compare(text, value.text) < 0;
    case Test::kAtMost:
      return Compare(text, value.text) <= 0;
    case Test::kMore:
      return Compare(text, value.text) > 0;
    case Test::kAtLeast:
      break;
  }
  return Compare(text, value.text) >= 0;
}

// ---- Reading values ----

// Takes `prefix` off the front.
bool Take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Test TakeComparison(std::string_view& text) {
  if (Take(text, ">=")) return Test::kAtLeast;
  if (Take(text, "<=")) return Test::kAtMost;
  if (Take(text, ">")) return Test::kMore;
  if (Take(text, "<")) return Test::kLess;
  return Test::kMask;
}

// "1..5", when both are numbers.
bool ParseRange(std::string_view text, Value& value) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return false;
  const auto low = ParseNumber(text.substr(0, dots));
  const auto high = ParseNumber(text.substr(dots + 2));
  if (!low || !high) return false;
  value.low = *low;
  value.high = *high;
  return true;
}

// One word of a list; what was in quotes is no operator.
Value ParseValue(std::string_view word, bool is_quoted) {
  Value value;
  if (!is_quoted) {
    value.negated = Take(word, "!");
    value.test = TakeComparison(word);
    word = Trim(word);
    if (value.test == Test::kMask && ParseRange(word, value))
      value.test = Test::kRange;
  }
  value.text = word;
  return value;
}

bool IsQuote(char c) { return c == '"' || c == '\''; }

}  // namespace

// Recursive descent over the text; every method leaves at_ behind what it has
// read.
class Expression::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Expression ParseAll() {
    Expression all = ParseOr();
    if (at_ < text_.size()) throw Fault("')' without '('");
    return all;
  }

  // "a, b, 'c,d'" up to the end.
  std::vector<Value> ParseValues() {
    std::vector<Value> values;
    do {
      values.push_back(ParseListed());
      Count(1);
    } while (TakeAt(","));
    return values;
  }

  void CheckAtEnd() const {
    if (at_ < text_.size()) throw Fault("an operator where none can be");
  }

 private:
  Expression ParseOr() {
    return ParseChain(Kind::kOr, "||", [this] { return ParseAnd(); });
  }

  Expression ParseAnd() {
    return ParseChain(Kind::kAnd, "&&", [this] { return ParseAndNot(); });
  }

  Expression ParseAndNot() {
    Expression first = ParseUnary();
    if (!StartsAt("&!")) return first;
    Expression chain;
    chain.operands_.push_back(std::move(first));
    while (TakeAt("&!")) chain.operands_.push_back(Not(ParseUnary()));
    return chain;
  }

  template <typename ParseOperand>
  Expression ParseChain(Kind kind, std::string_view sign,
                        ParseOperand parse_operand) {
    Expression first = parse_operand();
    if (!StartsAt(sign)) return first;
    Expression chain;
    chain.kind_ = kind;
    chain.operands_.push_back(std::move(first));
    while (TakeAt(sign)) chain.operands_.push_back(parse_operand());
    return chain;
  }

  Expression ParseUnary() {
    if (++nesting_ > kMostNesting) throw Fault("nested too deeply");
    Expression result;
    if (TakeAt("!")) {
      result = Not(ParseUnary());
    } else if (TakeAt("(")) {
      result = ParseOr();
      if (!TakeAt(")")) throw Fault("'(' without ')'");
    } else {
      result = ParseField();
    }
    --nesting_;
    return result;
  }

  static Expression Not(Expression operand) {
    Expression result;
    result.kind_ = Kind::kNot;
    result.operands_.push_back(std::move(operand));
    return result;
  }

  Expression ParseField() {
    SkipBlanks();
    const std::size_t sign = FindSign();
    Expression field;
    field.kind_ = Kind::kField;
    bool is_negated = false;
    if (sign == std::string_view::npos) {
      field.keys_ = {std::string(kId)};
    } else {
      field.keys_ = Split(text_.substr(at_, sign - at_), ',');
      Count(field.keys_.size());
      if (field.keys_.empty()) throw Fault("a condition without a key");
      at_ = sign;
      is_negated = TakeAt("!=");
      // key>3 is short for key=>3.
      if (!is_negated) TakeAt("=");
    }
    field.values_ = ParseValues();
    return is_negated ? Not(std::move(field)) : field;
  }

  // Where the key ends: at = != < > before anything that ends the condition.
  std::size_t FindSign() const {
    for (std::size_t i = at_; i < text_.size(); ++i) {
      const char c = text_[i];
      if (c == '=' || c == '<' || c == '>') return i;
      if (c == '!' && i + 1 < text_.size() && text_[i + 1] == '=') return i;
      if (IsQuote(c) || c == '(' || c == ')' || IsOperator(i)) break;
    }
    return std::string_view::npos;
  }

  // Bounds the work of a match.
  void Count(std::size_t words) {
    word_count_ += words;
    if (word_count_ > kMostWords)
      throw Fault(Format("more than {} keys and values", kMostWords));
  }

  Value ParseListed() {
    SkipBlanks();
    if (at_ < text_.size() && IsQuote(text_[at_]))
      return ParseValue(TakeQuoted(), true);
    const std::size_t start = at_;
    int open = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == ',' || IsOperator(at_)) break;
      if (c == '(') ++open;
      if (c == ')' && --open < 0) break;
    }
    return ParseValue(Trim(text_.substr(start, at_ - start)), false);
  }

  std::string TakeQuoted() {
    const char quote = text_[at_++];
    std::string word;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      word += text_[at_];
    }
    if (at_ == text_.size()) throw Fault("a quote that is not closed");
    ++at_;
    SkipBlanks();
    const bool ends = at_ == text_.size() || text_[at_] == ',' ||
                      text_[at_] == ')' || IsOperator(at_);
    if (!ends) throw Fault("text behind a quote");
    return word;
  }

  bool IsOperator(std::size_t i) const {
    const std::string_view two = text_.substr(i, 2);
    return two == "&&" || two == "||" || two == "&!";
  }

  void SkipBlanks() {
    while (at_ < text_.size() && Trim(text_.substr(at_, 1)).empty()) ++at_;
  }

  bool StartsAt(std::string_view sign) {
    SkipBlanks();
    return text_.substr(at_).starts_with(sign);
  }

  bool TakeAt(std::string_view sign) {
    if (!StartsAt(sign)) return false;
    at_ += sign.size();
    return true;
  }

  Error Fault(const std::string& what) const {
    return {ErrorKind::kUsage,
            Format("expr: {} at character {}", what, at_ + 1)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int nesting_ = 0;
  std::size_t word_count_ = 0;
};

Expression Expression::Parse(std::string_view text) {
  if (text.size() > kMostBytes)
    throw Error(ErrorKind::kUsage,
                Format("expr: {} characters, at most {} are taken", text.size(),
                       kMostBytes));
  text = Trim(text);
  if (text.empty() || text == "*") return {};
  return Parser(text).ParseAll();
}

Expression Expression::OfField(std::string_view key, std::string_view values) {
  if (key.size() + values.size() > kMostBytes)
    throw Error(ErrorKind::kUsage, "a condition is too long");
  // "key!=a" arrives as the parameter "key!" of value "a".
  const bool is_negated = key.ends_with('!');
  if (is_negated) key.remove_suffix(1);
  Expression field;
  field.kind_ = Kind::kField;
  field.keys_ = Split(key, ',');
  if (field.keys_.size() > kMostWords)
    throw Error(ErrorKind::kUsage, "a condition has too many keys");
  Parser parser(values);
  field.values_ = parser.ParseValues();
  parser.CheckAtEnd();
  if (!is_negated) return field;
  Expression negation;
  negation.kind_ = Kind::kNot;
  negation.operands_.push_back(std::move(field));
  return negation;
}

Expression Expression::And(Expression one, Expression other) {
  Expression both;
  both.operands_.push_back(std::move(one));
  both.operands_.push_back(std::move(other));
  return both;
}

bool Expression::Matches(const RecordView& record, LetterCase letters) const {
  const auto matches = [&](const Expression& operand) {
    return operand.Matches(record, letters);
  };
  switch (kind_) {
    case Kind::kAnd:
      return std::all_of(operands_.begin(), operands_.end(), matches);
    case Kind::kOr:
      return std::any_of(operands_.begin(), operands_.end(), matches);
    case Kind::kNot:
      return !matches(operands_.front());
    case Kind::kField:
      break;
  }
  return FieldMatches(record, letters);
}

bool Expression::FieldMatches(const RecordView& record,
                              LetterCase letters) const {
  const auto is_wanted = [&](std::string_view key) {
    return std::any_of(keys_.begin(), keys_.end(), [&](const auto& mask) {
      return MatchesMask(key, mask, LetterCase::kMatters);
    });
  };
  const auto some_entry_holds = [&](const Value& value) {
    return record.AnyEntry([&](std::string_view key, std::string_view text) {
      return is_wanted(key) &&
             Holds(value, text, key == kId ? LetterCase::kMatters : letters);
    });
  };
  const auto holds = [&](const Value& value) {
    return some_entry_holds(value) != value.negated;
  };
  return values_.front().negated
             ? std::all_of(values_.begin(), values_.end(), holds)
             : std::any_of(values_.begin(), values_.end(), holds);
}

}  // namespace hips
