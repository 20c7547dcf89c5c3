// SPDX-License-Identifier: GPL-3.0-or-later
// Request → answer: everything the server says, without a socket.
//
//   /                 page with all HiPSes        /hipslist       HiPS list
//   /hipslist.json    the list as JSON            /healthz        "ok"
//   /<id>  → /<id>/   index.html                  /<id>/<name>    names.h
//
// GET, HEAD and OPTIONS only. Every answer carries
// Access-Control-Allow-Origin: *, errors included: browsers hide an answer
// without it from the page, and viewers then cannot tell 404 from a fault.
// Thread-safety: safe from any thread.
#pragma once

#include <string>

#include "serve/answer.h"
#include "serve/collection.h"
#include "serve/request.h"

namespace hips {

struct Site {
  const Collection& collection;
  std::string title = "HiPS surveys";  ///< heading of the page
  /// URL of this server as clients know it, without '/' at the end; may have a
  /// path that a proxy takes off. Empty: "http://" and the Host line.
  std::string public_url;
  std::string listen_url;  ///< when there is no Host line either
};

/// The answer, with the body also for HEAD: the sender leaves it off. Does
/// not throw: a fault is logged and answered 500.
Answer Respond(const Site& site, const Request& request);

/// Answer to a head that ParseHead refused, or that never came whole.
Answer RespondToBadHead(const BadHead& bad);

}  // namespace hips
