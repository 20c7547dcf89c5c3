// SPDX-License-Identifier: GPL-3.0-or-later
// What the system's refusals look like to whoever meets them.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/error.h"

namespace hips {

/// The message of the Error(kIo) that `work` must throw.
inline std::string Refusal(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

}  // namespace hips
