// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/block_kernel.h"

#include <cfloat>
#include <cstddef>
#include <cstdint>

// Vectors are passed between inlined functions only.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace hips {

namespace baseline {
namespace {
#define HIPS_LANES 4
#include "resample/block_kernel.inc"
#undef HIPS_LANES
}  // namespace
}  // namespace baseline

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v3")
namespace v3 {
namespace {
#define HIPS_LANES 8
#include "resample/block_kernel.inc"
#undef HIPS_LANES
}  // namespace
}  // namespace v3
#pragma GCC pop_options
#endif

RowKernel BaselineRowKernel() { return baseline::Sample; }

RowKernel BestRowKernel() {
#if defined(__x86_64__)
  // What x86-64-v3 has of what the loops use.
  static const bool has_v3 = __builtin_cpu_supports("avx2") &&
                             __builtin_cpu_supports("bmi2") &&
                             __builtin_cpu_supports("fma");
  if (has_v3) return v3::Sample;
#endif
  return baseline::Sample;
}

}  // namespace hips
