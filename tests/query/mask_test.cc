// SPDX-License-Identifier: GPL-3.0-or-later
// Expected: std::regex (ECMAScript) with .* for * and . for ?, a second route.
#include "query/mask.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

namespace hips {
namespace {

bool ByRegex(const std::string& text, const std::string& mask) {
  std::string pattern;
  for (const char c : mask)
    pattern += c == '*' ? ".*" : c == '?' ? "." : std::string(1, c);
  return std::regex_match(text, std::regex(pattern));
}

// All words up to `length` over the letters.
std::vector<std::string> Words(const std::string& letters, std::size_t length) {
  std::vector<std::string> words = {""};
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i].size() < length)
      for (const char c : letters) words.push_back(words[i] + c);
  return words;
}

TEST(MatchesMask, AgreesWithRegularExpressions) {
  const auto texts = Words("ab", 5);
  const auto masks = Words("ab*?", 4);
  int matches = 0;
  for (const std::string& mask : masks) {
    for (const std::string& text : texts) {
      const bool expected = ByRegex(text, mask);
      matches += expected ? 1 : 0;
      ASSERT_EQ(MatchesMask(text, mask, LetterCase::kMatters), expected)
          << text << " " << mask;
    }
  }
  EXPECT_GT(matches, 1000);
}

TEST(MatchesMask, FoldsLettersOnlyWhenAsked) {
  EXPECT_FALSE(MatchesMask("TGSS", "*ss", LetterCase::kMatters));
  EXPECT_TRUE(MatchesMask("TGSS", "*ss", LetterCase::kIgnored));
  EXPECT_FALSE(MatchesMask("[", "{", LetterCase::kIgnored));
  EXPECT_TRUE(MatchesMask("a[1]", "a[1]", LetterCase::kMatters));
}

TEST(MatchesMask, IsQuickOnHostileMasks) {
  const std::string text(3000, 'a');
  std::string mask;
  for (int i = 0; i < 1500; ++i) mask += "*a";
  mask += "b";
  EXPECT_FALSE(MatchesMask(text, mask, LetterCase::kIgnored));
}

}  // namespace
}  // namespace hips
