// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/answer_cache.h"

#include <gtest/gtest.h>

namespace hips {
namespace {

MadeAnswer Text(std::string text) {
  return {std::make_shared<const std::string>(std::move(text)), "text/plain",
          "\"tag\""};
}

TEST(AnswerCache, KeepsWhatWasMade) {
  AnswerCache cache(1 << 20);
  EXPECT_FALSE(cache.Find("a"));
  cache.Keep("a", Text("one"));
  EXPECT_EQ(*cache.Find("a")->text, "one");
  EXPECT_EQ(cache.Find("a")->etag, "\"tag\"");
  cache.Keep("a", Text("two"));
  EXPECT_EQ(*cache.Find("a")->text, "two");
}

TEST(AnswerCache, KeepsThatSomethingDoesNotExist) {
  AnswerCache cache(1 << 20);
  cache.Keep("none", {});
  ASSERT_TRUE(cache.Find("none"));
  EXPECT_EQ(cache.Find("none")->text, nullptr);
}

// 1000 answers of 10 kB for a cache of 1 MiB.
TEST(AnswerCache, StaysWithinItsRoom) {
  AnswerCache cache(1 << 20);
  for (int i = 0; i < 1000; ++i)
    cache.Keep(std::to_string(i), Text(std::string(10'000, 'x')));
  EXPECT_LE(cache.bytes(), std::size_t{1} << 20);
  EXPECT_GE(cache.bytes(), std::size_t{1} << 19);
  EXPECT_TRUE(cache.Find("999"));
  EXPECT_FALSE(cache.Find("0"));
}

TEST(AnswerCache, DropsWhatWasNotAskedForForLongest) {
  AnswerCache cache(1 << 20);
  cache.Keep("wanted", Text(std::string(10'000, 'w')));
  for (int i = 0; i < 1000; ++i) {
    cache.Keep(std::to_string(i), Text(std::string(10'000, 'x')));
    ASSERT_TRUE(cache.Find("wanted")) << i;
  }
}

TEST(AnswerCache, DoesNotKeepWhatIsTooLarge) {
  AnswerCache cache(1 << 20);
  cache.Keep("large", Text(std::string(100'000, 'x')));
  EXPECT_FALSE(cache.Find("large"));
  EXPECT_EQ(cache.bytes(), 0u);
}

}  // namespace
}  // namespace hips
