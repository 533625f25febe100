#include "lsp/features/request.h"

#include <algorithm>
#include <array>

namespace ruff::lsp {

#define LSP_REQUEST(method, feature, lane, document) Answer feature(const Request& request);
#include "lsp/requests.def"

namespace {

enum class Needs : bool { Anything, Document };

constexpr RequestRow kRequests[] = {
#define LSP_REQUEST(method, feature, lane, document) \
    {method, feature, LaneKind::lane, Needs::document == Needs::Document},
#include "lsp/requests.def"
};

}  // namespace

const RequestRow* find_request(std::string_view method) {
    const auto row = std::find_if(std::begin(kRequests), std::end(kRequests),
                                  [&](const RequestRow& each) { return each.method == method; });
    return row == std::end(kRequests) ? nullptr : row;
}

}  // namespace ruff::lsp
