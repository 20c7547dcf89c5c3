// SPDX-License-Identifier: GPL-3.0-or-later
// Loops over pixels that exist twice, for the processor to choose at load time.
//
// Mark a function with plain loops HIPS_FOR_EVERY_CPU: one copy uses what
// every processor of the architecture has, the other x86-64-v3 (AVX2). The
// build contracts no multiplications and additions into one rounding, so both
// give the same bytes. Not for functions that others inline.
#pragma once

// ThreadSanitizer's runtime is not up when the choice is made.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_THREAD__)
#define HIPS_FOR_EVERY_CPU \
  __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define HIPS_FOR_EVERY_CPU
#endif
