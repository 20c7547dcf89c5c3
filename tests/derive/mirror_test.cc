// SPDX-License-Identifier: GPL-3.0-or-later
#include "derive/mirror.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace hips {
namespace {

Properties WithStatus(std::string_view status) {
  Properties properties;
  properties.Add("hips_status", status);
  return properties;
}

// HiPS 1.0, 4.4.1 and 5.3; "public master clonableOnce" is the default.
TEST(CloningOf, ReadsTheWords) {
  EXPECT_EQ(CloningOf(WithStatus("public master clonable")), Cloning::kAllowed);
  EXPECT_EQ(CloningOf(WithStatus("public master clonableOnce")),
            Cloning::kOnce);
  EXPECT_EQ(CloningOf(WithStatus("public mirror unclonable")),
            Cloning::kForbidden);
  EXPECT_EQ(CloningOf(WithStatus("public,master,unclonable")),
            Cloning::kForbidden);
  EXPECT_EQ(CloningOf(WithStatus("PUBLIC MASTER CLONABLE")), Cloning::kAllowed);
  EXPECT_EQ(CloningOf(WithStatus("clonable unclonable")), Cloning::kForbidden);
  EXPECT_EQ(CloningOf(WithStatus("public master")), Cloning::kOnce);
  EXPECT_EQ(CloningOf(Properties()), Cloning::kOnce);
}

TEST(StatusOfCopy, FollowsTheMirrorRules) {
  EXPECT_EQ(StatusOfCopy("public master clonable", false),
            "public mirror clonable");
  EXPECT_EQ(StatusOfCopy("public master clonableOnce", false),
            "public mirror unclonable");
  EXPECT_EQ(StatusOfCopy("private master clonable", true),
            "private partial clonable");
  EXPECT_EQ(StatusOfCopy("public partial clonable", false),
            "public partial clonable");
  EXPECT_EQ(StatusOfCopy("", false), "public mirror unclonable");
  EXPECT_THROW(StatusOfCopy("public mirror unclonable", false), Error);
}

TEST(PropertiesOfCopy, ChangesNothingButWhatMust) {
  const Properties original = Properties::Parse(
      "creator_did = ivo://A/P/x\n"
      "hips_release_date = 2020-01-02T03:04Z\n"
      "hips_status = public master clonable\n"
      "hips_order = 9\n"
      "hips_tile_format = png fits\n"
      "obs_ack = one\nobs_ack = two\n");
  const std::string url = "https://b.example/x";
  EXPECT_EQ(PropertiesOfCopy(original, url).entries(),
            Properties::Parse("creator_did = ivo://A/P/x\n"
                              "hips_release_date = 2020-01-02T03:04Z\n"
                              "hips_status = public mirror clonable\n"
                              "hips_order = 9\n"
                              "hips_tile_format = png fits\n"
                              "obs_ack = one\nobs_ack = two\n"
                              "hips_service_url = https://b.example/x\n")
                .entries());
  const Properties partial = PropertiesOfCopy(original, url, {{}, 5, "png"});
  EXPECT_EQ(partial.Get("hips_status"), "public partial clonable");
  EXPECT_EQ(partial.Get("hips_order"), "5");
  EXPECT_EQ(partial.Get("hips_tile_format"), "png");
  EXPECT_EQ(partial.Get("hips_release_date"), "2020-01-02T03:04Z");
  // The same scope as the original's is all of it.
  EXPECT_EQ(
      PropertiesOfCopy(original, url, {{}, 9, "png fits"}).Get("hips_status"),
      "public mirror clonable");
  EXPECT_THROW(PropertiesOfCopy(WithStatus("unclonable"), url), Error);
}

TEST(WithServiceUrl, ReplacesTheAddressInItsPlace) {
  const Properties properties = Properties::Parse(
      "creator_did = ivo://A/P/x\n"
      "hips_service_url = http://old.example/x\n"
      "hips_service_url_1 = https://b.example/x/\n"
      "hips_service_url_2 = https://c.example/x\n"
      "hips_order = 3\n");
  EXPECT_EQ(WithServiceUrl(properties, "https://b.example/x").entries(),
            Properties::Parse("creator_did = ivo://A/P/x\n"
                              "hips_service_url = https://b.example/x\n"
                              "hips_service_url_2 = https://c.example/x\n"
                              "hips_order = 3\n")
                .entries());
}

}  // namespace
}  // namespace hips
