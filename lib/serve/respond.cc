// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/respond.h"

#include <algorithm>
#include <atomic>
#include <ctime>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "base/text.h"
#include "page/page.h"
#include "serve/conditional.h"
#include "serve/made.h"
#include "serve/names.h"
#include "serve/pages.h"
#include "serve/router.h"

namespace hips {
namespace {

constexpr std::string_view kMethods = "GET, HEAD, OPTIONS";
constexpr std::string_view kRequestHeaders =
    "Accept, Cache-Control, Content-Type, If-Match, If-Modified-Since, "
    "If-None-Match, If-Range, Pragma, Range, X-Requested-With";
constexpr std::size_t kLargestUnpacked = std::size_t{256} << 20;
// Texts as large as this are not packed: it would take half a second.
constexpr std::uint64_t kLargestCompressed = std::uint64_t{16} << 20;

Answer NotFound() {
  Answer answer = ErrorAnswer(404, "no such file in this collection");
  // Short: a tile that is missing now may be there after the next release.
  answer.Set("Cache-Control", "public, max-age=60");
  return answer;
}

RequestKind KindOf(const ServedName& name) {
  if (name.tile) return RequestKind::kTile;
  if (name.allsky_order) return RequestKind::kAllsky;
  if (name.name == "properties") return RequestKind::kProperties;
  if (name.name == "Moc.fits") return RequestKind::kMoc;
  if (name.cache == CacheKind::kPage) return RequestKind::kPage;
  return RequestKind::kOther;
}

// One request for a file of a HiPS.
struct Asked {
  const Site& site;
  const Request& request;
  const ServedHips& hips;
  ServedName name;
  std::string_view query;  ///< of a rendered tile; else empty
};

Answer Begin(const ServedName& name) {
  Answer answer;
  answer.header_lines.reserve(512);
  answer.Add("Content-Type", name.content_type);
  answer.Add("Cache-Control", CacheControl(name.cache));
  return answer;
}

// file  nullptr when no body will be sent
Answer SendFile(const FileFacts& facts, std::shared_ptr<const ServedFile> file,
                const Asked& asked) {
  Answer answer = Begin(asked.name);
  answer.body = FilePart{std::move(file), 0, facts.byte_count};
  return Conditional(std::move(answer), asked.request,
                     {facts.ETag(), facts.modified()});
}

// A tile's answer without a body, HEAD or "you have it", by a look at the file;
// nothing where the file is wanted after all.
std::optional<Answer> SendUnopened(const HipsState* state, const Asked& asked) {
  const bool is_head = asked.request.method == "HEAD";
  const bool may_be_gzip =
      asked.name.extension == "fits" && (state == nullptr || state->gzip_tiles);
  if (!asked.name.tile || may_be_gzip ||
      (!is_head && !asked.request.Has("If-None-Match") &&
       !asked.request.Has("If-Modified-Since")))
    return std::nullopt;
  const auto facts = asked.hips.files().Look(asked.name.name);
  if (!facts) return std::nullopt;
  Answer answer = SendFile(*facts, nullptr, asked);
  if (!is_head && answer.status != 304) return std::nullopt;
  return answer;
}

Answer SendMade(const MadeAnswer& made, const Asked& asked) {
  if (!made.text) return NotFound();
  Answer answer = Begin(asked.name);
  answer.body = made.text;
  return Conditional(std::move(answer), asked.request, {made.etag, {}});
}

// The tag of another coding of a document: "abc" with gz is "abc-gz".
std::string TagWith(const std::string& etag, std::string_view coding) {
  return etag.substr(0, etag.size() - 1) + "-" + std::string(coding) + "\"";
}

// A text as its client takes it. `packed` finds or makes the gzip of an answer;
// nothing: not now.
template <typename Packed>
std::optional<Answer> SendText(Answer answer, const Request& request,
                               Validators state, const Packed& packed) {
  answer.Set("Vary", "Accept-Encoding");
  if (AcceptsCoding(request, "gzip") &&
      answer.BodyLength() >= kSmallestCompressed &&
      answer.BodyLength() <= kLargestCompressed) {
    SharedText text = packed(answer);
    if (!text) return std::nullopt;
    answer.body = std::move(text);
    answer.Set("Content-Encoding", "gzip");
    state.etag = TagWith(state.etag, "gz");
  }
  return Conditional(std::move(answer), request, state);
}

SharedText FindPacked(const Site& site, const std::string& key) {
  const auto known = site.workshop->answers.Find(key);
  return known ? known->text : nullptr;
}

// Bytes in memory; no file.
std::string_view TextOf(const Answer& answer) {
  if (const auto* text = std::get_if<SharedText>(&answer.body)) return **text;
  return std::get<std::string>(answer.body);
}

SharedText Pack(const Site& site, const std::string& key,
                const Answer& answer) {
  if (SharedText known = FindPacked(site, key)) return known;
  const auto* part = std::get_if<FilePart>(&answer.body);
  auto packed = std::make_shared<const std::string>(
      part != nullptr ? Gzip(part->file->Read()) : Gzip(TextOf(answer)));
  site.workshop->answers.Keep(key, {packed, "", ""});
  return packed;
}

// A text whose gzip is not at hand is left for later.
std::optional<Answer> SendTextNow(Answer answer, const Asked& asked,
                                  const Validators& state) {
  const std::string key =
      Format("gz|{}|{}|{}", asked.hips.path(), asked.name.name, state.etag);
  return SendText(std::move(answer), asked.request, state,
                  [&](const Answer&) { return FindPacked(asked.site, key); });
}

Answer SendTextLater(Answer answer, const Asked& asked,
                     const Validators& state) {
  const std::string key =
      Format("gz|{}|{}|{}", asked.hips.path(), asked.name.name, state.etag);
  return *SendText(
      std::move(answer), asked.request, state,
      [&](const Answer& whole) { return Pack(asked.site, key, whole); });
}

// FITS tiles that are stored as gzip go out as they are to who takes them so.
bool IsGzip(const ServedFile& file) {
  unsigned char start[2] = {};
  return file.Peek(std::as_writable_bytes(std::span(start))) == 2 &&
         start[0] == 0x1f && start[1] == 0x8b;
}

std::optional<Answer> SendGzipTile(std::shared_ptr<const ServedFile> file,
                                   const Asked& asked, bool is_later) {
  Answer answer = Begin(asked.name);
  answer.Add("Vary", "Accept-Encoding");
  Validators state{file->ETag(), file->modified()};
  if (AcceptsCoding(asked.request, "gzip")) {
    answer.Add("Content-Encoding", "gzip");
    state.etag = TagWith(state.etag, "gz");
    const std::uint64_t byte_count = file->byte_count();
    answer.body = FilePart{std::move(file), 0, byte_count};
    return Conditional(std::move(answer), asked.request, state);
  }
  if (!is_later) return std::nullopt;
  answer.body = Gunzip(file->Read(), kLargestUnpacked);
  return Conditional(std::move(answer), asked.request, state);
}

std::optional<Answer> SendStored(std::shared_ptr<const ServedFile> file,
                                 const HipsState* state, const Asked& asked,
                                 bool is_later) {
  const bool may_be_gzip = state == nullptr || state->gzip_tiles;
  if (asked.name.extension == "fits" && may_be_gzip && IsGzip(*file))
    return SendGzipTile(std::move(file), asked, is_later);
  if (!IsText(asked.name.content_type) || asked.name.tile) {
    const FileFacts facts = file->facts();
    return SendFile(facts, std::move(file), asked);
  }
  Answer answer = Begin(asked.name);
  const Validators validators{file->ETag(), file->modified()};
  const std::uint64_t byte_count = file->byte_count();
  answer.body = FilePart{std::move(file), 0, byte_count};
  if (is_later) return SendTextLater(std::move(answer), asked, validators);
  return SendTextNow(std::move(answer), asked, validators);
}

// `properties` with what was filled in.
std::optional<Answer> SendProperties(const HipsState& state, const Asked& asked,
                                     bool is_later) {
  Answer answer = Begin(asked.name);
  answer.body = state.properties_text;
  const Validators validators{TagOfBytes(*state.properties_text),
                              state.properties_modified};
  if (is_later) return SendTextLater(std::move(answer), asked, validators);
  return SendTextNow(std::move(answer), asked, validators);
}

// "/A/P/x" → "x/": relative, so it holds behind a proxy's own path and for an
// alias, and the relative links of index.html find their files.
Answer RedirectIntoFolder(const Request& request) {
  Answer answer = ErrorAnswer(301, "the HiPS is a folder");
  const std::string path(RawPathOf(request.target));
  answer.Set("Location", path.substr(path.rfind('/') + 1) + "/");
  answer.Set("Cache-Control", CacheControl(CacheKind::kDatum));
  return answer;
}

std::optional<Answer> FindMade(const Asked& asked, const HipsState& state) {
  auto& answers = asked.site.workshop->answers;
  const auto made =
      answers.Find(MadeKey(asked.hips, state, asked.name, asked.query));
  if (asked.site.metrics != nullptr) {
    const auto cache =
        asked.query.empty() ? CacheName::kDerived : CacheName::kRendered;
    made ? asked.site.metrics->CacheHit(cache)
         : asked.site.metrics->CacheMiss(cache);
  }
  if (!made) return std::nullopt;
  return SendMade(*made, asked);
}

// Does what is known suffice to say that a tile is none? A MOC speaks for the
// orders that are there; of all else what is known may be out of date.
bool SpeaksForAll(const HipsState& state, TileAddress tile) {
  return state.index.source() == TileIndex::Source::kMoc &&
         tile.order <= state.inventory.deepest_order();
}

// A Moc.fits that does not hold for the tiles is not given to clients either.
bool IsDistrusted(const HipsState& state, const ServedName& name) {
  return name.name == "Moc.fits" && !state.index.remark().empty();
}

// From what is known and stored; nothing where something must be made first.
std::optional<Answer> SendNow(const Asked& asked) {
  const auto state = asked.hips.state();
  if (!asked.query.empty()) {
    if (!state) return std::nullopt;
    return FindMade(asked, *state);
  }
  const bool is_unknown =
      asked.name.tile && state && !state->index.MayHold(*asked.name.tile);
  if (is_unknown && SpeaksForAll(*state, *asked.name.tile)) return NotFound();
  if (asked.name.name == "Moc.fits" && !state) return std::nullopt;
  if (state && IsDistrusted(*state, asked.name)) return FindMade(asked, *state);
  if (asked.name.name == "properties" && state && state->properties_text) {
    if (asked.hips.IsOutOfDate()) return std::nullopt;
    return SendProperties(*state, asked, false);
  }
  if (asked.name.name == "properties" && !state) return std::nullopt;
  if (auto answer = SendUnopened(state.get(), asked)) return answer;
  if (auto file = asked.hips.Open(asked.name.name)) {
    if (is_unknown && asked.hips.DoubtBecauseOfTile()) return std::nullopt;
    return SendStored(std::move(file), state.get(), asked, false);
  }
  if (asked.name.name == "index.html" || !state) return std::nullopt;
  if (!MayBeDerived(*state, asked.name)) return NotFound();
  return FindMade(asked, *state);
}

Answer SendHipsPage(const Asked& asked) {
  Answer answer = Begin(asked.name);
  answer.kind = RequestKind::kPage;
  answer.body = HipsPageOf(
      asked.hips, {asked.site.title, BaseUrl(asked.site, asked.request)});
  answer.Set("Content-Security-Policy", ListSecurityPolicy());
  const Validators state{TagOfBytes(std::get<std::string>(answer.body)), {}};
  return SendTextLater(std::move(answer), asked, state);
}

Answer SendLater(const Asked& asked) {
  const auto state = asked.hips.Learn();
  if (!asked.query.empty())
    return SendMade(
        MakeRendering(asked.site, asked.hips, *state, asked.name, asked.query),
        asked);
  if (asked.name.name == "properties" && state->properties_text)
    return *SendProperties(*state, asked, true);
  const bool is_distrusted = IsDistrusted(*state, asked.name);
  if (auto file = is_distrusted ? nullptr : asked.hips.Open(asked.name.name))
    return *SendStored(std::move(file), state.get(), asked, true);
  if (asked.name.name == "index.html") return SendHipsPage(asked);
  if (!MayBeDerived(*state, asked.name)) return NotFound();
  return SendMade(MakeDerived(asked.site, asked.hips, *state, asked.name),
                  asked);
}

std::optional<Answer> SendFromHips(const Site& site, const Request& request,
                                   const ServedHips& hips,
                                   std::string_view path, bool is_later) {
  const auto name = ParseServedName(path);
  if (!name) {
    Answer answer = NotFound();
    answer.meter = hips.meter();
    return answer;
  }
  const std::string_view query = QueryOf(request.target);
  const bool renders = AsksForRendering(*name, query);
  const Asked asked{site, request, hips, *name,
                    renders ? query : std::string_view()};
  const RequestKind kind = renders ? RequestKind::kRender : KindOf(*name);
  std::optional<Answer> answer = is_later ? SendLater(asked) : SendNow(asked);
  if (!answer) return std::nullopt;
  answer->kind = kind;
  answer->meter = hips.meter();
  return answer;
}

Answer Preflight() {
  Answer answer;
  answer.status = 204;
  answer.Set("Allow", kMethods);
  answer.Set("Access-Control-Allow-Methods", kMethods);
  answer.Set("Access-Control-Allow-Headers", kRequestHeaders);
  answer.Set("Access-Control-Max-Age", "86400");
  return answer;
}

Answer SayHealthy() {
  Answer answer;
  answer.Set("Content-Type", "text/plain; charset=utf-8");
  answer.Set("Cache-Control", "no-store");
  answer.body = "ok\n";
  return answer;
}

// A document of the server's own: the text, then what holds for all texts. It
// names URLs by the Host line.
Answer SendOwn(const Site& site, const Request& request) {
  Answer answer = RouteOwn(site, request);
  if (answer.status != 200) return answer;
  const auto* part = std::get_if<FilePart>(&answer.body);
  const bool is_made = part == nullptr;
  const Validators state =
      is_made ? Validators{TagOfBytes(TextOf(answer)), {}}
              : Validators{part->file->ETag(), part->file->modified()};
  if (!IsText(answer.Get("Content-Type").value_or("")))
    return Conditional(std::move(answer), request, state);
  Answer sent =
      *SendText(std::move(answer), request, state, [&](const Answer& whole) {
        return Pack(site, "gz|own|" + state.etag, whole);
      });
  if (is_made && site.public_url.empty())
    sent.Set("Vary", "Accept-Encoding, Host");
  return sent;
}

std::optional<Answer> Route(const Site& site, const Request& request,
                            bool is_later) {
  if (request.method == "OPTIONS") return Preflight();
  if (request.method != "GET" && request.method != "HEAD") {
    Answer answer = ErrorAnswer(405, "this server is read-only");
    answer.Set("Allow", kMethods);
    return answer;
  }
  if (request.HasBody()) return ErrorAnswer(400, "a body is not expected");
  const auto path = PathOf(request.target);
  if (!path) return ErrorAnswer(400, "no URL path");
  if (*path == "/healthz") return SayHealthy();
  const Collection::Match match = site.collection.Find(*path);
  if (match.hips == nullptr) {
    if (!is_later) return std::nullopt;
    return SendOwn(site, request);
  }
  if (!match.rest) return RedirectIntoFolder(request);
  return SendFromHips(site, request, *match.hips, *match.rest, is_later);
}

// Browsers hand cookies over only when the answer names their page's origin.
void AddOrigin(const Site* site, const Request* request, Answer& answer) {
  if (site != nullptr && !site->credentials.empty()) {
    const auto vary = answer.Get("Vary");
    answer.Set("Vary", vary ? *vary + ", Origin" : "Origin");
    const std::string origin = request->Get("Origin").value_or("");
    if (std::find(site->credentials.begin(), site->credentials.end(), origin) !=
        site->credentials.end()) {
      answer.Add("Access-Control-Allow-Origin", origin);
      answer.Add("Access-Control-Allow-Credentials", "true");
      return;
    }
  }
  answer.Add("Access-Control-Allow-Origin", "*");
}

void AddCommonHeaders(const Site* site, const Request* request,
                      Answer& answer) {
  AddOrigin(site, request, answer);
  answer.Add("Access-Control-Expose-Headers",
             "Content-Length, Content-Range, ETag, Last-Modified");
  answer.Add("Cross-Origin-Resource-Policy", "cross-origin");
  answer.Add("X-Content-Type-Options", "nosniff");
}

std::optional<Answer> RouteGuarded(const Site& site, const Request& request,
                                   bool is_later) {
  try {
    return Route(site, request, is_later);
  } catch (const NoDescriptors& error) {
    // Thousands of requests may meet it in a second.
    static std::atomic<std::time_t> told = 0;
    const std::time_t now = std::time(nullptr);
    if (told.exchange(now) != now)
      LogWarning(Format("{}; requests are put off", error.what()));
    Answer answer = ErrorAnswer(503, "too much is open; try again in a while");
    answer.Set("Retry-After", "2");
    return answer;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kUsage)
      return ErrorAnswer(400, error.what());
    LogError(Format("{} {}: {}", request.method, request.target, error.what()));
  } catch (const std::exception& error) {
    LogError(Format("{} {}: {}", request.method, request.target, error.what()));
  }
  // The client gets no details: they may hold paths of this machine.
  return ErrorAnswer(500, "the server has a fault; its log says which");
}

}  // namespace

std::optional<Answer> RespondNow(const Site& site, const Request& request) {
  std::optional<Answer> answer = RouteGuarded(site, request, false);
  if (answer) AddCommonHeaders(&site, &request, *answer);
  return answer;
}

Answer RespondLater(const Site& site, const Request& request) {
  Answer answer = *RouteGuarded(site, request, true);
  AddCommonHeaders(&site, &request, answer);
  return answer;
}

Answer Respond(const Site& site, const Request& request) {
  if (auto answer = RespondNow(site, request)) return std::move(*answer);
  return RespondLater(site, request);
}

bool MayBeLarge(const Request& request) {
  constexpr std::int64_t kModest = std::int64_t{512} * 512;
  const std::string path = PathOf(request.target).value_or("");
  if (path.ends_with(".fits")) return true;
  if (path != "/hips2fits") return false;
  std::int64_t pixels = 1;
  int sides = 0;
  for (const auto& [name, value] : QueryPairs(QueryOf(request.target))) {
    if (name != "width" && name != "height") continue;
    const auto length = ParseInteger(value);
    if (!length || *length < 1 || *length > kModest) return true;
    pixels *= *length;
    ++sides;
  }
  return sides != 2 || pixels > kModest;
}

Answer RespondToBadHead(const BadHead& bad, const Site* site,
                        const Request* request) {
  Answer answer = ErrorAnswer(bad.status, bad.reason);
  if (bad.status == 429 || bad.status == 503) answer.Set("Retry-After", "2");
  AddCommonHeaders(request == nullptr ? nullptr : site, request, answer);
  return answer;
}

}  // namespace hips
