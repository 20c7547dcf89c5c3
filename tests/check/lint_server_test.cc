// SPDX-License-Identifier: GPL-3.0-or-later
// A HiPS behind a server: the same findings as in the folder, and those of the
// server itself. Rules P22, H01-H05 are those of Hipsgen's LINT.
#include <gtest/gtest.h>

#include "base/error.h"
#include "check/tiny_hips.h"
#include "check/tiny_server.h"

namespace hips {
namespace {

Lines LintThrough(const TinyHips& hips, const ServerManners& manners = {}) {
  const TinyServer server(hips.path(), manners);
  return Verdicts(Lint(*OpenHips(server.Url()), LintOptions{}));
}

TEST(LintServer, AWholeHipsIsCleanFromAServerToo) {
  const TinyHips hips;
  EXPECT_EQ(LintThrough(hips), Lines({}));
}

TEST(LintServer, AServerWithoutHeadIsAskedByGet) {
  const TinyHips hips;
  ServerManners manners;
  manners.head_status = 405;
  EXPECT_EQ(LintThrough(hips, manners), Lines({}));
}

TEST(LintServer, MissingHeadersAreNamedOneByOne) {
  const TinyHips hips;
  ServerManners manners;
  manners.cors = false;
  EXPECT_EQ(LintThrough(hips, manners), Lines({"O30 error"}));
  manners = {};
  manners.cors_on_404 = false;
  EXPECT_EQ(LintThrough(hips, manners), Lines({"O31 error"}));
  manners = {};
  manners.fits_type = "application/octet-stream";
  EXPECT_EQ(LintThrough(hips, manners), Lines({"O32 warning"}));
  manners = {};
  manners.etag = false;
  EXPECT_EQ(LintThrough(hips, manners), Lines({"O33 warning"}));
}

// A server that answers 403 for what is not there keeps clients asking.
TEST(LintServer, AnAbsentTileMustBe404) {
  const TinyHips hips;
  ServerManners manners;
  manners.absent_status = 403;
  EXPECT_EQ(LintThrough(hips, manners), Lines({"O34 error"}));
}

TEST(LintServer, TheServiceUrlIsComparedLetterByLetter) {
  const TinyHips hips;
  const TinyServer server(hips.path(), {});
  const auto verdicts = [&](const std::string& url) {
    hips.SetProperty("hips_service_url", url);
    return Verdicts(Lint(*OpenHips(server.Url()), LintOptions{}));
  };
  EXPECT_EQ(verdicts(server.Url()), Lines({}));
  EXPECT_EQ(verdicts(server.Url() + "/"), Lines({"P22 error"}));
}

TEST(LintServer, TilesThatAreMissingAreFoundByTheMoc) {
  const TinyHips hips;
  hips.Remove("Norder2/Dir0/Npix64.fits");
  EXPECT_EQ(LintThrough(hips), Lines({"O03 error"}));
  hips.Remove("Norder2/Dir0/Npix64.png");
  EXPECT_EQ(LintThrough(hips), Lines({"O01 error"}));
  hips.Remove("Norder1/Dir0/Npix17.png");
  EXPECT_EQ(LintThrough(hips), Lines({"T07 error", "O01 error"}));
}

TEST(LintServer, WithoutAMocTilesAreFoundFromTheTop) {
  const TinyHips hips;
  hips.Remove("Moc.fits");
  EXPECT_EQ(LintThrough(hips), Lines({"M02 error"}));
  hips.SetProperty("hips_pixel_bitpix", "16");
  EXPECT_EQ(LintThrough(hips), Lines({"M02 error", "T06 error"}));
}

TEST(LintServer, NobodyAnswering) {
  std::string url;
  {
    const TinyHips hips;
    url = TinyServer(hips.path(), {}).Url();
  }
  EXPECT_THROW(Lint(*OpenHips(url), LintOptions{}), Error);
}

TEST(LintServer, NoHipsThere) {
  const TinyHips hips;
  hips.Remove("properties");
  EXPECT_EQ(LintThrough(hips), Lines({"P01 error"}));
}

// ---- HiPS lists.

class LintListTest : public testing::Test {
 protected:
  LintListTest() : server_(hips_.path(), {}) {}

  std::string Record() const {
    return "creator_did = ivo://LAB/P/tiny\n"
           "hips_release_date = 2024-02-29T12:00Z\n"
           "hips_status = public master clonableOnce\n"
           "hips_service_url = " +
           server_.Url() + "\n";
  }
  // The list is a file; reports in order.
  std::vector<LintReport> LintText(const std::string& text) const {
    hips_.WriteText("hipslist", text);
    return LintList(hips_.File("hipslist").string(), LintOptions{});
  }

  TinyHips hips_;
  TinyServer server_;
};

TEST_F(LintListTest, ATrueListIsCleanAndItsHipsAreLookedInto) {
  const auto reports = LintText(Record());
  ASSERT_EQ(reports.size(), 2U) << reports[0].findings[0].message;
  EXPECT_EQ(Verdicts(reports[0].findings), Lines({}));
  EXPECT_EQ(reports[1].where, server_.Url());
  EXPECT_EQ(Verdicts(reports[1].findings), Lines({}));
}

TEST_F(LintListTest, MirrorsAreNotLookedInto) {
  hips_.SetProperty("hips_status", "public mirror clonableOnce");
  std::string record = Record();
  record.replace(record.find("master"), 6, "mirror");
  EXPECT_EQ(LintText(record).size(), 1U);
}

TEST_F(LintListTest, RecordsMustBeCompleteAndTrue) {
  std::string record = Record();
  record.erase(0, record.find('\n') + 1);
  EXPECT_EQ(Verdicts(LintText(record)[0].findings), Lines({"H02 error"}));
  record = Record();
  record.replace(record.find("02-29"), 5, "02-28");
  EXPECT_EQ(Verdicts(LintText(record)[0].findings), Lines({"H04 error"}));
  record = Record();
  record.replace(record.find("master"), 6, "master private");
  EXPECT_EQ(Verdicts(LintText(record)[0].findings),
            Lines({"H03 error", "H04 error"}));
  EXPECT_EQ(Verdicts(LintText("")[0].findings), Lines({"H02 error"}));
}

TEST_F(LintListTest, AHipsThatCannotBeReached) {
  std::string record = Record();
  record.replace(record.find("/some/where"), 11, "/elsewhere/");
  EXPECT_EQ(Verdicts(LintText(record)[0].findings), Lines({"H05 error"}));
  record =
      "creator_did = ivo://A/b\nhips_release_date = 2024-02-29\n"
      "hips_status = public\nhips_service_url = /etc\n";
  EXPECT_EQ(Verdicts(LintText(record)[0].findings), Lines({"H05 error"}));
}

TEST_F(LintListTest, TheListMayBeOnAServer) {
  hips_.WriteText("hipslist", Record());
  const auto reports = LintList(server_.Url() + "/hipslist", LintOptions{});
  ASSERT_EQ(reports.size(), 2U);
  const auto missing = LintList(server_.Url() + "/nolist", LintOptions{});
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(Verdicts(missing[0].findings), Lines({"H01 error"}));
}

}  // namespace
}  // namespace hips
