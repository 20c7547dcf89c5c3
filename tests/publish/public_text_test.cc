// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/public_text.h"

#include <gtest/gtest.h>

namespace hips {
namespace {

TEST(PublicText, CutsLocalPathsToTheirName) {
  EXPECT_EQ(PublicText("/home/ann/data/P000+23.fits"), "P000+23.fits");
  EXPECT_EQ(PublicText("~/maps/a.fits"), "a.fits");
  EXPECT_EQ(PublicText("../up/a.fits"), "a.fits");
  EXPECT_EQ(PublicText("file:///net/disk/a.fits"), "a.fits");
  EXPECT_EQ(PublicText("C:\\survey\\a.fits"), "a.fits");
  EXPECT_EQ(PublicText("\\\\server\\share\\a.fits"), "a.fits");
  EXPECT_EQ(PublicText("/data/survey/"), "survey");
}

TEST(PublicText, FindsThemInsideATextAndKeepsTheRest) {
  EXPECT_EQ(PublicText("imager --in='/scratch/x/b.ms', out=/tmp/y/c.fits; ok"),
            "imager --in='b.ms', out=c.fits; ok");
  EXPECT_EQ(PublicText("[/a/b]  (/c/d)"), "[b]  (d)");
}

TEST(PublicText, LeavesWhatIsNoLocalPath) {
  for (const char* text :
       {"https://lofar-surveys.org/dr2/a.fits", "Jy/beam", "2014/01/02", "/",
        "a / b", "/hour", "fields/P000+23.fits", "", "ratio 3/4",
        "ivo://ASTRON/P/x", "12:30:00"}) {
    EXPECT_EQ(PublicText(text), text);
    EXPECT_FALSE(HasLocalPath(text)) << text;
  }
  EXPECT_TRUE(HasLocalPath("made from /data/x/y.ms by me"));
}

}  // namespace
}  // namespace hips
