// SPDX-License-Identifier: GPL-3.0-or-later
// Interpolation kernels, one axis at a time.
//
// A sample at pixel position x takes the taps floor(x) - taps/2 + 1 ...
// floor(x) + taps/2 with the weights of the phase x - floor(x); both axes the
// same, their product is the two-dimensional kernel. Weights sum to 1.
//
// beam: weights that interpolate, with least error, a map smoothed by a round
// Gaussian beam of the input's BMIN:
//   w = K^-1 k(t) + mu K^-1 1,  K_ij = exp(-(i-j)^2 / 4 s^2) + eps delta_ij,
//   k_i(t) = exp(-(t-i)^2 / 4 s^2),  s = FWHM / 2.3548 pixels,
// mu so that they sum to 1, eps = 1e-6 (the noise of the model). The error at
// 4 pixels a beam is 0.1 % of the peak, where bilinear loses 8 %.
// Thread-safety: values; safe to share.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hips {

enum class KernelKind { kNearest, kBilinear, kBicubic, kLanczos3, kBeam };

class Kernel {
 public:
  static constexpr int kMaxTaps = 8;

  /// kind          not kBeam
  explicit Kernel(KernelKind kind);

  /// The beam kernel for a beam of `beam_pixels` FWHM in input pixels (0: the
  /// input does not say; 6 taps for 3 pixels). Taps: 6 from 3 pixels up, 8
  /// below; designed for the beam itself, within [2.2, 4].
  static Kernel ForBeam(double beam_pixels);

  /// The beam kernel with so many taps (4, 6, 8), designed for this FWHM.
  static Kernel Beam(int taps, double design_pixels);

  KernelKind kind() const { return kind_; }
  int taps() const { return taps_; }
  /// FWHM, in input pixels, that a beam kernel is made for; else 0.
  double design_pixels() const { return design_pixels_; }

  /// Weights of the taps at `phase` in [0, 1]; exact for the analytic kinds,
  /// within 1e-8 of the formula for the beam kernel (cubics between phases).
  void Weights(double phase, double* weights) const;

  /// Largest relative error of a point source's peak, over all sub-pixel
  /// places, for a round Gaussian beam of this FWHM in pixels; computed.
  double PredictedPeakError(double beam_pixels) const;

  /// "beam6(4.0 px)", "bilinear", ...: for logs, reports and properties.
  std::string Name() const;

 private:
  KernelKind kind_;
  int taps_ = 2;
  double design_pixels_ = 0.0;
  /// kBeam: for each interval of the phase, a cubic a tap.
  std::vector<std::array<std::array<double, 4>, kMaxTaps>> cubics_;
};

/// nearest bilinear bicubic lanczos3 beam; throws Error(kUsage).
KernelKind ParseKernelKind(std::string_view name);

}  // namespace hips
