// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/cutout_request.h"

#include <gtest/gtest.h>

#include <string>

#include "base/direction.h"
#include "base/json.h"
#include "wcs/wcs.h"

namespace hips {
namespace {

const Parameters kPlain = {{"hips", "TEST/P/x"}, {"width", "200"},
                           {"height", "100"},    {"ra", "30"},
                           {"dec", "-20"},       {"fov", "2"}};

Parameters With(Parameters parameters, const std::string& name,
                const std::string& value) {
  for (auto& [key, old] : parameters)
    if (key == name) {
      old = value;
      return parameters;
    }
  parameters.emplace_back(name, value);
  return parameters;
}

std::string Message(const Parameters& parameters, CutoutLimits limits = {}) {
  try {
    ParseCutoutRequest(parameters, limits);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "";
}

Wcs WcsOf(const CutoutRequest& request) {
  std::string cards;
  for (const std::string& card : request.wcs.cards()) cards += card;
  return Wcs::FromCards(cards, 0, 1, request.width, request.height);
}

LonLatDeg SkyAt(const CutoutRequest& request, double x, double y) {
  return ToLonLatDeg(WcsOf(request).ToSky(x, y).value());
}

TEST(ParseCutoutRequest, PutsTheCentreInTheMiddleNorthUpAndEastLeft) {
  const CutoutRequest request = ParseCutoutRequest(kPlain);
  EXPECT_EQ(request.hips, "TEST/P/x");
  EXPECT_EQ(request.width, 200);
  EXPECT_EQ(request.height, 100);
  EXPECT_EQ(request.format, CutoutFormat::kFits);
  EXPECT_EQ(request.wcs.Text("CTYPE1"), "RA---TAN");
  EXPECT_EQ(request.wcs.Text("RADESYS"), "ICRS");
  EXPECT_EQ(request.wcs.Number("CDELT2"), 2.0 / 200);
  const LonLatDeg centre = SkyAt(request, 99.5, 49.5);
  EXPECT_NEAR(centre.lon_deg, 30.0, 1e-10);
  EXPECT_NEAR(centre.lat_deg, -20.0, 1e-10);
  EXPECT_GT(SkyAt(request, 99.5, 60.0).lat_deg, -20.0);
  EXPECT_GT(SkyAt(request, 90.0, 49.5).lon_deg, 30.0);
}

// Up points from north to east by the angle: at 90 degrees up is east, and
// north is to the right.
TEST(ParseCutoutRequest, TurnsUpFromNorthThroughEast) {
  const CutoutRequest request =
      ParseCutoutRequest(With(kPlain, "rotation_angle", "90"));
  EXPECT_GT(SkyAt(request, 99.5, 60.0).lon_deg, 30.05);
  EXPECT_NEAR(SkyAt(request, 99.5, 60.0).lat_deg, -20.0, 1e-3);
  EXPECT_GT(SkyAt(request, 110.0, 49.5).lat_deg, -19.95);
}

// astropy 5.2.1: SkyCoord(266.4168, -29.0078, unit="deg").galactic.
TEST(ParseCutoutRequest, TurnsTheAxesToGalactic) {
  Parameters parameters = With(kPlain, "coordsys", "galactic");
  parameters = With(parameters, "ra", "266.4168");
  parameters = With(parameters, "dec", "-29.0078");
  const CutoutRequest request = ParseCutoutRequest(parameters);
  EXPECT_EQ(request.wcs.Text("CTYPE1"), "GLON-TAN");
  const double lon = request.wcs.Number("CRVAL1").value();
  EXPECT_NEAR(lon > 180.0 ? lon - 360.0 : lon, -0.0557506, 2e-5);
  EXPECT_NEAR(request.wcs.Number("CRVAL2").value(), -0.0461346, 2e-5);
  const LonLatDeg centre = SkyAt(request, 99.5, 49.5);
  EXPECT_NEAR(centre.lon_deg, 266.4168, 1e-9);
}

TEST(ParseCutoutRequest, TakesEveryProjectionOfItsList) {
  for (const char* name :
       {"TAN", "sin", "ARC", "ZEA", "STG", "AZP", "SZP", "AIR",
        "CYP", "CEA", "CAR", "MER", "SFL", "PAR", "MOL", "AIT",
        "PCO", "TSC", "CSC", "QSC", "HPX", "XPH"}) {
    const CutoutRequest request =
        ParseCutoutRequest(With(kPlain, "projection", name));
    const LonLatDeg centre = SkyAt(request, 99.5, 49.5);
    EXPECT_NEAR(centre.lon_deg, 30.0, 1e-8) << name;
    EXPECT_NEAR(centre.lat_deg, -20.0, 1e-8) << name;
  }
  EXPECT_NE(Message(With(kPlain, "projection", "COP")), "");
  EXPECT_NE(Message(With(kPlain, "projection", "TANGENT")), "");
}

TEST(ParseCutoutRequest, NamesWhatIsMissingOrWrong) {
  EXPECT_NE(Message({}).find("hips"), std::string::npos);
  for (const char* name : {"width", "height", "ra", "dec", "fov"}) {
    Parameters parameters = kPlain;
    std::erase_if(parameters, [&](const auto& p) { return p.first == name; });
    EXPECT_NE(Message(parameters).find(name), std::string::npos) << name;
  }
  for (const auto& [name, value] : {std::pair{"width", "0"},
                                    {"width", "9000"},
                                    {"width", "1e3"},
                                    {"height", "-5"},
                                    {"dec", "91"},
                                    {"ra", "nan"},
                                    {"ra", "12h"},
                                    {"fov", "0"},
                                    {"fov", "361"},
                                    {"fov", "inf"},
                                    {"format", "gif"},
                                    {"coordsys", "fk5"},
                                    {"rotation_angle", "x"},
                                    {"stretch", "cubic"},
                                    {"cmap", "jet"},
                                    {"min_cut", "5%%"}})
    EXPECT_NE(Message(With(kPlain, name, value)).find(name), std::string::npos)
        << name << " " << value;
  EXPECT_NE(Message(With(kPlain, "widht", "3")).find("width"),
            std::string::npos);
  EXPECT_NE(Message(With(kPlain, "object", "M31")).find("object"),
            std::string::npos);
  Parameters twice = kPlain;
  twice.emplace_back("ra", "31");
  EXPECT_NE(Message(twice).find("twice"), std::string::npos);
}

TEST(ParseCutoutRequest, BoundsThePixels) {
  Parameters large = With(With(kPlain, "width", "5000"), "height", "5001");
  EXPECT_NE(Message(large), "");
  large = With(large, "height", "5000");
  EXPECT_EQ(Message(large), "");
  EXPECT_NE(Message(kPlain, {19999}), "");
  EXPECT_EQ(Message(kPlain, {20000}), "");
}

// json.dumps(dict(wcs.to_header().items())) of astropy 5.2.1, NAXIS1 and
// NAXIS2 added as astroquery 0.4.6 does, for the Mollweide map of its manual.
constexpr const char* kMollweide =
    R"({"WCSAXES": 2, "CRPIX1": 1000.0, "CRPIX2": 500.0, "CDELT1": -0.18,)"
    R"( "CDELT2": 0.18, "CUNIT1": "deg", "CUNIT2": "deg", "CTYPE1": "GLON-MOL",)"
    R"( "CTYPE2": "GLAT-MOL", "CRVAL1": 0.0, "CRVAL2": 0.0, "LONPOLE": 0.0,)"
    R"( "LATPOLE": 90.0, "MJDREF": 0.0, "NAXIS1": 2000, "NAXIS2": 1000})";

TEST(ParseCutoutRequest, TakesTheWcsOfAstroquery) {
  const CutoutRequest request = ParseCutoutRequest({{"hips", "x"},
                                                    {"wcs", kMollweide},
                                                    {"format", "jpg"},
                                                    {"min_cut", "0.5%"},
                                                    {"max_cut", "99.5%"},
                                                    {"stretch", "linear"},
                                                    {"cmap", "Greys_r"}});
  EXPECT_EQ(request.width, 2000);
  EXPECT_EQ(request.height, 1000);
  EXPECT_EQ(request.format, CutoutFormat::kJpeg);
  EXPECT_EQ(request.wcs.Text("CTYPE2"), "GLAT-MOL");
  EXPECT_FALSE(request.wcs.Has("MJDREF"));
  EXPECT_FALSE(request.wcs.Has("NAXIS1"));
  EXPECT_FALSE(request.wcs.Has("RADESYS"));
  // The galactic centre.
  EXPECT_NEAR(SkyAt(request, 999.0, 499.0).lon_deg, 266.405, 1e-3);
}

TEST(ParseCutoutRequest, RefusesAWcsThatIsNone) {
  const auto wcs = [](const std::string& text) {
    return Message({{"hips", "x"}, {"wcs", text}});
  };
  EXPECT_EQ(wcs(R"({"NAXIS1":9,"NAXIS2":9,"CTYPE1":"RA---TAN",)"
                R"("CTYPE2":"DEC--TAN"})"),
            "");
  for (const std::string text :
       {"{", "[]", "7", "\"x\"", "{}", R"({"NAXIS1":10})",
        R"({"NAXIS1":0,"NAXIS2":5,"CTYPE1":"RA---TAN","CTYPE2":"DEC--TAN"})",
        R"({"NAXIS1":1e9,"NAXIS2":5,"CTYPE1":"RA---TAN","CTYPE2":"DEC--TAN"})",
        R"({"NAXIS1":1.5,"NAXIS2":5,"CTYPE1":"RA---TAN","CTYPE2":"DEC--TAN"})",
        R"({"NAXIS1":5,"NAXIS2":5,"CTYPE1":["RA---TAN"],"CTYPE2":"DEC--TAN"})",
        R"({"NAXIS1":5,"NAXIS2":5,"CTYPE1":{"a":1},"CTYPE2":"DEC--TAN"})",
        R"({"NAXIS1":5,"NAXIS2":5,"CTYPE2":"DEC--TAN"})",
        R"({"NAXIS1":5,"NAXIS2":5,"CTYPE1":"RA---TAN","CTYPE2":"DEC--TAN",)"
        R"("CRVAL1":"abc"})",
        R"({"NAXIS1":5,"NAXIS2":5,"CTYPE1":"RA---TAN","CTYPE2":3})",
        R"({"NAXIS1":5,"NAXIS2":5,"CRVAL1":1e999,"CTYPE1":"RA---TAN"})"})
    EXPECT_NE(wcs(text), "") << text;
  EXPECT_EQ(wcs(R"({"NAXIS1":5,"NAXIS2":5,"CTYPE1":"RA---TAN",)"
                R"("CTYPE2":"DEC--TAN","CRVAL1":"12.5","CDELT1":null})"),
            "")
      << "a number in quotes";
  EXPECT_NE(wcs(std::string(16000, '[')), "");
  EXPECT_NE(wcs("{\"CTYPE1\":\"" + std::string(100, 'R') + "\"}"), "");
  EXPECT_NE(Message({{"hips", "x"}, {"wcs", kMollweide}, {"fov", "3"}}), "");
  // No card can be smuggled in by a value.
  const CutoutRequest request = ParseCutoutRequest(
      {{"hips", "x"},
       {"wcs", R"({"NAXIS1":9,"NAXIS2":9,"CTYPE1":"RA---TAN\n'END",)"
               R"("CTYPE2":"DEC--TAN","END":"x","SIMPLE":1})"}});
  for (const std::string& card : request.wcs.cards()) {
    EXPECT_EQ(card.size(), 80u);
    EXPECT_FALSE(card.starts_with("END"));
    EXPECT_FALSE(card.starts_with("SIMPLE"));
  }
}

TEST(ErrorJson, IsWhatAstroqueryReads) {
  const Json json =
      Json::parse(ErrorJson(Error(ErrorKind::kUsage, "say \"please\"\n\xff")));
  EXPECT_EQ(json["title"], "Bad request");
  EXPECT_TRUE(
      json["description"].get<std::string>().starts_with("say \"please\""));
  EXPECT_NE(Json::parse(ErrorJson(Error(ErrorKind::kIo, "x")))["title"],
            json["title"]);
}

}  // namespace
}  // namespace hips
