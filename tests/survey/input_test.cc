// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/input.h"

#include <gtest/gtest.h>

#include "base/format.h"
#include "mosaics.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

class Scan : public testing::Test {
 protected:
  fs::path Put(const std::string& name, const Header& header,
               std::uint64_t missing = 0) {
    return PutImage(root_ / name, header, missing);
  }

  Survey ScanRoot() { return ScanPaths({root_.string()}); }

  Survey ScanPaths(const Strings& paths) {
    options_.input.paths = paths;
    return ScanInputs(options_);
  }

  Error Refused() {
    return ErrorOf([&] { ScanRoot(); });
  }

  // The reason for which the only file is skipped.
  // `good` is what is taken beside it.
  std::string SkipOf(const Header& header, std::uint64_t missing = 0,
                     const Header& good = SinHeader()) {
    Put("bad.fits", header, missing);
    Put("good.fits", good);
    options_.pixels.allow_mixed_units = true;
    const Survey survey = ScanRoot();
    EXPECT_EQ(Names(survey), Strings{"good.fits"});
    EXPECT_EQ(survey.skipped.size(), 1u);
    return survey.skipped.empty() ? "" : survey.skipped[0].reason;
  }

  TestFolder folder_;
  fs::path root_ = folder_.path();
  BuildOptions options_;
};

TEST_F(Scan, DescribesAMosaic) {
  Header header = SinHeader();
  header.Set("BMAJ", 25.0 / 3600);
  header.Set("BMIN", 25.0 / 3600);
  header.Set("OBJECT", "P150+30");
  header.Set("RESTFRQ", 143650000.0);
  header.Set("DATE-OBS", "2014-05-23");
  Put("a.fits", header);
  const Survey survey = ScanRoot();
  ASSERT_EQ(survey.inputs.size(), 1u);
  const Input& input = survey.inputs[0];
  EXPECT_EQ(survey.root, root_);
  EXPECT_EQ(input.name, "a.fits");
  EXPECT_EQ(input.path, root_ / "a.fits");
  EXPECT_EQ(input.hdu.index, 0);
  EXPECT_EQ(input.width, 20);
  EXPECT_EQ(input.height, 16);
  EXPECT_EQ(input.unit, "JY/BEAM");
  EXPECT_EQ(input.object, "P150+30");
  EXPECT_EQ(input.frequency_hz, 143650000.0);
  EXPECT_EQ(input.mjd, 56800.0);
  ASSERT_TRUE(input.beam);
  EXPECT_NEAR(input.beam->major / kArcsec, 25.0, 1e-9);
  // CRPIX is the middle of the image.
  EXPECT_LT(Separation(input.footprint.centre, FromLonLatDeg(150, 30)),
            0.1 * kArcsec);
  EXPECT_NEAR(input.wcs.PixelScale() / kArcsec, 3.6, 1e-5);
  EXPECT_TRUE(survey.skipped.empty());
  EXPECT_TRUE(survey.warnings.empty());
}

TEST_F(Scan, EqualNamesInTwoFoldersAreTwoInputsInTheOrderOfNames) {
  Put("P2/mosaic.fits", SinHeader());
  Put("P10/mosaic.fits", SinHeader());
  Put("P1/mosaic.fits", SinHeader());
  EXPECT_EQ(Names(ScanRoot()),
            (Strings{"P1/mosaic.fits", "P10/mosaic.fits", "P2/mosaic.fits"}));
}

TEST_F(Scan, RootIsTheDeepestCommonFolder) {
  Put("a/b/x.fits", SinHeader());
  Put("a/b/c/y.fits", SinHeader());
  const Survey survey = ScanRoot();
  EXPECT_EQ(survey.root, root_ / "a/b");
  EXPECT_EQ(Names(survey), (Strings{"c/y.fits", "x.fits"}));
}

TEST_F(Scan, ThreadsDoNotChangeTheResult) {
  for (int i = 0; i < 40; ++i)
    Put(Format("m{}.fits", i), i % 7 == 0 ? ImageHeader({4, 4}) : SinHeader());
  Strings names[2], skips[2];
  for (int i = 0; i < 2; ++i) {
    Workers workers(i == 0 ? 1 : 4);
    workers.Run([&] {
      const Survey survey = ScanRoot();
      names[i] = Names(survey);
      skips[i] = Skips(survey);
    });
  }
  EXPECT_EQ(names[0].size(), 34u);
  EXPECT_EQ(skips[0].size(), 6u);
  EXPECT_EQ(names[0], names[1]);
  EXPECT_EQ(skips[0], skips[1]);
}

TEST_F(Scan, DegenerateAxesAreDropped) {
  Header header = SinHeader({1, 1});
  SetAxis(header, 3, "FREQ", 1.4e9, 1.0, 1e6);
  SetAxis(header, 4, "STOKES", 1.0, 1.0, 1.0);
  Put("a.fits", header);
  const Survey survey = ScanRoot();
  ASSERT_EQ(survey.inputs.size(), 1u);
  EXPECT_EQ(survey.inputs[0].selection.index,
            (std::vector<std::int64_t>{0, 0, 0, 0}));
  EXPECT_EQ(survey.inputs[0].frequency_hz, 1.4e9);
}

// FREQ (7), DEC (16), STOKES (3), RA (20).
Header ShuffledCube() {
  Header header = ImageHeader({7, 16, 3, 20});
  SetAxis(header, 1, "FREQ", 1.4e9, 1.0, 1e6);
  SetAxis(header, 2, "DEC--SIN", 30.0, 8.5, 0.001);
  SetAxis(header, 3, "STOKES", 1.0, 1.0, 1.0);
  SetAxis(header, 4, "RA---SIN", 150.0, 10.5, -0.001);
  return header;
}

TEST_F(Scan, CelestialAxesMayBeAnywhere) {
  Put("a.fits", ShuffledCube());
  options_.input.stokes = "U";
  options_.input.channel = 5;
  const Survey survey = ScanRoot();
  ASSERT_EQ(survey.inputs.size(), 1u);
  const Input& input = survey.inputs[0];
  EXPECT_EQ(input.selection.column_axis, 1);
  EXPECT_EQ(input.selection.row_axis, 3);
  EXPECT_EQ(input.selection.index[0], 4);
  EXPECT_EQ(input.selection.index[2], 2);
  EXPECT_EQ(input.width, 16);
  EXPECT_EQ(input.height, 20);
  EXPECT_EQ(input.frequency_hz, 1.404e9);
  // Columns run along Dec here: one pixel right of the reference is north.
  const auto sky = input.wcs.ToSky(8.5, 9.5);
  ASSERT_TRUE(sky);
  EXPECT_NEAR(ToLonLatDeg(*sky).lat_deg, 30.001, 1e-8);
}

TEST_F(Scan, LongAxesNeedAChoice) {
  Put("a.fits", ShuffledCube());
  EXPECT_EQ(Refused().kind(), ErrorKind::kUsage);
  EXPECT_EQ(std::string(Refused().what()),
            "a.fits: axis 1 (FREQ) has 7 planes; choose one with "
            "input.channel, 1 to 7");
  options_.input.channel = 1;
  EXPECT_EQ(std::string(Refused().what()),
            "a.fits: axis 3 (STOKES) has 3 planes (I, Q, U); choose one with "
            "input.stokes");
}

TEST_F(Scan, TheFirstMistakeByNameIsReported) {
  for (const char* name : {"c.fits", "b.fits", "d.fits"})
    Put(name, ShuffledCube());
  EXPECT_TRUE(Contains(Refused().what(), "b.fits: "));
}

// Nine channels of I, Q, U and V.
Header LongCube() {
  Header header = SinHeader({9, 4});
  SetAxis(header, 3, "FREQ", 1.4e9, 1.0, 1e6);
  SetAxis(header, 4, "STOKES", 1.0, 1.0, 1.0);
  return header;
}

TEST_F(Scan, AbsentPlanesAreSkipped) {
  options_.input.stokes = "V";
  options_.input.channel = 7;
  EXPECT_EQ(SkipOf(ShuffledCube(), 0, LongCube()),
            "it has no plane V (input.stokes); axis 3 (STOKES) has I, Q, U");
  options_.input.stokes = "I";
  options_.input.channel = 8;
  EXPECT_EQ(SkipOf(ShuffledCube(), 0, LongCube()),
            "it has no plane 8 (input.channel); axis 1 (FREQ) has 7");
}

// An image of two axes shows the intensity, and is one plane.
TEST_F(Scan, PlanesOfAxesThatAreNotThereAreSkipped) {
  const Header flat = SinHeader({});
  options_.input.stokes = "Q";
  options_.input.channel = 1;
  EXPECT_EQ(SkipOf(flat, 0, LongCube()),
            "it has no plane Q (input.stokes): it has no STOKES axis");
  options_.input.stokes = "I";
  options_.input.channel = 9;
  const std::string none =
      "it has no plane 9 (input.channel): no axis of it but those of the sky "
      "is longer than one";
  EXPECT_EQ(SkipOf(flat, 0, LongCube()), none);
  Header single = SinHeader({1});
  SetAxis(single, 3, "FREQ", 1.4e9, 1.0, 1e6);
  EXPECT_EQ(SkipOf(single, 0, LongCube()), none);
  options_.input.channel = 1;
  EXPECT_TRUE(ScanRoot().skipped.empty());
}

TEST_F(Scan, StokesPlanesAreFoundByTheirValue) {
  Header header = SinHeader({4});
  SetAxis(header, 3, "STOKES", -3.0, 3.0, -1.0);  // RR LL RL LR
  Put("a.fits", header);
  options_.input.stokes = "LR";
  EXPECT_EQ(ScanRoot().inputs.at(0).selection.index[2], 3);
  options_.input.stokes = "RR";
  EXPECT_EQ(ScanRoot().inputs.at(0).selection.index[2], 0);
}

TEST_F(Scan, OnePlaneOfAnotherStokesIsSkipped) {
  Header header = SinHeader({1});
  SetAxis(header, 3, "STOKES", 4.0, 1.0, 1.0);
  options_.input.stokes = "I";
  EXPECT_TRUE(Contains(SkipOf(header), "has V"));
}

TEST_F(Scan, TwoOtherLongAxesCannotBeChosenFrom) {
  Header header = SinHeader({2, 3});
  SetAxis(header, 3, "FREQ", 1.4e9, 1.0, 1e6);
  SetAxis(header, 4, "TIME", 0.0, 1.0, 1.0);
  options_.input.channel = 1;
  EXPECT_EQ(SkipOf(header),
            "axes 3 (FREQ) and 4 (TIME) are both longer than one; cut out one "
            "plane first");
}

// Each file is skipped with one reason; none stops the others.
TEST_F(Scan, SkipsWithOneClearReason) {
  EXPECT_EQ(SkipOf(ImageHeader({8, 8})),
            "HDU 0: it has no celestial coordinates (CTYPE '', ''); add a WCS "
            "or leave the file out");
  EXPECT_EQ(SkipOf(ImageHeader({0, 8})),
            "HDU 0: its image of 0 x 8 pixels is empty; leave the file out");
  EXPECT_EQ(SkipOf(ImageHeader({8})), "HDU 0: its image has one axis only");
  EXPECT_EQ(SkipOf(ImageHeader({})), "no HDU holds an image");

  Header solar = SinHeader();
  solar.Set("CTYPE1", "HPLN-TAN");
  solar.Set("CTYPE2", "HPLT-TAN");
  EXPECT_TRUE(Contains(SkipOf(solar), "coordinates on the Sun"));

  // No extent along the second axis, and one line instead of an area.
  Header singular = SinHeader();
  for (const char* cd : {"CD1_1", "CD1_2", "CD2_1", "CD2_2"})
    singular.Set(cd, cd[2] == '1' ? 0.001 : 0.0);
  EXPECT_TRUE(Contains(SkipOf(singular), "its WCS cannot be used"));
  for (const char* cd : {"CD2_1", "CD2_2"}) singular.Set(cd, 0.001);
  EXPECT_TRUE(Contains(SkipOf(singular), "its WCS cannot be used"));

  EXPECT_TRUE(Contains(SkipOf(SinHeader(), 2880), "truncated"));
}

TEST_F(Scan, NegativeAxesAreSkipped) {
  Header header = SinHeader();
  header.Set("NAXIS1", -20);
  PutText(root_ / "bad.fits", header.Block());
  Put("good.fits", SinHeader());
  const Survey survey = ScanRoot();
  ASSERT_EQ(survey.skipped.size(), 1u);
  EXPECT_FALSE(Contains(survey.skipped[0].reason, root_.string()))
      << "the path is said by whoever prints the reason";
}

TEST_F(Scan, OtherFilesAreSkipped) {
  PutText(root_ / "text.fits", "hello");
  PutText(root_ / "empty.fits", "");
  Put("good.fits", SinHeader());
  const Survey survey = ScanRoot();
  EXPECT_EQ(Names(survey), Strings{"good.fits"});
  ASSERT_EQ(survey.skipped.size(), 2u);
  EXPECT_TRUE(Contains(survey.skipped[0].reason, "not a FITS file"));
}

TEST_F(Scan, UnreadableFilesAreSkipped) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads everything";
  const fs::path path = Put("bad.fits", SinHeader());
  Put("good.fits", SinHeader());
  fs::permissions(path, fs::perms::none);
  const Survey survey = ScanRoot();
  ASSERT_EQ(survey.skipped.size(), 1u);
  EXPECT_TRUE(Contains(survey.skipped[0].reason, "Permission denied"));
}

TEST_F(Scan, ListedFilesThatAreNotThereAreSkipped) {
  Put("a.fits", SinHeader());
  PutText(root_ / "list.txt", "a.fits\nlost.fits\n");
  const Survey survey = ScanPaths({"@" + (root_ / "list.txt").string()});
  EXPECT_EQ(Names(survey), Strings{"a.fits"});
  EXPECT_EQ(Skips(survey), Strings{"lost.fits: no such file"});
}

TEST_F(Scan, OneNamedFileIsStrict) {
  const std::string bad = Put("bad.fits", ImageHeader({4, 4})).string();
  const std::string good = Put("good.fits", SinHeader()).string();
  const Error error = ErrorOf([&] { ScanPaths({bad}); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_TRUE(Contains(error.what(), "bad.fits: HDU 0: "));
  EXPECT_EQ(Names(ScanPaths({bad, good})), Strings{"good.fits"});
  options_.input.strict = true;
  EXPECT_EQ(ErrorOf([&] {
              ScanPaths({bad, good});
            }).kind(),
            ErrorKind::kBadInput);
}

TEST_F(Scan, NoUsableInputListsTheFirstReasons) {
  for (const char* name : {"a", "b", "c", "d", "e"})
    Put(Format("{}.fits", name), ImageHeader({4, 4}));
  const Error error = Refused();
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_TRUE(Contains(error.what(), "no usable input: a.fits: HDU 0"));
  EXPECT_TRUE(Contains(error.what(), "; c.fits: "));
  EXPECT_TRUE(Contains(error.what(), "; and 2 more"));
  EXPECT_FALSE(Contains(error.what(), "d.fits"));
}

TEST_F(Scan, EmptyFolderIsNoUsableInput) {
  EXPECT_EQ(Refused().kind(), ErrorKind::kBadInput);
  EXPECT_TRUE(Contains(Refused().what(), "no FITS file was found"));
}

TEST_F(Scan, DifferentUnitsAreRefused) {
  Header other = SinHeader();
  other.Set("BUNIT", "beam-1 Jy");
  Put("a.fits", SinHeader());
  Put("b.fits", other);
  EXPECT_EQ(Names(ScanRoot()).size(), 2u);  // another spelling only
  other.Set("BUNIT", "mJy/beam");
  Put("c.fits", other);
  const Error error = Refused();
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_TRUE(
      Contains(error.what(), "a.fits has JY/BEAM, c.fits has mJy/beam"));
  options_.pixels.allow_mixed_units = true;
  EXPECT_EQ(ScanRoot().warnings.size(), 1u);
}

TEST_F(Scan, AbsentUnitIsAWarning) {
  Header other = SinHeader();
  other.Remove("BUNIT");
  Put("a.fits", other);
  Put("b.fits", SinHeader());
  EXPECT_EQ(ScanRoot().warnings,
            Strings{"1 input without BUNIT, a.fits first; taken for JY/BEAM"});
}

TEST_F(Scan, BeamsThatDifferAreAWarning) {
  for (const double arcsec : {25.0, 25.2, 26.0}) {
    Header header = SinHeader();
    header.Set("BMAJ", arcsec / 3600);
    header.Set("BMIN", 25.0 / 3600);
    Put(Format("b{}.fits", arcsec), header);
    const Survey survey = ScanRoot();
    if (arcsec < 26.0)  // 0.8 % is rounding
      EXPECT_TRUE(survey.warnings.empty());
    else
      EXPECT_EQ(survey.warnings,
                Strings{"beams differ: 25.00\" x 25.00\" (b25.fits) to "
                        "26.00\" x 25.00\" (b26.fits)"});
  }
}

TEST_F(Scan, SumPerBeamMustBeAskedFor) {
  Put("a.fits", SinHeader());
  options_.pixels.overlay = "sum";
  EXPECT_EQ(Refused().kind(), ErrorKind::kUsage);
  EXPECT_TRUE(Contains(Refused().what(), "pixels.allow_beam_sum"));
  options_.pixels.allow_beam_sum = true;
  EXPECT_EQ(ScanRoot().inputs.size(), 1u);
}

TEST_F(Scan, SumOfOtherUnitsIsFine) {
  Header header = SinHeader();
  header.Set("BUNIT", "Jy/pixel");
  Put("a.fits", header);
  options_.pixels.overlay = "sum";
  EXPECT_EQ(ScanRoot().inputs.size(), 1u);
}

TEST_F(Scan, IdentityFollowsHeaderSizeAndData) {
  const fs::path path = Put("a.fits", SinHeader());
  options_.input.hash_data = true;
  const InputIdentity first = ScanRoot().inputs.at(0).identity;
  EXPECT_EQ(first.size, fs::file_size(path));
  EXPECT_EQ(first.header_hash.size(), 32u);
  EXPECT_EQ(first.data_hash.size(), 32u);
  // One byte of the data: only the hash of the data tells, and the time.
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-1, std::ios::end);
  file.put('x');
  file.close();
  const InputIdentity second = ScanRoot().inputs.at(0).identity;
  EXPECT_EQ(second.header_hash, first.header_hash);
  EXPECT_NE(second.data_hash, first.data_hash);
  Header other = SinHeader();
  other.Set("OBJECT", "x");
  Put("a.fits", other);
  EXPECT_NE(ScanRoot().inputs.at(0).identity.header_hash, first.header_hash);
  options_.input.hash_data = false;
  EXPECT_EQ(ScanRoot().inputs.at(0).identity.data_hash, "");
}

// Seconds since 1970, as stat(1) has it; not the file clock of C++.
TEST_F(Scan, TimeOfChangeCountsFrom1970) {
  const fs::path path = Put("a.fits", SinHeader());
  const std::string command =
      Format("touch -d '2020-01-02 03:04:05.5 UTC' '{}'", path.string());
  ASSERT_EQ(std::system(command.c_str()), 0);
  // date -u -d '2020-01-02 03:04:05' +%s
  EXPECT_EQ(ScanRoot().inputs.at(0).identity.mtime_ns, 1577934245500000000);
}

class WeightMaps : public Scan {
 protected:
  WeightMaps() {
    options_.weights.kind = "map";
    options_.weights.pattern = "mosaic-weights.fits";
  }
};

TEST_F(WeightMaps, AreFoundBesideTheMosaicAndAreNoInputs) {
  for (const char* field : {"P1", "P2"})
    for (const char* name : {"mosaic-blanked.fits", "mosaic-weights.fits"})
      Put(Format("{}/{}", field, name), SinHeader());
  const Survey survey = ScanRoot();
  EXPECT_EQ(Names(survey),
            (Strings{"P1/mosaic-blanked.fits", "P2/mosaic-blanked.fits"}));
  EXPECT_EQ(survey.inputs[1].weight_path, root_ / "P2/mosaic-weights.fits");
  EXPECT_EQ(survey.inputs[1].weight_hdu, 0);
  EXPECT_EQ(survey.inputs[1].weight_meaning, "weight");
  EXPECT_EQ(survey.inputs[1].weight_identity.size,
            fs::file_size(root_ / "P2/mosaic-weights.fits"));
}

TEST_F(WeightMaps, StemAndNameStandForTheMosaic) {
  Put("R00D41_5x5.MOSAIC.FITS", SinHeader());
  Put("R00D41_5x5.MOSAIC-rms.fits", SinHeader());
  options_.weights.pattern = "{stem}-rms.fits";
  const Survey beside = ScanRoot();
  EXPECT_EQ(Names(beside), Strings{"R00D41_5x5.MOSAIC.FITS"});
  EXPECT_EQ(beside.inputs[0].weight_meaning, "rms");

  Put("fits/a[1].fits", SinHeader());
  Put("weights/a[1].fits", SinHeader());
  options_.weights.pattern = "../weights/{name}";
  const Survey other = ScanPaths({(root_ / "fits").string()});
  EXPECT_EQ(other.inputs.at(0).weight_path, root_ / "weights/a[1].fits");
}

TEST_F(WeightMaps, MustBeThere) {
  Put("a.fits", SinHeader());
  const Error error = Refused();
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_TRUE(
      Contains(error.what(),
               "a.fits: weight map \"mosaic-weights.fits\": no file matches"));
}

TEST_F(WeightMaps, MustBeOne) {
  options_.weights.pattern = "{stem}-w*.fits";
  Put("a.fits", SinHeader());
  Put("a-w1.fits", SinHeader());
  Put("a-w2.fits", SinHeader());
  EXPECT_EQ(Refused().kind(), ErrorKind::kBadInput);
  EXPECT_TRUE(Contains(Refused().what(), "2 files match (a-w1.fits and"));
}

TEST_F(WeightMaps, MustHaveTheSameGeometry) {
  Put("a.fits", SinHeader());
  Header map = SinHeader();
  map.Set("CRPIX1", 10.55);  // a twentieth of a pixel: rounding
  Put("mosaic-weights.fits", map);
  EXPECT_EQ(ScanRoot().inputs.size(), 1u);
  map.Set("CRPIX1", 10.7);
  Put("mosaic-weights.fits", map);
  EXPECT_TRUE(Contains(Refused().what(), "lies elsewhere on the sky"));
  map.Set("CRPIX1", 10.5);
  map.Set("CDELT1", -0.00102);  // fits in the middle, not at the corners
  Put("mosaic-weights.fits", map);
  EXPECT_TRUE(Contains(Refused().what(), "lies elsewhere on the sky"));
  map = SinHeader();
  map.Set("NAXIS1", 21);
  Put("mosaic-weights.fits", map);
  EXPECT_EQ(Refused().kind(), ErrorKind::kBadInput);
  EXPECT_TRUE(
      Contains(Refused().what(), "has 21 x 16 pixels, the mosaic 20 x 16"));
}

TEST_F(WeightMaps, MustBeImages) {
  Put("a.fits", SinHeader());
  PutText(root_ / "mosaic-weights.fits", "no");
  EXPECT_EQ(Refused().kind(), ErrorKind::kBadInput);
  EXPECT_TRUE(Contains(Refused().what(), "mosaic-weights.fits: not a FITS"));
}

TEST_F(WeightMaps, MeaningFollowsTheUnitWhenTheNameIsSilent) {
  options_.weights.pattern = "{stem}.map.fits";
  Put("a.fits", SinHeader());
  for (const auto& [unit, meaning] : {std::pair{"Jy/beam", "rms"},
                                      {"Jy2/beam2", "variance"},
                                      {"JY/BEAM**2", ""},
                                      {"Jy-2 beam2", "weight"},
                                      {"", ""}}) {
    Header map = SinHeader();
    map.Set("BUNIT", unit);
    Put("a.map.fits", map);
    if (*meaning != '\0') {
      EXPECT_EQ(ScanRoot().inputs.at(0).weight_meaning, meaning) << unit;
    } else {
      EXPECT_EQ(Refused().kind(), ErrorKind::kUsage) << unit;
      EXPECT_TRUE(Contains(Refused().what(), "set weights.meaning"));
    }
  }
  options_.weights.meaning = "variance";
  EXPECT_EQ(ScanRoot().inputs.at(0).weight_meaning, "variance");
}

TEST_F(WeightMaps, NamedByTheUserAreInputs) {
  const std::string map = Put("mosaic-weights.fits", SinHeader()).string();
  const std::string mosaic = Put("a.fits", SinHeader()).string();
  // It has no weight map of its own, and says so instead of vanishing.
  EXPECT_TRUE(Contains(ErrorOf([&] {
                         ScanPaths({mosaic, map});
                       }).what(),
                       "mosaic-weights.fits: weight map"));
}

}  // namespace
}  // namespace hips
