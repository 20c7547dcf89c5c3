// SPDX-License-Identifier: GPL-3.0-or-later
// Request → answer: everything the server says, without a socket.
//
//   /<id>  → /<id>/   index.html             /<id>/<name>      names.h
//   everything else: router.h
//
// GET, HEAD and OPTIONS only. Every answer carries
// Access-Control-Allow-Origin, errors included: browsers hide an answer
// without it from the page, and viewers then cannot tell 404 from a fault.
// Thread-safety: safe from any thread.
#pragma once

#include <optional>

#include "serve/answer.h"
#include "serve/request.h"
#include "serve/site.h"

namespace hips {

/// The answer when it takes some microseconds: files, what is known not to
/// exist, what was made before. Nothing: ask RespondLater. The body is there
/// also for HEAD: the sender leaves it off. Does not throw: a fault is logged
/// and answered 500.
std::optional<Answer> RespondNow(const Site& site, const Request& request);

/// The answer, whatever it takes: up to seconds.
Answer RespondLater(const Site& site, const Request& request);

/// The one or the other.
Answer Respond(const Site& site, const Request& request);

/// May RespondLater's answer hold more than a megabyte? Cut-outs of more than
/// 512 x 512 pixels, tiles that are stored as gzip and unpacked.
bool MayBeLarge(const Request& request);

/// Answer to a head that ParseHead refused, or that never came whole, or to a
/// request that is one too many.
/// site     nullptr: the headers of one without credentials
/// request  nullptr when there was no whole, well-formed head
Answer RespondToBadHead(const BadHead& bad, const Site* site = nullptr,
                        const Request* request = nullptr);

}  // namespace hips
