// SPDX-License-Identifier: GPL-3.0-or-later
// Places on the drawing come from healpy's Mollweide projection; areas from the
// projection being one of equal areas.
#include "page/coverage_svg.h"

#include <gtest/gtest.h>

#include <numbers>
#include <regex>
#include <string>

namespace hips {
namespace {

// The runs of squares, "Mx yhNv1h-Nz" each.
std::string CoverPath(const std::string& svg) {
  const std::string start = "class=\"cover\" d=\"";
  const std::size_t at = svg.find(start);
  if (at == std::string::npos) return "no path";
  const std::size_t first = at + start.size();
  return svg.substr(first, svg.find('"', first) - first);
}

int SquareCount(const std::string& svg) {
  const std::string path = CoverPath(svg);
  const std::regex run("M(\\d+) (\\d+)h(\\d+)v1h-(\\d+)z");
  int count = 0;
  for (std::sregex_iterator it(path.begin(), path.end(), run), end; it != end;
       ++it)
    count += std::stoi((*it)[3]);
  return count;
}

constexpr double kSquaresOfSky = std::numbers::pi / 4.0 * 256.0 * 128.0;

// healpy.projector.MollweideProj(rot=(180, 0, 0)), half width 127.232 squares:
// squares whose centre (xy2ang, ang2pix(64, nest=True)) lies in order 2 cell 77
// or 150, and those that hold the centre of one of their order 6 cells
// (pix2ang, ang2xy).
TEST(CoverageSvg, DrawsCellsWhereHealpyDoes) {
  EXPECT_EQ(
      CoverPath(CoverageSvg(Moc::FromCells(2, {{2, 77}, {2, 150}}))),
      "M237 38h1v1h-1zM237 39h3v1h-3zM237 40h4v1h-4zM237 41h6v1h-6z"
      "M237 42h7v1h-7zM236 43h10v1h-10zM236 44h12v1h-12zM236 45h12v1h-12z"
      "M236 46h14v1h-14zM235 47h16v1h-16zM237 48h13v1h-13zM238 49h12v1h-12z"
      "M240 50h9v1h-9zM241 51h8v1h-8zM242 52h6v1h-6zM243 53h5v1h-5z"
      "M244 54h3v1h-3zM246 55h1v1h-1zM149 90h2v1h-2zM148 91h3v1h-3z"
      "M147 92h5v1h-5zM146 93h6v1h-6zM145 94h8v1h-8zM144 95h9v1h-9z"
      "M143 96h11v1h-11zM142 97h12v1h-12zM142 98h12v1h-12zM141 99h14v1h-14z"
      "M141 100h12v1h-12zM141 101h12v1h-12zM142 102h9v1h-9zM142 103h8v1h-8z"
      "M142 104h7v1h-7zM142 105h6v1h-6zM143 106h3v1h-3zM143 107h2v1h-2z"
      "M143 108h1v1h-1z");
}

TEST(CoverageSvg, KeepsAreas) {
  Moc::Range all{0, CellCount(kMaxOrder)};
  EXPECT_NEAR(SquareCount(CoverageSvg(Moc::FromRanges(0, {all}))),
              kSquaresOfSky, 0.02 * kSquaresOfSky);
  // One base cell of the pole: a twelfth of the sky.
  EXPECT_NEAR(SquareCount(CoverageSvg(Moc::FromCells(0, {{0, 0}}))),
              kSquaresOfSky / 12.0, 0.02 * kSquaresOfSky);
}

TEST(CoverageSvg, LetsNoCoverageVanish) {
  for (const std::int64_t npix : {0L, 12345678901L, 3221225471L}) {
    const std::string svg = CoverageSvg(Moc::FromCells(20, {{20, npix}}));
    EXPECT_GE(SquareCount(svg), 1) << npix;
    EXPECT_NE(svg.find("class=\"here\""), std::string::npos) << npix;
  }
}

// Right ascension 180 is in the middle, so a field at 0 lies on both rims;
// the ring says that it is one.
TEST(CoverageSvg, DrawsFieldsAtTheRim) {
  // hp.ang2pix(32, [0.3, 359.7], 0.3, nest=True, lonlat=True) is 4864 twice.
  const std::string svg = CoverageSvg(Moc::FromCells(5, {{5, 4864}}));
  const std::string path = CoverPath(svg);
  EXPECT_TRUE(std::regex_search(path, std::regex("M[0-3] \\d+h"))) << path;
  EXPECT_TRUE(std::regex_search(path, std::regex("M25[0-5] \\d+h"))) << path;
  EXPECT_NE(svg.find("class=\"here\""), std::string::npos);
}

// As above, through healpy.Rotator(coord=['C', 'G']), for order 2 cell 100 of a
// galactic MOC: 132 centres, in rows 52 to 67 and columns 186 to 197; row 60
// has 187 to 196, row 64 has 188 to 196. Squares of cells' centres add a rim.
TEST(CoverageSvg, TurnsGalacticCells) {
  const std::string svg =
      CoverageSvg(Moc::FromCells(2, {{2, 100}}), "galactic");
  EXPECT_GE(SquareCount(svg), 132);
  EXPECT_LE(SquareCount(svg), 160);
  const std::string path = CoverPath(svg);
  EXPECT_TRUE(std::regex_search(path, std::regex("M18[67] 60h1[01]v"))) << path;
  EXPECT_TRUE(std::regex_search(path, std::regex("M18[78] 64h(9|10)v")))
      << path;
  EXPECT_FALSE(std::regex_search(
      path, std::regex("M\\d+ ([0-4]\\d|50|69|[789]\\d|1\\d\\d)h")))
      << path;
  EXPECT_EQ(CoverageSvg(Moc(3), "mars"), "");
}

TEST(CoverageSvg, DrawsAnEmptyMap) {
  const std::string svg = CoverageSvg(Moc(5));
  EXPECT_EQ(CoverPath(svg), "");
  EXPECT_EQ(svg.find("class=\"here\""), std::string::npos);
  EXPECT_TRUE(svg.starts_with("<svg"));
  EXPECT_TRUE(svg.ends_with("</svg>"));
}

TEST(CoverageSvg, IsBounded) {
  std::vector<TileAddress> every_other;
  for (std::int64_t npix = 0; npix < CellCount(6); npix += 2)
    every_other.push_back({6, npix});
  EXPECT_LT(CoverageSvg(Moc::FromCells(6, every_other)).size(), 250000u);
}

}  // namespace
}  // namespace hips
