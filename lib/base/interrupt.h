// SPDX-License-Identifier: GPL-3.0-or-later
// SIGINT and SIGTERM as a question that workers ask between tiles.
//
// The first signal sets the flag; a second one of the same program ends it at
// once, with the default action. Safe from any thread.
#pragma once

namespace hips {

/// Installs the handlers; once, at the start of a program.
void WatchInterrupts();

/// The signal that asked us to stop, or 0.
int InterruptSignal();

/// Throws Error(kInterrupted) when asked to stop.
void ThrowIfInterrupted();

}  // namespace hips
