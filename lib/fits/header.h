// SPDX-License-Identifier: GPL-3.0-or-later
// The cards of one FITS header.
//
// Values come back as text, number, integer or logical; a card of another type
// or without a value is as good as absent (an integer written as "-32768." is
// one). Keywords are upper case, a HIERARCH card is found by the words before
// its "="; the first of several equal keywords counts. CONTINUE is joined.
// Source: FITS Standard 4.0, section 4. Thread-safety: as std::vector.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hips {

class Header {
 public:
  /// cards  80-character cards one after another, with or without END; what
  ///        follows END is ignored. Bytes outside printable ASCII become '?'.
  static Header Parse(std::string_view cards);

  bool Has(std::string_view key) const;
  std::optional<std::string> Text(std::string_view key) const;
  std::optional<double> Number(std::string_view key) const;
  std::optional<std::int64_t> Integer(std::string_view key) const;
  std::optional<bool> Logical(std::string_view key) const;

  /// Replaces the card, or appends it. A text longer than one card is cut. FITS
  /// has no NaN and no infinity: such a number removes the card.
  /// throws  Error(kUsage) when key is not 1 to 8 of A-Z, 0-9, '_' and '-'
  void Set(std::string_view key, std::string_view value,
           std::string_view comment = "");
  void Set(std::string_view key, const char* value,
           std::string_view comment = "");
  void Set(std::string_view key, double value, std::string_view comment = "");
  void Set(std::string_view key, std::int64_t value,
           std::string_view comment = "");
  void Set(std::string_view key, int value, std::string_view comment = "");
  void Set(std::string_view key, bool value, std::string_view comment = "");
  /// COMMENT or HISTORY, broken over as many cards as it needs.
  void AddText(std::string_view key, std::string_view text);
  void Append(const Header& other);
  void Remove(std::string_view key);

  /// Each exactly 80 characters, without END.
  const std::vector<std::string>& cards() const { return cards_; }

  /// All cards, END, padded with blanks to a multiple of 2880.
  std::string Block() const;

 private:
  const std::string* Find(std::string_view key) const;
  void Put(std::string_view key, std::string card);

  std::vector<std::string> cards_;
};

}  // namespace hips
