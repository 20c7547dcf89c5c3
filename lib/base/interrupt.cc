// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/interrupt.h"

#include <atomic>
#include <csignal>

#include "base/error.h"

namespace hips {
namespace {

std::atomic<int> signal_seen{0};

void OnSignal(int number) {
  signal_seen.store(number, std::memory_order_relaxed);
  std::signal(number, SIG_DFL);
}

}  // namespace

void WatchInterrupts() {
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
}

int InterruptSignal() { return signal_seen.load(std::memory_order_relaxed); }

void ThrowIfInterrupted() {
  if (InterruptSignal() != 0)
    throw Error(ErrorKind::kInterrupted,
                "interrupted; run the same command again to go on");
}

}  // namespace hips
