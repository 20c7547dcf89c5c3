// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/header.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"

namespace hips {
namespace {

constexpr std::size_t kCard = 80;
constexpr std::size_t kBlock = 2880;
// Bytes 1-8 hold the keyword, 9-10 "= ", the value starts in byte 11 and a
// number ends in byte 30 (FITS Standard 4.0, 4.1.2 and 4.2).
constexpr std::size_t kValueStart = 10;
constexpr std::size_t kNumberWidth = 20;
constexpr std::size_t kTextRoom = kCard - kValueStart - 2;
constexpr std::size_t kFreeTextStart = 8;

std::string Printable(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c < ' ' || c > '~') c = '?';
  return result;
}

// "HIERARCH ESO DET NAME" for a HIERARCH card, else the first eight bytes.
std::string_view KeyOf(std::string_view card) {
  const std::size_t equals = card.find('=');
  const std::size_t end =
      card.starts_with("HIERARCH ") && equals != std::string_view::npos
          ? equals
          : std::size_t{8};
  return Trim(card.substr(0, end));
}

// What follows the value indicator; empty when the card has none.
std::string_view ValueField(std::string_view card) {
  if (card.starts_with("HIERARCH ")) {
    const std::size_t equals = card.find('=');
    return equals == std::string_view::npos ? std::string_view()
                                            : card.substr(equals + 1);
  }
  if (card.starts_with("CONTINUE")) return card.substr(kFreeTextStart);
  return card.substr(8, 2) == "= " ? card.substr(kValueStart)
                                   : std::string_view();
}

// A quoted text; '' inside stands for one quote.
std::optional<std::string> QuotedText(std::string_view field) {
  field = Trim(field);
  if (!field.starts_with('\'')) return std::nullopt;
  std::string text;
  for (std::size_t i = 1; i < field.size(); ++i) {
    if (field[i] == '\'') {
      if (i + 1 == field.size() || field[i + 1] != '\'') {
        text.erase(text.find_last_not_of(' ') + 1);
        return text;
      }
      ++i;
    }
    text += field[i];
  }
  return std::nullopt;
}

// The value of a card that is no text, without its comment.
std::string_view PlainValue(std::string_view card) {
  const std::string_view field = ValueField(card);
  return Trim(field.substr(0, field.find('/')));
}

// Also the D exponent and lower case; not "inf" and "nan", which are no FITS.
std::optional<double> NumberValue(std::string_view card) {
  std::string text(PlainValue(card));
  if (text.find_first_not_of("0123456789+-.EeDd") != std::string::npos)
    return std::nullopt;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == 'D' || c == 'd'; },
      'E');
  return ParseNumber(text);
}

std::string Quoted(std::string_view value, std::size_t room) {
  std::string text;
  for (const char c : Printable(value)) {
    const std::size_t needed = c == '\'' ? 2 : 1;
    if (text.size() + needed > room) break;
    text.append(needed, c);
  }
  if (text.size() < 8) text.resize(8, ' ');
  return "'" + text + "'";
}

// A number never looks like an integer: "3.0", "1.0E-05".
std::string RealText(double value) {
  std::string text = Upper(NumberText(value));
  if (text.find('.') == std::string::npos)
    text.insert(std::min(text.find('E'), text.size()), ".0");
  return text;
}

std::string RightAligned(const std::string& text) {
  return text.size() >= kNumberWidth
             ? text
             : std::string(kNumberWidth - text.size(), ' ') + text;
}

void CheckKey(std::string_view key) {
  const bool legal =
      !key.empty() && key.size() <= 8 &&
      key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
          std::string_view::npos;
  if (!legal)
    throw Error(ErrorKind::kUsage, "'" + std::string(key) +
                                       "' is no FITS keyword: up to 8 of "
                                       "A-Z, 0-9, _ and -");
}

std::string ValueCard(std::string_view key, std::string value,
                      std::string_view comment) {
  CheckKey(key);
  std::string card(key);
  card.resize(8, ' ');
  card += "= ";
  if (!comment.empty() && value.size() < kNumberWidth)
    value.resize(kNumberWidth, ' ');
  card += value;
  if (!comment.empty()) card += " / " + Printable(comment);
  card.resize(kCard, ' ');
  return card;
}

bool IsContinue(const std::string& card) {
  return card.starts_with("CONTINUE");
}

// As much of `text` as fits a card, cut at a blank where there is one.
std::string_view TakeLine(std::string_view& text) {
  constexpr std::size_t kRoom = kCard - kFreeTextStart;
  std::size_t end = std::min(text.find('\n'), text.size());
  if (end > kRoom) {
    const std::size_t blank = text.rfind(' ', kRoom);
    end = blank == std::string_view::npos || blank == 0 ? kRoom : blank;
  }
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end);
  if (!text.empty() && (text.front() == ' ' || text.front() == '\n'))
    text.remove_prefix(1);
  return line;
}

}  // namespace

Header Header::Parse(std::string_view cards) {
  Header header;
  for (std::size_t i = 0; i < cards.size(); i += kCard) {
    std::string card = Printable(cards.substr(i, kCard));
    card.resize(kCard, ' ');
    if (KeyOf(card) == "END" && Trim(card) == "END") break;
    header.cards_.push_back(std::move(card));
  }
  return header;
}

const std::string* Header::Find(std::string_view key) const {
  const auto found =
      std::find_if(cards_.begin(), cards_.end(), [key](const auto& card) {
        return card.starts_with(key) && KeyOf(card) == key;
      });
  return found == cards_.end() ? nullptr : &*found;
}

bool Header::Has(std::string_view key) const { return Find(key) != nullptr; }

std::optional<std::string> Header::Text(std::string_view key) const {
  const std::string* card = Find(key);
  if (card == nullptr) return std::nullopt;
  std::optional<std::string> text = QuotedText(ValueField(*card));
  const std::string* const end = cards_.data() + cards_.size();
  while (text && text->ends_with('&') && ++card != end && IsContinue(*card)) {
    const auto more = QuotedText(ValueField(*card));
    if (!more) break;
    text->pop_back();
    *text += *more;
  }
  return text;
}

std::optional<double> Header::Number(std::string_view key) const {
  const std::string* card = Find(key);
  return card == nullptr ? std::nullopt : NumberValue(*card);
}

std::optional<std::int64_t> Header::Integer(std::string_view key) const {
  const std::string* card = Find(key);
  if (card == nullptr) return std::nullopt;
  if (const auto exact = ParseInteger(PlainValue(*card))) return exact;
  // Some writers put "-32768." where an integer belongs.
  const auto number = NumberValue(*card);
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (!number || std::trunc(*number) != *number || std::abs(*number) > kExact)
    return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::optional<bool> Header::Logical(std::string_view key) const {
  const std::string* card = Find(key);
  if (card == nullptr) return std::nullopt;
  const std::string_view value = PlainValue(*card);
  if (value != "T" && value != "F") return std::nullopt;
  return value == "T";
}

void Header::Set(std::string_view key, std::string_view value,
                 std::string_view comment) {
  Put(key, ValueCard(key, Quoted(value, kTextRoom), comment));
}

void Header::Set(std::string_view key, const char* value,
                 std::string_view comment) {
  Set(key, std::string_view(value), comment);
}

void Header::Set(std::string_view key, double value, std::string_view comment) {
  if (std::isfinite(value))
    Put(key, ValueCard(key, RightAligned(RealText(value)), comment));
  else
    Remove(key);
}

void Header::Set(std::string_view key, std::int64_t value,
                 std::string_view comment) {
  Put(key, ValueCard(key, RightAligned(std::to_string(value)), comment));
}

void Header::Set(std::string_view key, int value, std::string_view comment) {
  Set(key, static_cast<std::int64_t>(value), comment);
}

void Header::Set(std::string_view key, bool value, std::string_view comment) {
  Put(key, ValueCard(key, RightAligned(value ? "T" : "F"), comment));
}

void Header::Put(std::string_view key, std::string card) {
  const std::string* const found = Find(key);
  if (found == nullptr) {
    cards_.push_back(std::move(card));
    return;
  }
  const auto place = cards_.begin() + (found - cards_.data());
  *place = std::move(card);
  const auto rest = place + 1;
  cards_.erase(rest, std::find_if_not(rest, cards_.end(), IsContinue));
}

void Header::AddText(std::string_view key, std::string_view text) {
  CheckKey(key);
  do {
    std::string card(key);
    card.resize(kFreeTextStart, ' ');
    card += Printable(TakeLine(text));
    card.resize(kCard, ' ');
    cards_.push_back(std::move(card));
  } while (!text.empty());
}

void Header::Append(const Header& other) {
  // By index: `other` may be this very header.
  const std::size_t count = other.cards_.size();
  cards_.reserve(cards_.size() + count);
  for (std::size_t i = 0; i < count; ++i) cards_.push_back(other.cards_[i]);
}

void Header::Remove(std::string_view key) {
  bool removing = false;
  std::erase_if(cards_, [&](const std::string& card) {
    removing = KeyOf(card) == key || (removing && IsContinue(card));
    return removing;
  });
}

std::string Header::Block() const {
  std::string block;
  const std::size_t bytes = (cards_.size() + 1) * kCard;
  block.reserve((bytes + kBlock - 1) / kBlock * kBlock);
  for (const std::string& card : cards_) block += card;
  block += "END";
  block.resize((bytes + kBlock - 1) / kBlock * kBlock, ' ');
  return block;
}

}  // namespace hips
