// SPDX-License-Identifier: GPL-3.0-or-later
// Rules M01 to M04, O11 and O12: the coverage map.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "check/lint_run.h"

namespace hips {
namespace {

constexpr const char* kFile = "Moc.fits";

bool IsIcrs(const LintRun& run) {
  return run.properties.GetOr("hips_frame", "equatorial") == "equatorial";
}

void CheckMissing(LintRun& run) {
  const auto fraction = run.properties.Number("moc_sky_fraction");
  if (!IsIcrs(run) && fraction && *fraction >= 0.0 && *fraction < 1.0) return;
  run.Report("M02", kFile,
             "is missing: clients ask for every tile of the sky without it");
}

void CheckFraction(LintRun& run) {
  constexpr double kTolerance = 0.01;
  const auto declared = run.properties.Number("moc_sky_fraction");
  if (!declared || *declared < 0.0 || *declared > 1.0) return;  // P24
  const double true_fraction = run.moc->moc.SkyFraction();
  if (std::abs(*declared - true_fraction) >
      kTolerance * std::max(*declared, true_fraction))
    run.Report("O12", kFile,
               Format("covers {} of the sky, moc_sky_fraction says {}",
                      NumberText(true_fraction), NumberText(*declared)));
}

}  // namespace

void LintMoc(LintRun& run) {
  if (!IsIcrs(run))
    run.Report("M01", kFile,
               "the frame of this HiPS is not ICRS: a MOC in ICRS is not "
               "compared with its tiles");
  const auto bytes = run.source.Fetch(kFile);
  if (!bytes) return CheckMissing(run);
  try {
    run.moc = ParseMocFile(*bytes);
  } catch (const Error& error) {
    run.Report("M03", kFile,
               std::string(error.what()) + ": write the MOC again");
    return;
  }
  if (IsIcrs(run) && run.moc->frame != "C")
    run.Report("M04", kFile,
               "COORDSYS is '" + run.moc->frame + "': C (ICRS) is expected");
  for (const std::string& flaw : run.moc->flaws)
    run.Report("O11", kFile, flaw + ": some readers rely on the order");
  CheckFraction(run);
}

}  // namespace hips
