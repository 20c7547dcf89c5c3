// SPDX-License-Identifier: GPL-3.0-or-later
// Sockets that wait for clients: opened here, or handed over by systemd.
#pragma once

#include <string>
#include <vector>

#include "serve/served_file.h"

namespace hips {

/// A listening socket, not blocking. Its queue holds as many clients as the
/// system allows (net.core.somaxconn).
struct ListeningSocket {
  FileDescriptor fd;
  int port = 0;
};

/// One socket for each address that the host has.
///
/// host        address or name; "" is every address of the machine
/// port        0: any that is free, the same for all
/// reuse_port  others may listen there too (SO_REUSEPORT): a new program takes
///             over before the old one stops
/// throws      Error(kIo) when the port is taken or not allowed,
///             Error(kUsage) when the host is none of this machine
std::vector<ListeningSocket> Listen(const std::string& host, int port,
                                    bool reuse_port);

/// The sockets that systemd opened for this process (sd_listen_fds(3)), none
/// when there are none. They are taken once: children do not see them.
std::vector<ListeningSocket> InheritedSockets();

}  // namespace hips
