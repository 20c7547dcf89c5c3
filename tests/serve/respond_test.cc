// SPDX-License-Identifier: GPL-3.0-or-later
// What clients need is known from watching Aladin Lite and Aladin Desktop;
// statuses and headers follow RFC 9110 and the Fetch standard (CORS).
#include "serve/respond.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "base/json.h"
#include "serve/conditional.h"
#include "serve/hips_on_disk.h"
#include "serve/http_date.h"
#include "serve/pages.h"
#include "support/test_data.h"

namespace hips {
namespace {

constexpr const char* kTile = "/T/P/one/Norder3/Dir0/Npix12.png";

// What a client gets.
std::string Text(Answer answer) {
  std::string text;
  for (const BodyPart& part : std::move(answer).TakeParts()) {
    if (const auto* own = std::get_if<std::string>(&part)) text += *own;
    if (const auto* shared = std::get_if<SharedText>(&part)) text += **shared;
    if (const auto* file = std::get_if<FilePart>(&part))
      text += file->file->Read().substr(file->offset, file->length);
  }
  return text;
}

class RespondTest : public testing::Test {
 protected:
  RespondTest() {
    MakeHips(folder_.path() / "one", "ivo://T/P/one");
    MakeHips(folder_.path() / "two", "ivo://T/P/two");
    WriteFileAtomic(folder_.path() / "two/index.html", "<p>own page");
    WriteFileAtomic(folder_.path() / "two/preview.jpg", "jpeg");
    collection_ = std::make_unique<Collection>(
        std::vector<std::filesystem::path>{folder_.path()},
        std::vector<Mount>{});
  }

  Answer Ask(const std::string& target, std::vector<HeaderLine> headers = {},
             const std::string& method = "GET") {
    Request request;
    request.method = method;
    request.target = target;
    request.headers = std::move(headers);
    if (!request.Get("Host")) request.headers.emplace_back("Host", "sky:80");
    return Respond(Site{*collection_, "Title", public_url_, "http://self",
                        credentials_, nullptr, true, workshop_},
                   request);
  }

  TestFolder folder_;
  std::unique_ptr<Collection> collection_;
  std::string public_url_;
  std::vector<std::string> credentials_;
  std::shared_ptr<Workshop> workshop_ = std::make_shared<Workshop>();
};

TEST_F(RespondTest, SendsATileWithAllItsHeaders) {
  const Answer answer = Ask(kTile);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(Text(answer), "0123456789");
  EXPECT_EQ(answer.BodyLength(), 10u);
  EXPECT_EQ(answer.Get("Content-Type"), "image/png");
  EXPECT_EQ(answer.Get("Cache-Control"), "public, max-age=86400");
  EXPECT_EQ(answer.Get("Accept-Ranges"), "bytes");
  EXPECT_TRUE(answer.Get("ETag")->starts_with('"'));
  EXPECT_TRUE(ParseHttpDate(*answer.Get("Last-Modified")));
}

TEST_F(RespondTest, SendsEmptyFilesAndFilesBesideTiles) {
  EXPECT_EQ(Ask("/T/P/one/Norder3/Dir0/Npix12.fits").status, 200);
  EXPECT_EQ(Text(Ask("/T/P/one/Norder3/Dir0/Npix12.fits")), "");
  EXPECT_EQ(Text(Ask("/T/P/one/Norder3/Allsky.png")), "allsky");
  // Not the one on disk, which is no FITS file.
  EXPECT_TRUE(Text(Ask("/T/P/one/Moc.fits")).starts_with("SIMPLE  = "));
  EXPECT_EQ(Text(Ask("/T/P/one/HpxFinder/Norder3/Dir0/Npix12")), "{}");
  EXPECT_EQ(Ask("/T/P/one/properties").Get("Cache-Control"), "no-cache");
  // With what it lacks behind.
  EXPECT_TRUE(
      Text(Ask("/T/P/one/properties?release=2")).starts_with("creator_did "));
}

TEST_F(RespondTest, AnswersHostilePathsWith404Or400) {
  for (const char* target :
       {"/T/P/one/secret.txt",
        "/T/P/one/.hipsgen/plan.json",
        "/T/P/one/%2ehipsgen/plan.json",
        "/T/P/one/../one/secret.txt",
        "/T/P/one/..%2fone%2fsecret.txt",
        "/T/P/one/../../etc/passwd",
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/T/P/one/..\\secret.txt",
        "//T/P/one/properties",
        "/T/P/one//properties",
        "/T/P/one/properties/",
        "/T/P/one/%252e%252e/secret.txt",
        "/T/P/one/Norder3/Dir0/",
        "/T/P/one/Norder3/Dir0/.Npix12.png.tmp",
        "/T/P",
        "/T/P/",
        "/t/p/one",
        "/T/P/one/metadata.txt",
        "/one/properties",
        "/etc/passwd",
        "/T/P/one/Norder3/Dir0/Npix1729382256910270463.png"})
    EXPECT_EQ(Ask(target).status, 404) << target;
  for (const char* target :
       {"/T/P/one/properties%00", "/T/P/one/properties%00.png", "/%0d%0aA:b",
        "/%zz", "T/P/one", "*"})
    EXPECT_EQ(Ask(target).status, 400) << target;
}

TEST_F(RespondTest, AllowsEveryOriginOnEveryAnswer) {
  const std::vector<Answer> answers = {
      Ask(kTile),
      Ask("/absent"),
      Ask("/%00"),
      Ask("/", {}, "POST"),
      Ask("/", {}, "OPTIONS"),
      Ask(kTile, {{"If-None-Match", "*"}}),
      Ask(kTile, {{"If-Match", "\"x\""}}),
      Ask(kTile, {{"Range", "bytes=99-"}}),
      Ask("/T/P/one"),
      Ask("/hipslist"),
      RespondToBadHead({431, "too long"}),
  };
  for (const Answer& answer : answers)
    EXPECT_EQ(answer.Get("Access-Control-Allow-Origin"), "*") << answer.status;
}

TEST_F(RespondTest, SaysThatAFaultIsAFaultWithoutDetails) {
  std::filesystem::permissions(folder_.path() / "one/Moc.fits",
                               std::filesystem::perms::none);
  // Root may read everything: be nobody for a moment.
  const bool is_root = ::geteuid() == 0;
  ASSERT_EQ(is_root ? ::seteuid(65534) : 0, 0);
  const Answer answer = Ask("/T/P/one/Moc.fits");
  ASSERT_EQ(is_root ? ::seteuid(0) : 0, 0);
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(Text(answer).find("Moc.fits"), std::string::npos);
  EXPECT_EQ(answer.Get("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(answer.Get("Cache-Control"), std::nullopt);
}

// A folder of tiles that comes after the properties, as rsync brings it.
TEST_F(RespondTest, ServesTilesThatComeLater) {
  EXPECT_EQ(Ask("/T/P/one/properties").status, 200);  // now it is known
  const char* const kDeep = "/T/P/one/Norder4/Dir0/Npix48.png";
  EXPECT_EQ(Ask(kDeep).status, 404);
  EXPECT_EQ(Ask("/T/P/one/Norder3/Dir0/Npix13.png").status, 404);
  const auto one = folder_.path() / "one";
  WriteFileAtomic(one / "Norder4/Dir0/Npix48.png", "deep");
  WriteFileAtomic(one / "Norder3/Dir0/Npix13.png", "beside");
  EXPECT_EQ(Text(Ask(kDeep)), "deep");
  EXPECT_EQ(Text(Ask("/T/P/one/Norder3/Dir0/Npix13.png")), "beside");
  // And what is made from the tiles knows of a folder that came.
  const auto orders = [&] {
    return collection_->all()[0]->Learn()->inventory.deepest_order();
  };
  // Not at once: a HiPS may be learned of only every half second.
  for (int i = 0; i < 100 && orders() < 4; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(orders(), 4);
}

// As when it goes over the wire: head and body depend on what the file is.
TEST_F(RespondTest, KnowsCompressedTilesBeforeTheHipsIsKnown) {
  const std::string fits = "SIMPLE  = " + std::string(3000, ' ');
  WriteFileAtomic(folder_.path() / "one/Norder3/Dir0/Npix12.fits", Gzip(fits));
  const Site site{*collection_};
  const char* const kFits = "/T/P/one/Norder3/Dir0/Npix12.fits";
  for (const char* method : {"GET", "HEAD"}) {
    Request request{method, kFits, 1, {{"Host", "sky"}}};
    EXPECT_FALSE(RespondNow(site, request)) << "is to be unpacked first";
    request.headers.emplace_back("Accept-Encoding", "gzip");
    const auto packed = RespondNow(site, request);
    if (std::string_view(method) == "HEAD" && !packed) continue;
    ASSERT_TRUE(packed);
    EXPECT_EQ(packed->Get("Content-Encoding"), "gzip");
    EXPECT_EQ(packed->Get("Vary"), "Accept-Encoding");
  }
  EXPECT_EQ(collection_->all()[0]->state(), nullptr);
  EXPECT_EQ(Text(Ask(kFits)), fits);
}

// URLs of an alias, and of a path that is written otherwise, stay as they are.
TEST_F(RespondTest, RedirectsToWhatWasAskedFor) {
  CollectionOptions options;
  options.aliases = {{"/short", "/T/P/one"}};
  collection_ = std::make_unique<Collection>(
      std::vector<std::filesystem::path>{folder_.path()}, std::vector<Mount>{},
      options);
  const auto location = [&](const std::string& target) {
    return Ask(target).Get("Location").value_or("none");
  };
  EXPECT_EQ(location("/T/P/one"), "one/");
  EXPECT_EQ(location("/short?x=/y"), "short/");
  EXPECT_EQ(location("/T%2FP%2Fone"), "T%2FP%2Fone/");
  EXPECT_EQ(location("http://sky/T/P/one"), "one/");
}

// RFC 9112, 3.2.2 and RFC 3986, 3.4: absolute URLs; a '?' within a query.
TEST_F(RespondTest, AnswersItsOwnDocumentsHoweverTheyAreAskedFor) {
  EXPECT_EQ(Ask("http://sky:80/hipslist").status, 200);
  EXPECT_EQ(Ask("/MocServer/query?get=id&ID=ivo://T?P/one").status, 200);
  std::string moc = "11/";
  for (int cell = 0; cell < 6000; cell += 2) moc += std::to_string(cell) + "+";
  ASSERT_GT(moc.size(), 8192u) << "what the library takes";
  EXPECT_EQ(Ask("/MocServer/query?get=id&moc=" + moc).status, 200);
  const std::string query(20000, 'x');
  EXPECT_EQ(Ask("/hips2fits?hips=" + query).Get("Content-Type"),
            "application/json");
}

TEST_F(RespondTest, LetsA404BeForgottenSoon) {
  EXPECT_EQ(Ask("/T/P/one/Norder3/Dir0/Npix13.png").Get("Cache-Control"),
            "public, max-age=60");
}

TEST_F(RespondTest, AnswersConditionalRequests) {
  const Answer first = Ask(kTile);
  const std::string tag = *first.Get("ETag");
  const std::string date = *first.Get("Last-Modified");
  for (const std::string& known : {tag, "W/" + tag, "\"a\", " + tag}) {
    const Answer again = Ask(kTile, {{"If-None-Match", known}});
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.BodyLength(), 0u);
    EXPECT_EQ(again.Get("ETag"), tag);
    EXPECT_EQ(again.Get("Cache-Control"), "public, max-age=86400");
  }
  EXPECT_EQ(Ask(kTile, {{"If-Modified-Since", date}}).status, 304);
  EXPECT_EQ(Ask(kTile, {{"If-None-Match", "\"old\""}}).status, 200);
  EXPECT_EQ(Ask(kTile, {{"If-None-Match", tag}}, "HEAD").status, 304);
  const std::string list_tag = *Ask("/hipslist").Get("ETag");
  EXPECT_EQ(Ask("/hipslist", {{"If-None-Match", list_tag}}).status, 304);
  // Another Host means other URLs in the list.
  EXPECT_EQ(
      Ask("/hipslist", {{"If-None-Match", list_tag}, {"Host", "b"}}).status,
      200);
}

TEST_F(RespondTest, SendsARange) {
  const Answer part = Ask(kTile, {{"Range", "bytes=2-4"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(Text(part), "234");
  EXPECT_EQ(part.Get("Content-Range"), "bytes 2-4/10");
  const Answer end = Ask(kTile, {{"Range", "bytes=8-99"}});
  EXPECT_EQ(Text(end), "89");
  EXPECT_EQ(end.Get("Content-Range"), "bytes 8-9/10");
  const Answer behind = Ask(kTile, {{"Range", "bytes=10-"}});
  EXPECT_EQ(behind.status, 416);
  EXPECT_EQ(behind.Get("Content-Range"), "bytes */10");
  EXPECT_EQ(Ask(kTile, {{"Range", "bytes=x"}}).status, 200);
  EXPECT_EQ(Ask(kTile, {{"Range", "bytes=2-4"}}, "HEAD").status, 200);
}

// RFC 9110, 14.6: pieces with their own heads, and no more than the file.
TEST_F(RespondTest, SendsSeveralRangesAsMultipart) {
  const std::string file = "01" + std::string(996, '.') + "89";
  WriteFileAtomic(folder_.path() / "one/Norder3/Dir0/Npix12.png", file);
  const Answer answer = Ask(kTile, {{"Range", "bytes=0-1,998-"}});
  EXPECT_EQ(answer.status, 206);
  const std::string type = *answer.Get("Content-Type");
  ASSERT_TRUE(type.starts_with("multipart/byteranges; boundary="));
  const std::string boundary = type.substr(type.find('=') + 1);
  EXPECT_EQ(Text(answer), "--" + boundary +
                              "\r\nContent-Type: image/png\r\nContent-Range: "
                              "bytes 0-1/1000\r\n\r\n01\r\n--" +
                              boundary +
                              "\r\nContent-Type: image/png\r\nContent-Range: "
                              "bytes 998-999/1000\r\n\r\n89\r\n--" +
                              boundary + "--\r\n");
  EXPECT_EQ(answer.Get("Content-Range"), std::nullopt);
  EXPECT_EQ(Text(Ask(kTile, {{"Range", "bytes=0-600,500-,0-"}})), file);
}

// Sixteen pieces with their heads would be longer than the file.
TEST_F(RespondTest, SendsTheFileWhereRangesTakeMore) {
  const Answer answer = Ask(kTile, {{"Range", "bytes=0-1,8-"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(Text(answer), "0123456789");
}

TEST_F(RespondTest, CompressesTextsForWhoTakesThem) {
  const Answer plain = Ask("/");
  const Answer packed = Ask("/", {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(packed.Get("Content-Encoding"), "gzip");
  EXPECT_NE(packed.Get("ETag"), plain.Get("ETag"));
  EXPECT_LT(packed.BodyLength(), plain.BodyLength());
  EXPECT_EQ(Gunzip(Text(packed), 1 << 20), Text(plain));
  EXPECT_EQ(Ask("/", {{"Accept-Encoding", "gzip"},
                      {"If-None-Match", *packed.Get("ETag")}})
                .status,
            304);
  for (const char* refused : {"gzip;q=0", "br", "identity", "*;q=0, br"})
    EXPECT_EQ(Ask("/", {{"Accept-Encoding", refused}}).Get("Content-Encoding"),
              std::nullopt)
        << refused;
  EXPECT_EQ(Ask("/", {{"Accept-Encoding", "*"}}).Get("Content-Encoding"),
            "gzip");
}

// Pages that send cookies need their origin's name instead of "*".
TEST_F(RespondTest, NamesOriginsThatMaySendCookies) {
  credentials_ = {"https://portal.example"};
  const Answer known = Ask(kTile, {{"Origin", "https://portal.example"}});
  EXPECT_EQ(known.Get("Access-Control-Allow-Origin"), "https://portal.example");
  EXPECT_EQ(known.Get("Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(known.Get("Vary"), "Origin");
  const Answer other = Ask(kTile, {{"Origin", "https://evil.example"}});
  EXPECT_EQ(other.Get("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(other.Get("Access-Control-Allow-Credentials"), std::nullopt);
  EXPECT_EQ(other.Get("Vary"), "Origin");
  // Also to who asks for too much: the page is to see why.
  const Site site{*collection_, "", "", "", credentials_};
  const Request request{
      "GET", kTile, 1, {{"Host", "x"}, {"Origin", "https://portal.example"}}};
  for (const int status : {429, 503}) {
    const Answer refusal = RespondToBadHead({status, "no"}, &site, &request);
    EXPECT_EQ(refusal.Get("Access-Control-Allow-Origin"),
              "https://portal.example");
    EXPECT_EQ(refusal.Get("Access-Control-Allow-Credentials"), "true");
    EXPECT_EQ(refusal.Get("Retry-After"), "2");
  }
  EXPECT_EQ(RespondToBadHead({400, "no"}, &site, nullptr)
                .Get("Access-Control-Allow-Origin"),
            "*");
}

TEST_F(RespondTest, GivesHeadTheHeadersOfGet) {
  const Answer get = Ask(kTile);
  const Answer head = Ask(kTile, {}, "HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header_lines, get.header_lines);
  EXPECT_EQ(head.BodyLength(), get.BodyLength());
}

// Both are answered without opening the tile, where that is known to be safe.
TEST_F(RespondTest, AnswersForALinkedTileAsForAnother) {
  const std::filesystem::path tiles = folder_.path() / "one/Norder3/Dir0";
  std::filesystem::rename(tiles / "Npix12.png", tiles / "real.png");
  std::filesystem::create_symlink("real.png", tiles / "Npix12.png");
  const Answer get = Ask(kTile);
  const Answer head = Ask(kTile, {}, "HEAD");
  EXPECT_EQ(get.status, 200);
  EXPECT_EQ(head.header_lines, get.header_lines);
  EXPECT_EQ(head.BodyLength(), get.BodyLength());
  EXPECT_EQ(Ask(kTile, {{"If-None-Match", *get.Get("ETag")}}).status, 304);
}

TEST_F(RespondTest, SendsATileThatIsAnotherNow) {
  const std::string tag = *Ask(kTile).Get("ETag");
  EXPECT_EQ(Ask(kTile, {{"If-None-Match", tag}}).status, 304);
  WriteFileAtomic(folder_.path() / "one/Norder3/Dir0/Npix12.png", "new bytes");
  const Answer now = Ask(kTile, {{"If-None-Match", tag}});
  EXPECT_EQ(now.status, 200);
  EXPECT_EQ(Text(now), "new bytes");
}

TEST_F(RespondTest, AnswersPreflights) {
  for (const char* target : {"*", "/T/P/one/properties", "/absent"}) {
    const Answer answer = Ask(target, {}, "OPTIONS");
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.BodyLength(), 0u);
    EXPECT_EQ(answer.Get("Access-Control-Allow-Methods"), "GET, HEAD, OPTIONS");
    EXPECT_NE(answer.Get("Access-Control-Allow-Headers")->find("Range"),
              std::string::npos);
    EXPECT_EQ(answer.Get("Access-Control-Max-Age"), "86400");
  }
}

TEST_F(RespondTest, RefusesOtherMethodsAndBodies) {
  for (const char* method : {"POST", "PUT", "DELETE", "TRACE", "get", "X"}) {
    const Answer answer = Ask("/hipslist", {}, method);
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.Get("Allow"), "GET, HEAD, OPTIONS");
  }
  EXPECT_EQ(Ask("/hipslist", {{"Content-Length", "5"}}).status, 400);
}

TEST_F(RespondTest, LeadsIntoTheFolder) {
  const Answer answer = Ask("/T/P/two");
  EXPECT_EQ(answer.status, 301);
  // RFC 3986, 5.2: relative to /T/P/two this is /T/P/two/.
  EXPECT_EQ(answer.Get("Location"), "two/");
  EXPECT_EQ(Text(Ask("/T/P/two/")), "<p>own page");
  EXPECT_EQ(Text(Ask("/T/P/two/index.html")), "<p>own page");
}

TEST_F(RespondTest, MakesAPageForAHipsWithoutOne) {
  const Answer answer = Ask("/T/P/one/");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(Text(answer).find("http://sky:80/T/P/one<"), std::string::npos);
  EXPECT_NE(Text(answer).find("hips_tile_format"), std::string::npos);
  EXPECT_EQ(Text(answer).find("<b>survey"), std::string::npos);
}

// HiPS 1.0, 5.2: records separated by blank lines, absolute service URL.
TEST_F(RespondTest, WritesTheHipsList) {
  const Answer answer = Ask("/hipslist");
  EXPECT_EQ(answer.Get("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.Get("Cache-Control"), "no-cache");
  EXPECT_EQ(answer.Get("Vary"), "Accept-Encoding, Host");
  const auto records = Properties::ParseList(Text(answer));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].Get("creator_did"), "ivo://T/P/one");
  EXPECT_EQ(records[0].Get("hips_service_url"), "http://sky:80/T/P/one");
  EXPECT_EQ(records[1].Get("hips_service_url"), "http://sky:80/T/P/two");
  EXPECT_EQ(records[1].Get("hips_status"), "public master clonableOnce");
}

TEST_F(RespondTest, NamesItselfAsItWasTold) {
  public_url_ = "https://hips.example.org/data";
  const Answer answer = Ask("/hipslist");
  EXPECT_EQ(answer.Get("Vary"), "Accept-Encoding");
  EXPECT_EQ(Properties::ParseList(Text(answer))[0].Get("hips_service_url"),
            "https://hips.example.org/data/T/P/one");
}

TEST_F(RespondTest, FollowsChangesOfTheListedHips) {
  const std::string tag = *Ask("/hipslist").Get("ETag");
  std::string changed = PropertiesText("ivo://T/P/one");
  changed += "hips_service_url = http://elsewhere/x\nempty =\nk = 1\nk = 2\n";
  WriteFileAtomic(folder_.path() / "one/properties", changed);
  const Answer answer = Ask("/hipslist", {{"If-None-Match", tag}});
  ASSERT_EQ(answer.status, 200);
  const Properties record = Properties::ParseList(Text(answer))[0];
  EXPECT_EQ(record.All("hips_service_url"),
            std::vector<std::string>{"http://sky:80/T/P/one"});
  EXPECT_EQ(record.Get("empty"), std::nullopt);
  EXPECT_EQ(record.All("k"), (std::vector<std::string>{"1", "2"}));
  const Json json = Json::parse(Text(Ask("/hipslist.json")));
  EXPECT_EQ(json[0]["k"], (std::vector<std::string>{"1", "2"}));
}

TEST_F(RespondTest, WritesTheListAsJson) {
  const Answer answer = Ask("/hipslist.json");
  EXPECT_EQ(answer.Get("Content-Type"), "application/json");
  const Json list = Json::parse(Text(answer));
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[1]["creator_did"], "ivo://T/P/two");
  EXPECT_EQ(list[1]["hips_service_url"], "http://sky:80/T/P/two");
}

TEST_F(RespondTest, ShowsTheCollection) {
  const std::string page = Text(Ask("/"));
  for (const char* part :
       {"<h1>Title</h1>", "lang=\"en\"", "width=device-width",
        "href=\"view/T/P/two\"", "src=\"T/P/two/preview.jpg\"",
        "A &lt;b&gt;survey&lt;/b&gt; &amp; more", "12.5 % of the sky",
        "png fits", "http://sky:80/T/P/one<"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
  EXPECT_EQ(page.find("T/P/one/preview.jpg"), std::string::npos)
      << "a picture that is not there";
  EXPECT_EQ(page.find("https://"), std::string::npos) << "from elsewhere";
  EXPECT_TRUE(Ask("/").Get("Content-Security-Policy"));
}

TEST_F(RespondTest, IsHealthy) {
  EXPECT_EQ(Text(Ask("/healthz")), "ok\n");
  EXPECT_EQ(Ask("/healthz").Get("Cache-Control"), "no-store");
}

}  // namespace
}  // namespace hips
