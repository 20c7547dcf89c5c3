// SPDX-License-Identifier: GPL-3.0-or-later
// Values in a few classes with round borders, each with a shade.
//
// Shades are numbers 0..kShades - 1 in steps of equal lightness; the page's
// style says what colours they are on a light and on a dark page.
// Pure; safe from any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/quantity.h"

namespace hips {

inline constexpr int kShades = 8;

class ColorScale {
 public:
  /// Share of a cell that is covered: to 25 %, to 75 %, most, whole.
  static ColorScale OfShares();
  /// Numbers of inputs: one class each while they are few and whole numbers.
  static ColorScale OfCounts(std::span<const double> values);
  /// Any values, those that are not finite aside: round borders between the
  /// 2nd and the 98th hundredth; powers of ten in steps of 1, 2, 5 where these
  /// are more than eight-fold apart. scale  how numbers are written
  static ColorScale OfValues(std::span<const double> values,
                             const Scale& scale);

  /// 1 .. kShades.
  int classes() const { return static_cast<int>(labels_.size()); }
  /// The class of a value, 0 for the lowest.
  int ClassOf(double value) const;
  int ShadeOf(int value_class) const;
  /// "70–80"; not escaped, without unit.
  const std::string& Label(int value_class) const;

 private:
  void LabelRanges(double low, double high, const Scale& scale);

  std::vector<double> borders_;  // between classes, ascending
  std::vector<std::string> labels_;
  std::vector<int> shades_;  // of the classes, where they are not even
};

}  // namespace hips
