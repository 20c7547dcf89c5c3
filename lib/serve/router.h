// SPDX-License-Identifier: GPL-3.0-or-later
// The server's own documents, by path:
//
//   /                 page with all HiPSes   /view/<id>        viewer
//   /-/<name>         styles and scripts     /hipslist         HiPS list
//   /hipslist.json    the list as JSON       /moc/<id>         coverage
//   /MocServer/query  query/moc_query.h      /hips2fits        cut-outs
//   /metrics          for Prometheus
//
// cpp-httplib finds the handler and reads the parameters; its sockets are not
// used. Safe from any thread.
#pragma once

#include "serve/answer.h"
#include "serve/request.h"
#include "serve/site.h"

namespace hips {

/// The document at the target's path, with a status of its own; a body that
/// conditions, ranges and compression are still to be applied to. Does not
/// throw: faults are logged and answered 500.
Answer RouteOwn(const Site& site, const Request& request);

/// URL of the server as this client knows it, without '/' at the end.
std::string BaseUrl(const Site& site, const Request& request);

}  // namespace hips
