// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/markup.h"

#include <gtest/gtest.h>

#include <string>

namespace hips {
namespace {

const std::string kReplaced = "\xEF\xBF\xBD";  // U+FFFD

TEST(Escaped, LetsNoMarkupThrough) {
  EXPECT_EQ(Escaped("<b a=\"x\" b='y'>&amp;"),
            "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
  EXPECT_EQ(Escaped("Île µJy − ½ 𝄞"), "Île µJy − ½ 𝄞");
  EXPECT_EQ(Escaped(""), "");
}

// Unicode 15, table 3-7: overlong forms, surrogates, beyond U+10FFFF, lone and
// missing continuation bytes.
TEST(Escaped, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(Escaped("a\xff"
                    "b"),
            "a" + kReplaced + "b");
  for (const std::string bad :
       {"\xc0\xaf", "\xe0\x80\xbc", "\xed\xa0\x80", "\xf4\x90\x80\x80",
        "\xf8\x88\x80\x80\x80", "\x80", "\xe2\x82", "\xf0\x9f\x98"}) {
    const std::string text = Escaped(bad);
    EXPECT_EQ(text.find_first_of(bad == "\x80" ? "\x80" : "\xc0\xe0\xed\xf4"),
              std::string::npos);
    EXPECT_NE(text.find(kReplaced), std::string::npos);
    std::string rest = text;
    for (std::size_t at; (at = rest.find(kReplaced)) != std::string::npos;)
      rest.erase(at, kReplaced.size());
    EXPECT_EQ(rest, "");
  }
  // A '<' behind a broken lead byte is still escaped.
  EXPECT_EQ(Escaped("\xe2<"), kReplaced + "&lt;");
}

TEST(Escaped, ReplacesControlsAndMarksThatTurnTextAround) {
  EXPECT_EQ(Escaped(std::string("a\0b\x1b\x7f", 5)),
            "a" + kReplaced + "b" + kReplaced + kReplaced);
  EXPECT_EQ(Escaped("\u202Esfit.exe"), kReplaced + "sfit.exe");
  EXPECT_EQ(Escaped("\u2066\u200F\u0085\uFFFF"),
            kReplaced + kReplaced + kReplaced + kReplaced);
  EXPECT_EQ(Escaped("a\tb\nc"), "a\tb\nc");
}

TEST(Escaped, EndsLongTextsAtACharacter) {
  EXPECT_EQ(Escaped("abcdef", 6), "abcdef");
  EXPECT_EQ(Escaped("abcdefg", 6), "abcdef…");
  EXPECT_EQ(Escaped("ééé", 3), "éé…");
}

TEST(BoundedHtml, CountsWhatItLeavesOut) {
  BoundedHtml list(3, 100);
  EXPECT_EQ(list.Rest(), "");
  for (int i = 0; i < 12345; ++i) list.Add("<li></li>");
  EXPECT_EQ(list.kept(), 3U);
  EXPECT_EQ(list.left_out(), 12342U);
  EXPECT_EQ(list.Rest(), "<p class=\"soft\">and 12\u202F342 more</p>\n");
}

// The list ends at the first that does not fit: no gaps in between.
TEST(BoundedHtml, KeepsToItsBytes) {
  BoundedHtml list(100, 10);
  list.Add("12345");
  list.Add("123456");
  list.Add("1");
  EXPECT_EQ(list.html(), "12345");
  EXPECT_EQ(list.left_out(), 2U);
}

TEST(Facts, LeaveOutEmptyValues) {
  const std::vector<std::pair<std::string, std::string>> facts{{"Order <", "9"},
                                                               {"Kernel", ""}};
  EXPECT_EQ(Facts(facts),
            "<dl>\n<div><dt>Order &lt;</dt><dd>9</dd></div>\n</dl>\n");
  EXPECT_EQ(Facts({}), "");
}

TEST(Table, HeadsRowsAndColumns) {
  Table table("A \"box\"",
              {{"Name"},
               {"Tiles", Table::Kind::kNumber},
               {"Text"},
               {"Hash", Table::Kind::kWord}},
              1000);
  table.Add({"x", "7", "y", "z"});
  const std::string html = table.Html();
  EXPECT_NE(html.find("aria-label=\"A &quot;box&quot;\""), std::string::npos);
  EXPECT_NE(html.find("<table class=\"n2 w4\">"), std::string::npos);
  EXPECT_NE(html.find("<th scope=\"col\">Name</th>"
                      "<th scope=\"col\">Tiles</th>"),
            std::string::npos);
  EXPECT_NE(html.find("<tr><th scope=\"row\">x</th>"
                      "<td>7</td><td>y</td><td>z</td></tr>"),
            std::string::npos);
}

}  // namespace
}  // namespace hips
